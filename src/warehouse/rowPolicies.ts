// The second lock as it stands after every migration: which rows and columns a reader sees, as plain declarations and as the text of
// `schema/policies.sql`. A test holds the text against a migrated database.
import { readerRole } from "./openSession.ts";

const setting = (name: string) => `current_setting('consumer360.${name}', true)`;

/** Each `(SELECT …)` is computed once per statement, not once per row. */
const snapshot = "(SELECT consumer360_scope.snapshot())";
const generation = "(SELECT consumer360_scope.generation())";

type List = "countries" | "segments";

const seesAll = (list: List) => `(SELECT ${setting(list)} = '*')`;

/** The visible values; null where nothing is set, and where all are seen, which is asked beside it. */
const visible = (list: List) =>
  `((SELECT convert_from(decode(nullif(nullif(${setting(list)}, ''), '*'), 'base64'), 'UTF8')::text[])::text[])`;

const isSet = `${setting("countries")} <> '' AND ${setting("segments")} <> ''`;
const isOperator = `(SELECT ${setting("operator")} = 'on')`;

const among = (column: string, list: List) => `(${seesAll(list)}\n    OR ${column} = ANY ${visible(list)})`;
/** A set is seen where all of it is. */
const within = (set: string, list: List) => `(${seesAll(list)}\n    OR ${set} <@ ${visible(list)})`;
const overlaps = (set: string, list: List) => `(${seesAll(list)}\n    OR ${set} && ${visible(list)})`;

type RowPolicy = Readonly<{
  table: string;
  /** Columns that readers may name; null: all. */
  columns: readonly string[] | null;
  /** Which rows are there for a reader; all of it must hold. */
  rows: readonly string[];
}>;

/** Every table that readers see something of. What is not here is the owner's alone. */
export const rowPolicies: readonly RowPolicy[] = Object.freeze([
  {
    table: "fact_sales",
    columns: null,
    rows: [
      `generation = ${generation}`,
      `born <= ${snapshot}`,
      `died > ${snapshot}`,
      among("country", "countries"),
      // Which snapshot and which segments: the policy of rfm_segments says it.
      `(${seesAll("segments")}
    OR CASE WHEN guest THEN 'GUEST' = ANY ${visible("segments")}
      ELSE EXISTS (SELECT FROM rfm_segments s WHERE s.customer_key = fact_sales.customer_key) END)`,
    ],
  },
  {
    table: "sales_order",
    columns: null,
    rows: [`snapshot_id = ${snapshot}`, among("country", "countries"), among("segment", "segments")],
  },
  {
    table: "customer_cell",
    columns: null,
    rows: [`snapshot_id = ${snapshot}`, within("countries", "countries"), among("segment", "segments")],
  },
  {
    table: "sales_cell",
    columns: null,
    rows: [`snapshot_id = ${snapshot}`, within("countries", "countries"), within("segments", "segments")],
  },
  {
    table: "rfm_segments",
    // Scores and segments are facts of the whole population; the values behind them are not.
    columns: [
      "customer_key",
      "snapshot_id",
      "recency_score",
      "frequency_score",
      "monetary_score",
      "classic",
      "executive",
      "detailed",
    ],
    rows: [`snapshot_id = ${snapshot}`, overlaps("countries", "countries"), among("classic", "segments")],
  },
  {
    table: "dim_customer",
    columns: null,
    rows: [
      `snapshot_id = ${snapshot}`,
      `(SELECT true FROM rfm_segments s
      WHERE s.customer_key = dim_customer.customer_key AND s.snapshot_id = dim_customer.snapshot_id)`,
    ],
  },
  {
    table: "dim_product",
    columns: null,
    rows: [`snapshot_id = (SELECT CASE WHEN ${isSet} THEN consumer360_scope.snapshot() END)`],
  },
  {
    table: "customer_outlook",
    columns: null,
    // Of a customer whose lines are partly hidden there is nothing: what is expected of it rests on all of them.
    rows: [`snapshot_id = ${snapshot}`, within("countries", "countries"), among("segment", "segments")],
  },
  {
    table: "model_card",
    columns: null,
    rows: [`snapshot_id = (SELECT CASE WHEN ${isSet} THEN consumer360_scope.snapshot() END)`],
  },
  {
    table: "snapshot",
    columns: [
      "snapshot_id",
      "generation",
      "load_run_id",
      "published_at",
      "as_of",
      "data_from",
      "data_through",
      "currency",
      "recency_cuts",
      "frequency_cuts",
      "monetary_cuts",
      "rollups",
      "rollup_keys",
      "former_snapshot_id",
      "monetary",
      "cuts_of",
    ],
    rows: [`(SELECT ${isSet})`],
  },
  {
    table: "customer_standing",
    columns: null,
    // Of any snapshot that is kept: two are compared, each row by the segment that the customer had there.
    rows: [among("country", "countries"), among("classic", "segments")],
  },
  {
    table: "product_pair",
    columns: null,
    // Facts of the whole population, for whoever sees all of it.
    rows: [`snapshot_id = ${snapshot}`, seesAll("countries"), seesAll("segments")],
  },
  { table: "follow_up", columns: ["snapshot_id", "name"], rows: [`(SELECT ${isSet})`] },
  { table: "published_snapshot", columns: null, rows: [`(SELECT ${isSet})`] },
  { table: "load_run", columns: null, rows: [isOperator] },
  { table: "rejected_row", columns: null, rows: [isOperator] },
]);

const role = `CREATE ROLE ${readerRole} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;`;

const functions = `CREATE SCHEMA consumer360_scope;

${["snapshot", "generation"]
  .map(
    (name) => `CREATE FUNCTION consumer360_scope.${name}() RETURNS integer
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(${setting(name)}, '')::integer $$;
`,
  )
  .join("\n")}
GRANT USAGE ON SCHEMA public, consumer360_scope TO ${readerRole};`;

function policyText({ table, columns, rows }: RowPolicy): string {
  return [
    `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;`,
    `GRANT SELECT${columns ? ` (${columns.join(", ")})` : ""} ON ${table} TO ${readerRole};`,
    `CREATE POLICY ${table}_scope ON ${table} FOR SELECT TO ${readerRole} USING (\n  ${rows.join("\n  AND ")}\n);`,
  ].join("\n");
}

/** The text of `schema/policies.sql` without its heading; it can be run where the tables and views are and the rest is not. */
export function printRowPolicies({ ownerTables, views }: { ownerTables: readonly string[]; views: readonly string[] }) {
  return `${[
    functions,
    ...rowPolicies.map(policyText),
    `-- The owner's alone: no policy, no grant.\n${ownerTables.map((table) => `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;`).join("\n")}`,
    `-- Views run as whoever asks: the policies of the tables hold.\nGRANT SELECT ON ${views.join(", ")} TO ${readerRole};`,
  ].join("\n\n")}\n`;
}

/** What `schema/policies.sql` opens with. */
export const policiesHeading = `-- The second lock as it stands after every migration, from src/warehouse/rowPolicies.ts.
--
-- A session sees what its transaction's settings say: consumer360.countries and consumer360.segments ('*', or base64 of an array of
-- text), consumer360.snapshot, consumer360.generation, consumer360.operator ('on'). Nothing set: nothing seen.
-- Partitions are granted to nobody: their rows are reached through the table, under its policy.
--
-- Of the server, made by the first migration where it is missing: ${role}
`;
