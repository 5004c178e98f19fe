// The formula of a measure in words, computed from its declaration, so that what analysts read is what is computed.
import { assertNever } from "../kernel/errors.ts";
import type { ColumnRef } from "./column.ts";
import { type LineTest, type Measure, type MeasureName, measures } from "./measures.ts";

/** Columns of the lines whose property, read as words, would not be understood. */
const columnWords: Readonly<Record<string, string>> = Object.freeze({ customerKey: "customer", orderedAt: "time" });

/** One phrase, such as "sum of amount over lines of kind SALE". Other measures stand in it by their labels. */
export function formulaOf(name: MeasureName): string {
  return describeFormula(measures[name], (part) => measures[part as MeasureName].label);
}

/** The same for any declaration; `labelOf` gives the label of a measure that it names. */
export function describeFormula(measure: Measure, labelOf: (name: string) => string): string {
  switch (measure.kind) {
    case "sum": {
      const trailing = measure.trailingDays === undefined ? "" : `, in the ${measure.trailingDays} days before asOf`;
      return `${measure.negate ? "− " : ""}sum of ${wordsOf(measure.column)} over ${linesWith(measure.where)}${trailing}`;
    }
    case "count":
      return `number of ${linesWith(measure.where)}`;
    case "countDistinct": {
      const first = measure.firstOrderInPeriod ? ", whose first order falls in the period" : "";
      return `number of different ${pluralOf(wordsOf(measure.column))} with ${linesWith(measure.where, "a line")}${first}`;
    }
    case "min":
    case "max":
      return `${extremes[measure.format === "date" ? "date" : "number"][measure.kind]} ${wordsOf(measure.column)} of ${linesWith(measure.where)}`;
    case "latest":
      return `${wordsOf(measure.column)} of the last ${linesWith(measure.where, "line")}, by ${measure.by.map(wordsOf).join(", then ")}`;
    case "set":
      return `different ${pluralOf(wordsOf(measure.column))} of ${linesWith(measure.where)}`;
    case "difference":
      return `${labelOf(measure.of)} − ${labelOf(measure.minus)}`;
    case "ratio":
      return `${labelOf(measure.of)} ÷ ${labelOf(measure.by)}`;
    case "shareOfTotal":
      return `${labelOf(measure.of)} ÷ ${labelOf(measure.of)} of everything asked`;
    case "daysSince":
      return `asOf − ${labelOf(measure.of)}, in days`;
    case "customersWith":
      return `number of customers whose own ${labelOf(measure.measure)} ≥ ${measure.gte}`;
    case "medianOverCustomers":
      return `median, over the customers, of each one's ${labelOf(measure.of)}`;
    case "sumOverTopCustomers": {
      const { top } = measure;
      const customers = "share" in top ? `best ${top.share * 100} % of customers` : `best ${top.customers} customers`;
      return `sum, over the ${customers}, of each one's ${labelOf(measure.of)}`;
    }
    default:
      return assertNever(measure);
  }
}

const extremes = Object.freeze({
  date: { min: "earliest", max: "latest" },
  number: { min: "smallest", max: "largest" },
});

/** "lines of kind RETURN and line type PRODUCT, guests left out" */
function linesWith(tests: readonly LineTest[], noun = "lines"): string {
  const values = tests.flatMap((test) => (typeof test.is === "string" ? [`${wordsOf(test.column)} ${test.is}`] : []));
  const marks = tests.flatMap((test) =>
    typeof test.is === "boolean" ? [`, ${pluralOf(wordsOf(test.column))} ${test.is ? "only" : "left out"}`] : [],
  );
  return [noun, values.length === 0 ? "" : ` of ${values.join(" and ")}`, ...marks].join("");
}

function wordsOf({ property }: ColumnRef): string {
  return columnWords[property] ?? property.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function pluralOf(words: string): string {
  return /[^aeiou]y$/.test(words)
    ? `${words.slice(0, -1)}ies`
    : /(s|x|ch|sh)$/.test(words)
      ? `${words}es`
      : `${words}s`;
}
