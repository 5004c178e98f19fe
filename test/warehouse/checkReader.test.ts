// The check at start: who reads is bound by every row policy, or nothing starts, and the message says what stands open.
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { checkReader } from "../../src/warehouse/checkReader.ts";
import { openReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
const roles: string[] = [];
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile, { currency: "EUR" });
});
afterAll(async () => {
  for (const role of roles) await warehouse.owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  await warehouse.close();
});

/** A login of this test's own, and the URL that uses it. */
async function login(attributes: string, ...grants: string[]): Promise<{ name: string; url: string }> {
  const name = `read_${randomBytes(5).toString("hex")}`;
  await warehouse.owner.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}' ${attributes}`);
  roles.push(name);
  for (const role of grants) await warehouse.owner.query(`GRANT ${role} TO ${name}`);
  return { name, url: Object.assign(new URL(warehouse.url), { username: name, password: name }).toString() };
}

/** Of the one load. */
const partitions = "customer_cell_s1, customer_outlook_s1, fact_sales_g1, sales_order_s1";
const ownLogin = { ownLogin: true, ownerUrl: null };
const refusal = (message: string, remedy: string) => ({
  code: "WAREHOUSE_UNAVAILABLE",
  message: expect.stringContaining(message),
  remedy: expect.stringContaining(remedy),
});

describe("a login for readers", () => {
  it("reads once it has the reader's role, and sees nothing before and after", async () => {
    const { url } = await login("NOINHERIT", "consumer360_reader");
    await checkReader(url, ownLogin);
    const warehouseOf = openReadWarehouse(url, { maxConnections: 1 });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      const snapshot = await readSnapshot(warehouseOf);
      const lines = { text: "SELECT count(*)::int AS n FROM fact_sales", values: [] };
      expect(await warehouseOf.read(lines, adminScope, snapshot)).toEqual([{ n: 199 }]);
      // a statement that gives the role back has the login's rights: none
      await client.query("BEGIN; SET LOCAL ROLE consumer360_reader; RESET ROLE; SET LOCAL consumer360.countries = '*'");
      await expect(client.query("SELECT FROM fact_sales")).rejects.toMatchObject({ code: "42501" });
      await client.query("ROLLBACK");
      await expect(client.query("SET ROLE consumer360")).rejects.toThrow();
    } finally {
      await client.end();
      await warehouseOf.close();
    }
  });

  it.each([
    ["SUPERUSER", "is a superuser", "NOSUPERUSER"],
    ["BYPASSRLS", "has BYPASSRLS", "NOBYPASSRLS"],
  ])("with %s is refused", async (attribute, message, remedy) => {
    const { name, url } = await login(attribute, "consumer360_reader");
    await expect(checkReader(url, ownLogin)).rejects.toMatchObject(refusal(`${name} ${message}`, remedy));
  });

  it("that may become the owner of a table is refused", async () => {
    const owner = await login("");
    const { name, url } = await login("NOINHERIT", "consumer360_reader", owner.name);
    await warehouse.owner.query(`ALTER TABLE dim_product OWNER TO ${owner.name}`);
    try {
      await expect(checkReader(url, ownLogin)).rejects.toMatchObject(
        refusal(`${name} owns, or may become the owner of, dim_product`, "READER_DATABASE_URL"),
      );
    } finally {
      await warehouse.owner.query("ALTER TABLE dim_product OWNER TO CURRENT_USER");
    }
  });

  it("without the reader's role is told what to grant", async () => {
    const { url } = await login("");
    await expect(checkReader(url, ownLogin)).rejects.toMatchObject(
      refusal("cannot become consumer360_reader", "GRANT consumer360_reader TO"),
    );
  });

  it("that reads everything by another role is refused: partitions lie behind no policy", async () => {
    const { name, url } = await login("", "consumer360_reader", "pg_read_all_data");
    await expect(checkReader(url, ownLogin)).rejects.toMatchObject(
      refusal(`${name} may read ${partitions} past the policies`, "REVOKE"),
    );
  });
});

