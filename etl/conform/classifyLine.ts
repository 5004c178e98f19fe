// The model's rules for what a line is, as SQL over its columns: the first rule that matches names the kind. Nearly all lines match none of
// the special ones: a first branch says so with a comparison or two, where the rules would take a dozen.
import { assertNever } from "../../src/kernel/errors.ts";
import { type LineKindTest, lineKindRules } from "../../src/model/lineKinds.ts";
import type { LayoutMarks } from "../layouts/layout.ts";

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const startsWith = (column: string, prefixes: readonly string[]) =>
  prefixes.map((prefix) => `starts_with(${column}, ${quoted(prefix)})`).join(" OR ") || "false";

/** A text below all of these, byte by byte, neither is one of them nor starts with one. */
const below = (column: string, marks: readonly string[]) =>
  marks.length === 0 ? "true" : `${column} < ${quoted(leastOf(marks))}`;

type Test = Readonly<{
  matches: string;
  /** Says, in fewer words, that the line does not match; may be false where it does not either. */
  clearOf: string;
}>;

function testOf(when: LineKindTest, marks: LayoutMarks, unitPrice: string): Test {
  switch (when) {
    case "invoice-marks-adjustment":
      return {
        matches: startsWith("invoice", marks.adjustmentPrefixes),
        clearOf: below("invoice", marks.adjustmentPrefixes),
      };
    case "invoice-marks-return":
      return { matches: startsWith("invoice", marks.returnPrefixes), clearOf: below("invoice", marks.returnPrefixes) };
    case "price-zero":
    case "price-negative":
      return { matches: `${unitPrice} ${when === "price-zero" ? "=" : "<"} 0`, clearOf: `${unitPrice} > 0` };
    case "quantity-negative":
      return { matches: "quantity < 0", clearOf: "quantity >= 0" };
    case "always":
      return { matches: "true", clearOf: "false" };
    default:
      return assertNever(when);
  }
}

/** CASE expression over `invoice`, `quantity` and the unit price, which is a column or what stands for it. */
export function lineKindCase(marks: LayoutMarks, unitPrice: string): string {
  const rules = lineKindRules.map(({ when, kind }) => ({ kind, ...testOf(when, marks, unitPrice) }));
  const special = rules.slice(0, -1).map(({ clearOf }) => clearOf);
  const usual = [...new Set(special)].filter((condition) => condition !== "true");
  return `CASE WHEN ${usual.join(" AND ")} THEN '${rules.at(-1)?.kind}' ${rules.map(({ matches, kind }) => `WHEN ${matches} THEN '${kind}'`).join(" ")} END`;
}

/** CASE expression over `product`; goods are what no other rule names. */
export function lineTypeCase({ lineTypes }: LayoutMarks): string {
  const branches = lineTypes.map(({ type, codes, prefix }) => {
    const test = codes
      ? `product IN (${codes.map(quoted).join(", ")})`
      : startsWith("product", prefix === undefined ? [] : [prefix]);
    return `WHEN ${test} THEN '${type}'`;
  });
  if (branches.length === 0) return "'PRODUCT'";
  const marks = lineTypes.flatMap(({ codes = [], prefix }) => [...codes, ...(prefix === undefined ? [] : [prefix])]);
  return `CASE WHEN ${below("product", marks)} THEN 'PRODUCT' ${branches.join(" ")} ELSE 'PRODUCT' END`;
}

/** The first in byte order, as the server compares these columns. */
function leastOf(texts: readonly string[]): string {
  return texts.reduce((least, text) => (Buffer.compare(Buffer.from(text), Buffer.from(least)) < 0 ? text : least));
}
