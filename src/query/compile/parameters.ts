// One statement while it is being written: values never become SQL text, they become `$1`, `$2`, …, and every table that is named is noted.
import { CustomerCell } from "../../warehouse/entities/CustomerCell.ts";
import { SalesCell } from "../../warehouse/entities/SalesCell.ts";
import { Snapshot } from "../../warehouse/entities/Snapshot.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import type { Statement } from "../../warehouse/openReadWarehouse.ts";

type Parameter = Statement["values"][number];

export type Parameters = Readonly<{
  /** The place of a value in the text, with a cast to a PostgreSQL type. The same value of the same type has one place. */
  bind(value: Parameter, type: string): string;
  /** The table's name, for the text; the statement reads it. */
  read(table: string): string;
  values(): Parameter[];
  tables(): string[];
}>;

/** A statement, and the tables that it reads. */
export type WrittenStatement = Statement & Readonly<{ reads: readonly string[] }>;

export function makeParameters(): Parameters {
  const values: Parameter[] = [];
  const places = new Map<string, string>();
  const tables = new Set<string>();
  return {
    bind(value, type) {
      const known = places.get(JSON.stringify([type, value]));
      if (known !== undefined) return known;
      values.push(value);
      const place = `$${values.length}::${type}`;
      places.set(JSON.stringify([type, value]), place);
      return place;
    },
    read(table) {
      tables.add(table);
      return table;
    },
    values: () => [...values],
    tables: () => [...tables],
  };
}

/** The text with what was bound and read for it. `isLookup`: it reads few rows, by keys that are given. */
export function written(text: string, parameters: Parameters, isLookup = false): WrittenStatement {
  const reads = parameters.tables();
  return {
    text,
    values: parameters.values(),
    reads,
    keepsPlan: isLookup || reads.every(isSmall),
    isPrepared: reads.every(isAggregate),
  };
}

/** Tables that are read whole, whatever is asked: they do not grow with lines or customers. */
const small: ReadonlySet<string> = new Set([tableName(SalesCell), tableName(Snapshot)]);
/** Tables with a row for each customer, or fewer: planning a question about them takes a good part of answering it. */
const aggregates: ReadonlySet<string> = new Set([...small, tableName(CustomerCell)]);
const isAggregate = (table: string) => aggregates.has(table);
const isSmall = (table: string) => small.has(table);
