// Two tables of one shape, row by row: which rows are missing, which should not be there, and which differ in what column.
import { columnsOf, keyColumnsOf } from "../../src/warehouse/entityTables.ts";
import type { Run } from "../record/loadSession.ts";

/** MISSING: not stored, but should be. EXTRA: stored, but should not be. DIFFERENT: stored with other values. */
export type Difference = Readonly<{
  kind: "MISSING" | "EXTRA" | "DIFFERENT";
  /** Values as text, by column; the snapshot left out. */
  key: Readonly<Record<string, string>>;
  /** Columns that differ, as text; empty where the row stands on one side alone. */
  columns: readonly Readonly<{ column: string; stored: string | null; recomputed: string | null }>[];
}>;

export type TableCheck = Readonly<{
  table: string;
  /** Rows stored. */
  rows: number;
  missing: number;
  extra: number;
  different: number;
  /** By key, no more than were asked for. */
  first: readonly Difference[];
}>;

type Compared = Readonly<{
  entity: new () => object;
  stored: string;
  recomputed: string;
  snapshotId: number;
  /** How many differences to name. */
  named: number;
}>;

export async function compareTables(run: Run, compared: Compared): Promise<TableCheck> {
  const { entity, stored, recomputed, snapshotId, named } = compared;
  const keys = keyColumnsOf(entity).filter((column) => column !== "snapshot_id");
  const values = columnsOf(entity).filter((column) => column !== "snapshot_id" && !keys.includes(column));
  const differs = values.map((column) => `s.${column} IS DISTINCT FROM r.${column}`);
  const texts = (alias: string) => `ARRAY[${values.map((column) => `${alias}.${column}::text`).join(", ")}]::text[]`;
  const differences = `${recomputed}_differences`;
  await run(`CREATE TEMP TABLE ${differences} ON COMMIT DROP AS
    SELECT
      CASE WHEN s.snapshot_id IS NULL THEN 'MISSING' WHEN r.snapshot_id IS NULL THEN 'EXTRA' ELSE 'DIFFERENT' END AS kind,
      ARRAY[${keys.map((column) => `coalesce(s.${column}, r.${column})::text`).join(", ")}] AS key,
      ${texts("s")} AS stored, ${texts("r")} AS recomputed
    FROM (SELECT * FROM ${stored} WHERE snapshot_id = ${snapshotId}) s
    FULL JOIN ${recomputed} r ON ${keys.map((column) => `s.${column} = r.${column}`).join(" AND ")}
    WHERE ${["s.snapshot_id IS NULL", "r.snapshot_id IS NULL", ...differs].join(" OR ")}`);
  const [counts] = await run(`SELECT
      (SELECT count(*) FROM ${stored} WHERE snapshot_id = ${snapshotId}) AS rows,
      count(*) FILTER (WHERE kind = 'MISSING') AS missing,
      count(*) FILTER (WHERE kind = 'EXTRA') AS extra,
      count(*) FILTER (WHERE kind = 'DIFFERENT') AS different
    FROM ${differences}`);
  const first = await run(`SELECT * FROM ${differences} ORDER BY key LIMIT ${Math.trunc(named)}`);
  return Object.freeze({
    table: stored,
    rows: Number(counts?.rows),
    missing: Number(counts?.missing),
    extra: Number(counts?.extra),
    different: Number(counts?.different),
    first: first.map((found) => differenceOf(found as FoundRow, keys, values)),
  });
}

type FoundRow = { kind: Difference["kind"]; key: string[]; stored: (string | null)[]; recomputed: (string | null)[] };

function differenceOf(found: FoundRow, keys: readonly string[], values: readonly string[]): Difference {
  const columns = values.map((column, at) => ({
    column,
    stored: found.stored[at] ?? null,
    recomputed: found.recomputed[at] ?? null,
  }));
  return Object.freeze({
    kind: found.kind,
    key: Object.fromEntries(keys.map((column, at) => [column, found.key[at] ?? ""])),
    columns: found.kind === "DIFFERENT" ? columns.filter(({ stored, recomputed }) => stored !== recomputed) : [],
  });
}
