// Lists as PostgreSQL reads them: the text of an array, every value quoted, so that no value in it can split the list.

export function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, "\\$&")}"`).join(",")}}`;
}
