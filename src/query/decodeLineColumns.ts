// Turns a page of lines, which comes as one row with a text for each column, into lists of values; and such lists into rows.
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { Line, LineColumn, LineColumns } from "./answer.ts";
import { everyKeyColumn, firstKeyColumn, foundColumn, lastKeyColumn, lineKeys } from "./compile/compileLines.ts";
import {
  allLineColumns,
  idColumns,
  type StoredColumnName,
  storedColumns,
  storedColumnsFor,
} from "./compile/lineColumns.ts";
import { lineId } from "./lineId.ts";
import type { Position } from "./position.ts";

type Values = readonly (string | number | null)[];

export type LinesFound = Readonly<{ columns: LineColumns; count: number; hasNextPage: boolean }>;

/** `first`: how many lines the page has at most; one more than that may have been found. */
export function decodeLineColumns(row: StoredRow, asked: readonly LineColumn[], first: number): LinesFound {
  const found = Number(row[foundColumn] ?? 0);
  const count = Math.min(found, first);
  const stored = new Map<string, Values>(
    storedColumnsFor(asked).map((name) => [name, decodeColumn(name, row[name], { found, count })]),
  );
  const columns: Record<string, Values> = {};
  for (const name of asked) columns[name] = name === "id" ? idsOf(stored, count) : (stored.get(name) ?? []);
  // Each is decoded by the form that its declaration has.
  return { columns: columns as LineColumns, count, hasNextPage: found > first };
}

function decodeColumn(
  name: StoredColumnName,
  stored: unknown,
  { found, count }: Readonly<{ found: number; count: number }>,
): Values {
  if (found === 0) return [];
  const { form } = storedColumns[name];
  const values: (string | number | null)[] =
    form === "text" ? (JSON.parse(String(stored)) as string[]) : String(stored).split(",");
  if (values.length !== found) throw new Error(`The column ${name} is not as long as its page.`);
  values.length = count;
  return form === "whole" ? values.map(Number) : values;
}

function idsOf(stored: ReadonlyMap<string, Values>, count: number): string[] {
  const [invoices = [], customers = [], countries = [], numbers = []] = idColumns.map((name) => stored.get(name));
  return Array.from({ length: count }, (_, at) =>
    lineId(invoices[at] as string, customers[at] as string | null, countries[at] as string, numbers[at] as number),
  );
}

/** One object for each line, with what the columns hold. */
export function rowsOfColumns({ columns, count }: Pick<LinesFound, "columns" | "count">): Line[] {
  const names = allLineColumns.filter((name) => columns[name] !== undefined);
  const lists = names.map((name) => columns[name] as Values);
  const rows: Record<string, string | number | null>[] = [];
  for (let at = 0; at < count; at += 1) {
    const row: Record<string, string | number | null> = {};
    for (let nth = 0; nth < names.length; nth += 1)
      row[names[nth] as string] = lists[nth]?.[at] as string | number | null;
    rows.push(row);
  }
  return rows as unknown as Line[];
}

/** The keys of the order at a line of the page. Throws where they were not asked for. */
export function keysOfLines(row: StoredRow, count: number): (at: number) => Position {
  const every = row[everyKeyColumn];
  if (every !== undefined) {
    let keys: readonly Position[] | undefined;
    return (at) => {
      keys ??= JSON.parse(String(every)) as Position[];
      return keys[at] as Position;
    };
  }
  return (at) => {
    const column = at === 0 ? firstKeyColumn : at === count - 1 ? lastKeyColumn : null;
    if (column === null || row[column(0)] === undefined) throw new Error("A cursor is used that was not asked for.");
    return lineKeys.map((_, key) => String(row[column(key)]));
  };
}
