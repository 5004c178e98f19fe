// The four views, read as the reader role reads them: under a scope they hold what a question answers, without one nothing; and the
// reader can do nothing else.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type View, views } from "../../src/model/views.ts";
import type { Value } from "../../src/query/answer.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { Member } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { columnName, tableName } from "../../src/warehouse/entityTables.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { shopFile, shopScopes } from "./shopLines.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

const namedViews = views.map((view) => [tableName(view.entity), view] as const);

/** The column of a member, as the view's entity knows it: `customerId` for `customer`, else the member's own name. */
const columnOf = (view: View, member: Member) => columnName(view.entity, member === "customer" ? "customerId" : member);

/** Values as both ways to read them can be compared: a month as its first day, decimals without trailing zeros. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return "null";
  const text = Array.isArray(value) ? JSON.stringify(value) : String(value);
  if (/^\d{4}-\d{2}$/.test(text)) return `${text}-01`;
  return /^-?\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text.replace(/^(\d{4}-\d{2}-\d{2}) /, "$1T");
}

describe.each(namedViews)("%s", (name, view) => {
  const members: readonly Member[] = [...view.dimensions, ...view.measures];

  it.each(Object.entries(shopScopes))("holds what a question answers, under %s", async (_, scope) => {
    const answer = await ask(
      {
        kind: "metrics",
        dimensions: view.dimensions,
        measures: view.measures,
        ...(view.identifiedOnly ? { where: { customerType: { eq: "IDENTIFIED" } } } : {}),
      },
      { warehouse: warehouse.read, snapshot, scope },
    );
    const stored = await warehouse.read.read({ text: `SELECT * FROM ${name}`, values: [] }, scope, snapshot);
    const wanted = answer.rows.map((row) => members.map((member) => plain(row[member] as Value)));
    const found = stored.map((row) => members.map((member) => plain(row[columnOf(view, member)])));
    expect(found.map(String).sort()).toEqual(wanted.map(String).sort());
    if (scope === shopScopes.everything) expect(found.length).toBeGreaterThan(0);
  });

  it("is empty without a scope", async () => {
    expect(await asReader([`SELECT count(*) FROM ${name}`])).toEqual([{ count: "0" }]);
  });

  it("is empty with a scope but no snapshot", async () => {
    const settings = ["countries", "segments"].map((setting) => `SET LOCAL consumer360.${setting} = '*'`);
    expect(await asReader([...settings, `SELECT count(*) FROM ${name}`])).toEqual([{ count: "0" }]);
  });
});

describe("the reader", () => {
  const refused = { code: "42501" };

  it("cannot read which countries a customer has lines in", async () => {
    await expect(asReader(["SELECT countries FROM rfm_segments"])).rejects.toMatchObject(refused);
    await expect(asReader(["SELECT * FROM rfm_segments"])).rejects.toMatchObject(refused);
    await expect(asReader(["SELECT 1 FROM rfm_segments WHERE 'France' = ANY (countries)"])).rejects.toMatchObject(
      refused,
    );
    await expect(asReader(["SELECT s FROM rfm_segments s"])).rejects.toMatchObject(refused);
  });

  it("cannot read figures of customers or snapshots that hidden lines have a part in", async () => {
    for (const column of ["last_order_on", "recency_days", "frequency", "monetary"])
      await expect(asReader([`SELECT ${column} FROM rfm_segments`]), column).rejects.toMatchObject(refused);
    await expect(asReader(["SELECT lines FROM snapshot"])).rejects.toMatchObject(refused);
  });

  it("cannot read a partition of the facts past the table's policy", async () => {
    const { rows } = await warehouse.owner.query(
      "SELECT inhrelid::regclass::text AS partition FROM pg_inherits WHERE inhparent = 'fact_sales'::regclass",
    );
    expect(rows).toEqual([{ partition: `fact_sales_g${snapshot.generation}` }]);
    await expect(asReader([`SELECT 1 FROM ${rows[0].partition}`])).rejects.toMatchObject(refused);
  });

  it("cannot write anything", async () => {
    const { rows } = await warehouse.owner.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`,
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const { relname } of rows) {
      await expect(asReader([`DELETE FROM ${relname}`]), relname).rejects.toMatchObject(refused);
      await expect(asReader([`INSERT INTO ${relname} DEFAULT VALUES`]), relname).rejects.toMatchObject(refused);
      await expect(asReader([`TRUNCATE ${relname}`]), relname).rejects.toMatchObject(refused);
    }
    await expect(asReader(["CREATE TABLE mine (x int)"])).rejects.toMatchObject(refused);
    await expect(asReader(["CREATE SCHEMA mine"])).rejects.toMatchObject(refused);
  });

  it("owns nothing, has no rights of a server's role and none on anything else", async () => {
    const { rows: owned } = await warehouse.owner.query(
      `SELECT relname AS name FROM pg_class WHERE relowner = 'consumer360_reader'::regrole
       UNION ALL SELECT proname FROM pg_proc WHERE proowner = 'consumer360_reader'::regrole
       UNION ALL SELECT nspname FROM pg_namespace WHERE nspowner = 'consumer360_reader'::regrole
       UNION ALL SELECT datname FROM pg_database WHERE datdba = 'consumer360_reader'::regrole`,
    );
    expect(owned).toEqual([]);
    const { rows: role } = await warehouse.owner.query(
      `SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication
       FROM pg_roles WHERE rolname = 'consumer360_reader'`,
    );
    expect(role).toEqual([
      {
        rolcanlogin: false,
        rolsuper: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolbypassrls: false,
        rolreplication: false,
      },
    ]);
    const { rows: member } = await warehouse.owner.query(
      "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = 'consumer360_reader'::regrole",
    );
    expect(member).toEqual([]);
    await expect(asReader(["SELECT 1 FROM consumer360_migrations"])).rejects.toMatchObject(refused);
  });
});

/** Runs statements in one transaction as the reader, with no scope unless they set one; gives the last one's rows. */
async function asReader(statements: readonly string[]): Promise<Record<string, unknown>[]> {
  const client = await warehouse.owner.connect();
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL ROLE consumer360_reader");
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}
