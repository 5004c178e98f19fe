// The parameters of one statement while it is being written: values never become SQL text, they become `$1`, `$2`, ….
import type { Statement } from "../../warehouse/openReadWarehouse.ts";

type Parameter = Statement["values"][number];

export type Parameters = Readonly<{
  /** The place of a value in the text, with a cast to a PostgreSQL type. The same value of the same type has one place. */
  bind(value: Parameter, type: string): string;
  values(): Parameter[];
}>;

export function makeParameters(): Parameters {
  const values: Parameter[] = [];
  const places = new Map<string, string>();
  return {
    bind(value, type) {
      const known = places.get(JSON.stringify([type, value]));
      if (known !== undefined) return known;
      values.push(value);
      const place = `$${values.length}::${type}`;
      places.set(JSON.stringify([type, value]), place);
      return place;
    },
    values: () => [...values],
  };
}
