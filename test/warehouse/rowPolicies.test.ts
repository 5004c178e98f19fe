// The second lock as PostgreSQL holds it: what stands in `schema/policies.sql` is what the migrations made, readers may name the columns
// listed here and no other, may make and change nothing, and settings that are no scope show nothing.
import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ownerTables, tableEntities, tableName, viewEntities } from "../../src/warehouse/entityTables.ts";
import { printRowPolicies, rowPolicies } from "../../src/warehouse/rowPolicies.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
let client: pg.Client;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile, { currency: "EUR" });
  client = new pg.Client({ connectionString: warehouse.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await warehouse?.close();
});

const reader = "SET LOCAL ROLE consumer360_reader";

/** What the work sees, in a transaction that leaves nothing behind. */
async function undone<Result>(work: () => Promise<Result>): Promise<Result> {
  await client.query("BEGIN");
  try {
    return await work();
  } finally {
    await client.query("ROLLBACK");
  }
}

/** Policies, rights and functions, as PostgreSQL prints them. */
async function locks() {
  const texts = async (sql: string) => (await client.query<{ text: string }>(sql)).rows.map(({ text }) => text);
  return {
    policies:
      await texts(`SELECT concat_ws(' ', tablename, policyname, permissive, roles, cmd, qual, with_check) AS text
      FROM pg_policies WHERE schemaname = 'public' ORDER BY 1`),
    tables: await texts(`SELECT relname || ' ' || relrowsecurity || ' ' || relforcerowsecurity AS text FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`),
    rights: await texts(`SELECT concat_ws(' ', table_name, column_name, privilege_type, is_grantable) AS text
      FROM information_schema.column_privileges WHERE grantee = 'consumer360_reader' ORDER BY 1`),
    functions: await texts(`SELECT pg_get_functiondef(oid) AS text FROM pg_proc
      WHERE pronamespace = 'consumer360_scope'::regnamespace ORDER BY 1`),
    schemas: await texts(`SELECT nspname || ' ' || has_schema_privilege('consumer360_reader', oid, 'USAGE') AS text
      FROM pg_namespace WHERE nspname IN ('public', 'consumer360_scope') ORDER BY 1`),
  };
}

describe("schema/policies.sql", () => {
  const text = printRowPolicies({ ownerTables: ownerTables.map(tableName), views: viewEntities.map(tableName) });

  it("is what the migrations made", async () => {
    const made = await locks();
    const again = await undone(async () => {
      const every = tableEntities.map(tableName);
      await client.query("ALTER SCHEMA consumer360_scope RENAME TO scope_of_before");
      for (const { table } of rowPolicies) await client.query(`DROP POLICY ${table}_scope ON ${table}`);
      for (const table of every) await client.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
      await client.query("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM consumer360_reader");
      await client.query("REVOKE ALL ON SCHEMA public FROM consumer360_reader");
      const bare = await locksOrNone();
      expect([bare.policies, bare.rights]).toEqual([[], []]);
      await client.query(text);
      return locks();
    });
    expect(made.policies).toHaveLength(rowPolicies.length);
    expect(again).toEqual(made);
  });

  /** While the schema of the scope is away. */
  async function locksOrNone() {
    const { rows } = await client.query("SELECT policyname FROM pg_policies WHERE schemaname = 'public'");
    const rights = await client.query(
      "SELECT FROM information_schema.column_privileges WHERE grantee = 'consumer360_reader'",
    );
    return { policies: rows, rights: rights.rows };
  }

  it("is the file that is committed", () => {
    const file = readFileSync(new URL("../../schema/policies.sql", import.meta.url), "utf8");
    expect(file.endsWith(`\n\n${text}`)).toBe(true);
  });

  it("names every table: under a policy or the owner's alone", () => {
    const named = [...rowPolicies.map(({ table }) => table), ...ownerTables.map(tableName)];
    expect(named.sort()).toEqual(tableEntities.map(tableName).sort());
  });
});

