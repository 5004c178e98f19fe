// The model's rules for what a line is, as SQL over the staged columns: the first rule that matches names the kind.
import { assertNever } from "../../src/kernel/errors.ts";
import { type LineKindTest, lineKindRules } from "../../src/model/lineKinds.ts";
import type { LayoutMarks } from "../layouts/layout.ts";

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const startsWith = (column: string, prefixes: readonly string[]) =>
  prefixes.length === 0 ? "false" : prefixes.map((prefix) => `starts_with(${column}, ${quoted(prefix)})`).join(" OR ");

/** CASE expression over `invoice`, `unit_price` and `quantity`. */
export function lineKindCase(marks: LayoutMarks): string {
  const test = (when: LineKindTest): string => {
    switch (when) {
      case "invoice-marks-adjustment":
        return startsWith("invoice", marks.adjustmentPrefixes);
      case "invoice-marks-return":
        return startsWith("invoice", marks.returnPrefixes);
      case "price-zero":
        return "unit_price = 0";
      case "price-negative":
        return "unit_price < 0";
      case "quantity-negative":
        return "quantity < 0";
      case "always":
        return "true";
      default:
        return assertNever(when);
    }
  };
  return `CASE ${lineKindRules.map((rule) => `WHEN ${test(rule.when)} THEN '${rule.kind}'`).join(" ")} END`;
}

/** CASE expression over `product`; goods are what no other rule names. */
export function lineTypeCase(marks: LayoutMarks): string {
  const branches = marks.lineTypes.map(({ type, codes, prefix }) => {
    const test = codes
      ? `product IN (${codes.map(quoted).join(", ")})`
      : startsWith("product", prefix === undefined ? [] : [prefix]);
    return `WHEN ${test} THEN '${type}'`;
  });
  return branches.length === 0 ? "'PRODUCT'" : `CASE ${branches.join(" ")} ELSE 'PRODUCT' END`;
}
