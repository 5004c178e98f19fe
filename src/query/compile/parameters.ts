// The parameters of one statement while it is being written: values never become SQL text, they become `$1`, `$2`, ….
import type { Statement } from "../../warehouse/openReadWarehouse.ts";

type Parameter = Statement["values"][number];

export type Parameters = Readonly<{
  /** Adds a value and returns its place in the text, with a cast to a PostgreSQL type. */
  bind(value: Parameter, type: string): string;
  values(): Parameter[];
}>;

export function makeParameters(): Parameters {
  const values: Parameter[] = [];
  return {
    bind(value, type) {
      values.push(value);
      return `$${values.length}::${type}`;
    },
    values: () => [...values],
  };
}
