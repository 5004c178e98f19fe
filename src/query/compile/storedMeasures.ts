// What a stored aggregate holds of a measure: its columns for sums, counts, mins and maxes, and what its rows keep apart of the lines.
import { type ColumnRef, sameColumn } from "../../model/column.ts";
import { type Aggregate, type LineTest, measureNames, measureOf } from "../../model/measures.ts";
import type { Rollup } from "../../model/rollups.ts";
import { FactSale } from "../../warehouse/entities/FactSale.ts";
import { columnName } from "../../warehouse/entityTables.ts";
import { literal } from "./aggregateText.ts";

export type StoredMeasures = Readonly<{
  at(ref: ColumnRef): string;
  /** Where the rows keep a column of the lines apart. */
  kept(ref: ColumnRef): ColumnRef | undefined;
  /** Splits tests on lines into tests on the rows and the rest, which only a stored aggregate with the same tests can answer. */
  split(tests: readonly LineTest[]): Readonly<{ onRows: readonly string[]; rest: readonly LineTest[] }>;
  /** The stored column that aggregates the same thing under exactly these tests. */
  like(wanted: Aggregate, tests: readonly LineTest[]): string | null;
  /** Tests that are true of a row where at least one of its lines passes `tests`; null where the rows cannot tell. */
  anyLine(tests: readonly LineTest[]): readonly string[] | null;
}>;

export function storedMeasures(rollup: Rollup, alias: string): StoredMeasures {
  const at = (ref: ColumnRef) => `${alias}.${columnName(ref.entity, ref.property)}`;
  const kept = (ref: ColumnRef) => (ref.entity === FactSale ? rollup.lineColumns[ref.property] : undefined);

  function split(tests: readonly LineTest[]) {
    const onRows = tests.filter((test) => kept(test.column));
    const rest = tests.filter((test) => !kept(test.column));
    return { onRows: onRows.map((test) => `${at(kept(test.column) as ColumnRef)} = ${literal(test.is)}`), rest };
  }

  function like(wanted: Aggregate, tests: readonly LineTest[]): string | null {
    for (const name of measureNames) {
      const target = rollup.measures[name];
      const candidate = measureOf(name);
      if (!target || !("where" in candidate) || candidate.kind !== wanted.kind) continue;
      if (!sameTests(candidate.where, tests)) continue;
      if ("column" in candidate && "column" in wanted && !sameColumn(candidate.column, wanted.column)) continue;
      if (candidate.kind === "sum" && candidate.trailingDays !== undefined) continue;
      if (candidate.kind === "sum" && wanted.kind === "sum" && Boolean(candidate.negate) !== Boolean(wanted.negate))
        continue;
      return at(target);
    }
    return null;
  }

  function anyLine(tests: readonly LineTest[]): readonly string[] | null {
    const { onRows, rest } = split(tests);
    if (rest.length === 0) return onRows;
    const count = like({ kind: "count", where: rest }, rest);
    return count === null ? null : [...onRows, `${count} > 0`];
  }

  return { at, kept, split, like, anyLine };
}

function sameTests(a: readonly LineTest[], b: readonly LineTest[]): boolean {
  const within = (x: LineTest, list: readonly LineTest[]) =>
    list.some((y) => y.is === x.is && sameColumn(x.column, y.column));
  return a.length === b.length && a.every((test) => within(test, b));
}