/** Every column that readers may name, by hand: what the answers are made of, and no value behind a score. */
const readable: Readonly<Record<string, string>> = {
  fact_sales:
    "customer_key guest ordered_at invoice country line_no generation born died product quantity unit_price amount kind line_type description category",
  sales_order:
    "customer_key snapshot_id guest invoice country ordered_on segment segment_executive segment_detailed lines sale_lines units gross_revenue returns_value product_returns_value first_sale_at last_sale_at",
  customer_cell:
    "snapshot_id grain period customer_key guest countries segment segment_executive segment_detailed lines sale_lines units gross_revenue returns_value product_returns_value first_sale_at last_sale_at orders",
  sales_cell:
    "snapshot_id grain period countries segments segments_executive segments_detailed customer_types lines sale_lines units gross_revenue returns_value product_returns_value orders customers new_customers repeat_customers",
  rfm_segments: "customer_key snapshot_id recency_score frequency_score monetary_score classic executive detailed",
  dim_customer: "customer_key snapshot_id name",
  customer_outlook:
    "customer_key snapshot_id segment countries first_order_on last_order_on recency_days orders repeats usual_interval gross_revenue trailing_net_revenue no_order alive orders_30 orders_90 orders_365 order_value lifetime_value revenue_at_risk risk_key",
  model_card: "snapshot_id card",
  dim_product: "product snapshot_id description category",
  snapshot:
    "snapshot_id generation load_run_id published_at as_of data_from data_through currency recency_cuts frequency_cuts monetary_cuts rollups rollup_keys former_snapshot_id monetary cuts_of",
  customer_standing:
    "snapshot_id customer_key guest country classic executive detailed recency_score frequency_score monetary_score last_order_on orders gross_revenue returns_value",
  product_pair: "snapshot_id product other together product_orders other_orders all_orders",
  follow_up: "snapshot_id name",
  published_snapshot: "singleton snapshot_id",
  load_run:
    "load_run_id started_at finished_at status mode files options account account_amounts amounts warnings stages snapshot_id error_code error_message",
  rejected_row: "load_run_id file line column_name code raw settled_in",
  customer_360:
    "customer_id cohort_month segment segment_executive segment_detailed first_purchase_at last_purchase_at recency_days orders units gross_revenue returns_value net_revenue latest_country countries",
  revenue_by_month: "month gross_revenue net_revenue returns_value orders customers new_customers units",
  cohort_retention: "cohort_month month customers gross_revenue",
  segment_summary: "segment customers orders gross_revenue net_revenue median_recency_days",
};

describe("a reader", () => {
  it("may name these columns and no other, of no other table, partitions included", async () => {
    const { rows } = await client.query<{ name: string; columns: string[] }>(
      `SELECT c.relname AS name, array_agg(a.attname::text) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace IN ('public'::regnamespace, 'consumer360_scope'::regnamespace)
         AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
         AND has_column_privilege('consumer360_reader', c.oid, a.attnum, 'SELECT')
       GROUP BY 1`,
    );
    const found = Object.fromEntries(rows.map(({ name, columns }) => [name, columns.sort()]));
    const wanted = Object.entries(readable).map(([name, columns]) => [name, columns.split(" ").sort()]);
    expect(found).toEqual(Object.fromEntries(wanted));
    const partitions = await client.query("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'");
    expect(partitions.rows.length).toBeGreaterThan(0);
    for (const { relname } of partitions.rows)
      await expect(undone(() => client.query(`${reader}; SELECT FROM ${relname}`))).rejects.toMatchObject({
        code: "42501",
      });
  });

  it("may change nothing and make nothing", async () => {
    const all = [...tableEntities, ...viewEntities].map(tableName);
    const { rows } = await client.query(
      `SELECT name FROM unnest($1::text[]) AS names (name)
       WHERE has_table_privilege('consumer360_reader', name, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
          OR has_any_column_privilege('consumer360_reader', name, 'INSERT, UPDATE, REFERENCES')`,
      [all],
    );
    expect(rows).toEqual([]);
    for (const attempt of [
      "CREATE TABLE mine (a integer)",
      "CREATE VIEW mine AS SELECT 1",
      "CREATE FUNCTION now_mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
      "CREATE FUNCTION consumer360_scope.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
      "CREATE OR REPLACE FUNCTION consumer360_scope.snapshot() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
      "CREATE SCHEMA mine",
      "CREATE ROLE mine",
      "ALTER TABLE fact_sales DISABLE ROW LEVEL SECURITY",
      "ALTER POLICY fact_sales_scope ON fact_sales USING (true)",
      "COPY fact_sales TO PROGRAM 'cat'",
      "SELECT pg_read_file('PG_VERSION')",
      "SELECT lo_import('/etc/hostname')",
    ])
      await expect(
        undone(() => client.query(`${reader}; ${attempt}`)),
        attempt,
      ).rejects.toMatchObject({ code: "42501" });
  });
});

