// The members of the model as plain data, without a word of how they are stored: for docs and for clients that are generated.
import { dimensionNames, dimensionOf } from "../model/dimensions.ts";
import { type Measure, measureNames, measureOf } from "../model/measures.ts";

export function describeMembers() {
  return {
    measures: measureNames.map((name) => {
      const { label, description, format, sensitivity, kind, ...rest } = measureOf(name);
      return { name, label, description, format, sensitivity, kind, ...madeOf(rest) };
    }),
    dimensions: dimensionNames.map((name) => {
      const { label, description, filter, kind } = dimensionOf(name);
      return { name, label, description, kind, filter };
    }),
  };
}

/** The measures that a measure is made of, by name. */
function madeOf(rest: Partial<Measure>): Record<string, unknown> {
  const named = ["of", "minus", "by", "measure", "gte", "trailingDays"];
  return Object.fromEntries(Object.entries(rest).filter(([key]) => named.includes(key)));
}
