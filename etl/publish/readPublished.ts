// The snapshot that is published, as far as a load must know it.
import type pg from "pg";
import { toDecimal } from "../../src/kernel/decimal.ts";
import type { Monetary } from "../derive/derivedTables.ts";
import type { KindAmount } from "../derive/summariseLines.ts";

export type Published = Readonly<{
  snapshotId: number;
  generation: number;
  fingerprint: string;
  lines: number;
  asOf: string;
  dataFrom: string;
  dataThrough: string;
  currency: string;
  isSample: boolean;
  /** The measure that its monetary scores are made of. */
  monetary: Monetary;
  rollupKeys: readonly string[];
  /** The snapshot whose cut-points it has, where those were frozen. */
  cutsOf: number | null;
  hasCuts: boolean;
  /** By kind; null where an older version made it. */
  amounts: readonly KindAmount[] | null;
}>;

type StoredAmounts = Readonly<Record<string, { lines: number; amount: string }>>;

export async function readPublished(records: pg.Client): Promise<Published | null> {
  const { rows } = await records.query(
    `SELECT s.snapshot_id AS "snapshotId", s.generation, s.fingerprint, s.lines::float8 AS lines, s.as_of AS "asOf",
       s.data_from AS "dataFrom", s.data_through AS "dataThrough", s.currency, s.is_sample AS "isSample",
       s.rollup_keys AS "rollupKeys", s.monetary, s.cuts_of AS "cutsOf", cardinality(s.frequency_cuts) > 0 AS "hasCuts",
       s.amounts
     FROM published_snapshot p JOIN snapshot s USING (snapshot_id)`,
  );
  const [row] = rows;
  if (!row) return null;
  return Object.freeze({ ...row, amounts: row.amounts === null ? null : kindsOf(row.amounts) });
}

function kindsOf(amounts: StoredAmounts): readonly KindAmount[] {
  return Object.entries(amounts).map(([kind, { lines, amount }]) => ({ kind, lines, amount: toDecimal(amount) }));
}

/** As `readPublished` reads it back. */
export function storedAmounts(kinds: readonly KindAmount[]): StoredAmounts {
  return Object.fromEntries(kinds.map(({ kind, lines, amount }) => [kind, { lines, amount }]));
}