describe("settings that are no scope", () => {
  const base64 = (text: string) => Buffer.from(text, "utf8").toString("base64");
  const whole = { countries: "*", segments: "*", snapshot: "1", generation: "1", operator: "on" };
  const values: Readonly<Record<string, string>> = {
    "not set": "",
    "not base64": "Spain",
    "nearly all": "**",
    "all with a space": " *",
    "base64 of all": base64("*"),
    "base64 of nothing": base64(" "),
    "not an array": base64("Spain"),
    "a JSON array": base64('["Spain", "France"]'),
    "an open array": base64('{"Spain"'),
    "NULL alone": base64("{NULL}"),
    "an empty list": base64("{}"),
    "not UTF-8": Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString("base64"),
    "an array of arrays of nobody": base64('{{"Atlantis"},{"Utopia"}}'),
    "10,000 other names": base64(`{${Array.from({ length: 10_000 }, (_, at) => `"Country ${at}"`).join(",")}}`),
    "a statement": base64("{}'); SELECT 1; --"),
  };
  /** Of the table, what it shows: a number of rows, or the class of an error. */
  async function rowsUnder(settings: Readonly<Record<string, string>>, table: string): Promise<number | string> {
    const texts = Object.entries(settings).map(([name, value]) => `SET LOCAL consumer360.${name} = '${value}'`);
    return undone(async () => {
      await client.query([reader, ...texts].join("; "));
      const { rows } = await client.query(`SELECT count(*)::int AS n FROM (SELECT 1 FROM ${table}) any_row`);
      return rows[0].n;
    }).catch((error: { code: string }) => error.code.slice(0, 2));
  }
  const inSnapshot = ["fact_sales", "sales_order", "customer_cell", "sales_cell", "rfm_segments", "dim_customer"];

  it("is a whole one that shows rows", async () => {
    for (const table of inSnapshot.filter((name) => name !== "dim_customer"))
      expect(await rowsUnder(whole, table), table).toBeGreaterThan(0);
    const some = { ...whole, countries: base64('{"Spain"}'), segments: base64('{"GUEST","AT_RISK","CHURN_RISK"}') };
    expect(await rowsUnder(some, "fact_sales")).toBeGreaterThan(0);
    // one name that is there among 10,000 that are not, and beside NULL
    const many = `{NULL,"Spain",${Array.from({ length: 10_000 }, (_, at) => `"Country ${at}"`).join(",")}}`;
    expect(await rowsUnder({ ...some, countries: base64(many) }, "fact_sales")).toBe(
      await rowsUnder(some, "fact_sales"),
    );
  });

  it.each(Object.entries(values))("%s, as the countries or as the segments", async (_, value) => {
    for (const list of ["countries", "segments"])
      for (const table of inSnapshot)
        expect([0, "22"], `${list} ${table}`).toContain(await rowsUnder({ ...whole, [list]: value }, table));
  });

  it("a snapshot or a generation that is none", async () => {
    // lines hold from one snapshot on: a later number than any shows what the last one does, in its generation
    const bySnapshot = [...inSnapshot.filter((table) => table !== "fact_sales"), "dim_product"];
    for (const value of ["", "0", "-1", "99", "one", "1; SELECT 1", "99999999999"]) {
      for (const table of value === "99" ? bySnapshot : [...bySnapshot, "fact_sales"])
        expect([0, "22"], `${value} ${table}`).toContain(await rowsUnder({ ...whole, snapshot: value }, table));
      expect([0, "22"], value).toContain(await rowsUnder({ ...whole, generation: value }, "fact_sales"));
    }
  });

  it("an operator who is not quite one", async () => {
    expect(await rowsUnder(whole, "load_run")).toBeGreaterThan(0);
    for (const operator of ["", "off", "ON", "true", "on ", "1"])
      expect(await rowsUnder({ ...whole, operator }, "load_run"), operator).toBe(0);
  });
});