describe("the owner, who becomes the reader", () => {
  const check = () => checkReader(warehouse.url, { ownLogin: false, ownerUrl: null });

  it("is good enough where no login is set", async () => {
    await check();
    await expect(checkReader(warehouse.url, ownLogin)).rejects.toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
  });

  it.each([
    [
      "a table whose row security was switched off",
      "ALTER TABLE sales_cell DISABLE ROW LEVEL SECURITY",
      "ALTER TABLE sales_cell ENABLE ROW LEVEL SECURITY",
      refusal("no row policy binds consumer360_reader in sales_cell", "ENABLE ROW LEVEL SECURITY"),
    ],
    [
      "a grant on a partition",
      "GRANT SELECT ON ALL TABLES IN SCHEMA public TO consumer360_reader",
      `REVOKE SELECT ON ${partitions} FROM consumer360_reader`,
      refusal(`consumer360_reader may read ${partitions} past the policies`, `REVOKE ALL ON ${partitions}`),
    ],
    [
      "a right to change",
      "GRANT UPDATE ON load_run TO consumer360_reader",
      "REVOKE UPDATE ON load_run FROM consumer360_reader",
      refusal("consumer360_reader may change load_run", "REVOKE ALL ON load_run"),
    ],
    [
      "a right to create that everyone has",
      "GRANT CREATE ON SCHEMA public TO PUBLIC",
      "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
      refusal("consumer360_reader may create in the schema public", "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"),
    ],
    [
      "a right to create of its own",
      "GRANT CREATE ON SCHEMA public TO consumer360_reader",
      "REVOKE CREATE ON SCHEMA public FROM consumer360_reader",
      refusal("may create in the schema public", "REVOKE CREATE ON SCHEMA public FROM consumer360_reader;"),
    ],
    [
      "a table that is not there",
      "ALTER TABLE rejected_row RENAME TO gone",
      "ALTER TABLE gone RENAME TO rejected_row",
      refusal("there is no table rejected_row", "replica"),
    ],
  ])("%s is found, and not found once mended", async (_, open, shut, found) => {
    await check();
    await warehouse.owner.query(open);
    await expect(check()).rejects.toMatchObject(found);
    await warehouse.owner.query(shut);
    await check();
  });

  it("may make temporary tables: they stand behind ours, and who only reads makes none", async () => {
    const { rows } = await warehouse.owner.query(
      "SELECT has_database_privilege('consumer360_reader', current_database(), 'TEMPORARY') AS may",
    );
    expect(rows).toEqual([{ may: true }]);
    await check();
    const make = { text: "CREATE TEMP TABLE fact_sales (n integer)", values: [] };
    await expect(warehouse.read.readPublished(make, adminScope)).rejects.toThrow("read-only transaction");
  });
});

describe("the URL of READER_DATABASE_URL", () => {
  const set = () => ({ ownLogin: true, ownerUrl: warehouse.url });

  it("names the same database, by any name of its server", async () => {
    const { url } = await login("NOINHERIT", "consumer360_reader");
    await checkReader(url, set());
    const aside = Object.assign(new URL(url), { search: "?application_name=aside" }).toString();
    await checkReader(aside, set());
  });

  it("of another database is refused, though it is as well locked", async () => {
    const other = await makeTestWarehouse();
    try {
      const { url } = await login("NOINHERIT", "consumer360_reader");
      const elsewhere = Object.assign(new URL(url), { pathname: new URL(other.url).pathname }).toString();
      await checkReader(elsewhere, ownLogin);
      await expect(checkReader(elsewhere, set())).rejects.toMatchObject(
        refusal("READER_DATABASE_URL names another database than DATABASE_URL", "physical replica"),
      );
    } finally {
      await other.close();
    }
  });

  it("whose user may not know which server it is, is not compared", async () => {
    const { url } = await login("NOINHERIT", "consumer360_reader");
    await warehouse.owner.query("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    try {
      await checkReader(url, set());
    } finally {
      await warehouse.owner.query("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC");
    }
  });

  it("that does not answer is named; where it is not set, the warehouse is", async () => {
    const nowhere = Object.assign(new URL(warehouse.url), { port: "1", password: "hunter2" }).toString();
    const error: unknown = await checkReader(nowhere, set()).catch((caught: unknown) => caught);
    expect(error).toMatchObject(refusal("READER_DATABASE_URL cannot be reached: ", "Check READER_DATABASE_URL"));
    expect(String(error)).not.toContain("hunter2");
    await expect(checkReader(nowhere, ownLogin)).rejects.toMatchObject(refusal("The warehouse does not answer", ""));
    const wrong = Object.assign(new URL(warehouse.url), { username: "nobody_there" }).toString();
    await expect(checkReader(wrong, set())).rejects.toMatchObject(refusal("READER_DATABASE_URL cannot be reached", ""));
    const { url } = await login("NOINHERIT", "consumer360_reader");
    const { name } = (await warehouse.owner.query("SELECT current_database() AS name")).rows[0];
    await warehouse.owner.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    await expect(checkReader(url, set())).rejects.toMatchObject(refusal("READER_DATABASE_URL cannot be reached", ""));
    await warehouse.owner.query(`GRANT CONNECT ON DATABASE ${name} TO PUBLIC`);
  });
});
