// The two locks on rows, each tried alone: the scope in the SQL without row-level security, and row-level security under SQL that
// knows no scope. Each alone gives exactly the rows that both give together; and a session without a scope sees nothing.
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Scope } from "../../src/model/scope.ts";
import { ask } from "../../src/query/ask.ts";
import { compileCustomerAttributes } from "../../src/query/compile/compileCustomerAttributes.ts";
import { compileCustomerLines, compileLines } from "../../src/query/compile/compileLines.ts";
import { compileMetricCount, compileMetricRows } from "../../src/query/compile/compileMetrics.ts";
import { lineSource } from "../../src/query/compile/source.ts";
import { orderSource, planMetrics } from "../../src/query/plan.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { openReadWarehouse, type Statement } from "../../src/warehouse/openReadWarehouse.ts";
import { keepsLine } from "../oracle/evaluate.ts";
import { readShopLines, scope, shopFile, shopScopes } from "../oracle/shopLines.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  // Twice, so that there are rows of a former snapshot that nobody may see any more.
  await warehouse.load(shopFile, { currency: "EUR" });
  await warehouse.load(shopFile);
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

const ids = ["12001", "12002", "12003", "12004", "12005", "12013", "12016", "12018", "12019", "500010", "500006", "x"];
const metrics = (request: Partial<MetricsRequest>): MetricsRequest => ({
  kind: "metrics",
  measures: ["grossRevenue", "returnsValue", "orders", "customers", "newCustomers", "lines", "repeatCustomers"],
  dimensions: [],
  ...request,
});

/** Statements of every kind, as a scope compiles them. */
const statements: Readonly<Record<string, (as: Scope) => Statement>> = {
  "metrics from the orders": (as) => rowsOf(metrics({ dimensions: ["month", "country"] }), as, orderSource),
  "metrics from the lines": (as) => rowsOf(metrics({ dimensions: ["month", "country"] }), as, lineSource),
  "metrics by segment from the orders": (as) => rowsOf(metrics({ dimensions: ["segment"] }), as, orderSource),
  "metrics by segment from the lines": (as) => rowsOf(metrics({ dimensions: ["segment"] }), as, lineSource),
  "metrics by customer": (as) =>
    rowsOf(
      metrics({ dimensions: ["customer"], measures: ["firstPurchaseAt", "countries", "latestCountry"] }),
      as,
      orderSource,
    ),
  "metrics by cohort": (as) =>
    rowsOf(metrics({ dimensions: ["cohortMonth", "month"], measures: ["customers"] }), as, orderSource),
  "metrics by product": (as) => rowsOf(metrics({ dimensions: ["product", "category"] }), as, lineSource),
  "a total": (as) => rowsOf(metrics({}), as, orderSource),
  "a count": (as) => {
    const request = metrics({ dimensions: ["customer"], having: [{ measure: "orders", gte: "2" }] });
    return compileMetricCount(request, {
      snapshot,
      scope: as,
      plan: planMetrics(request.measures, request.dimensions),
    });
  },
  lines: (as) =>
    compileLines({ kind: "lines", page: { first: 1000 } }, { snapshot, scope: as, orders: orderSource }, null),
  "lines of a cohort": (as) =>
    compileLines(
      { kind: "lines", where: { cohortMonth: { eq: "2024-02" } }, page: { first: 1000 } },
      { snapshot, scope: as, orders: orderSource },
      null,
    ),
  "lines of customers": (as) =>
    compileCustomerLines(
      { kind: "customerLines", ids, page: { first: 5 } },
      { snapshot, scope: as, orders: orderSource },
      null,
    ),
  "attributes of customers": (as) => compileCustomerAttributes(ids, { snapshot, scope: as, orders: orderSource }),
};

function rowsOf(request: MetricsRequest, as: Scope, source: typeof lineSource): Statement {
  const plan = { ...planMetrics(request.measures, request.dimensions), source };
  return compileMetricRows(request, { snapshot, scope: as, plan }, null);
}

const scopes: readonly Scope[] = [
  ...Object.values(shopScopes).filter((each) => each !== shopScopes.everything),
  scope("one country", ["Netherlands"], null),
  scope("guests", null, ["GUEST"]),
  scope("unscored", null, ["UNSCORED"]),
  scope("unscored in France", ["France"], ["UNSCORED"]),
  scope("guests in Germany", ["Germany"], ["GUEST"]),
  scope("unknown country", ["Atlantis"], null),
  scope("nothing at all", [], []),
];

/** Rows as text that both ways to read them agree on; as a set, because only the outermost statement has an order. */
const asText = ({ text, values }: Statement): Statement => ({
  text: `SELECT to_jsonb(q)::text AS row FROM (\n${text}\n) q`,
  values,
});
const textsOf = (rows: readonly Record<string, unknown>[]) => rows.map((row) => String(row.row));

describe.each(Object.entries(statements))("%s", (_, compile) => {
  it.each(scopes.map((each) => [each.role, each] as const))("under the scope %s", async (__, restricted) => {
    const both = textsOf(await warehouse.read.read(asText(compile(restricted)), restricted, snapshot));
    const onlyRowSecurity = textsOf(await warehouse.read.read(asText(compile(adminScope)), restricted, snapshot));
    const { text, values } = asText(compile(restricted));
    const onlyPredicate = textsOf((await warehouse.owner.query({ text, values: [...values] })).rows);
    expect(onlyRowSecurity).toEqual(both);
    expect(onlyPredicate).toEqual(both);
  });

  it("says something to someone", async () => {
    expect((await warehouse.read.read(compile(adminScope), adminScope, snapshot)).length).toBeGreaterThan(0);
  });
});

const tables = [
  "fact_sales",
  "sales_order",
  "rfm_segments",
  "dim_customer",
  "dim_product",
  "snapshot",
  "published_snapshot",
  "load_run",
  "rejected_row",
];

it("each scope keeps the lines that it says, and no other snapshot's", async () => {
  const lines = readShopLines();
  for (const each of [...scopes, adminScope]) {
    const wanted = lines.filter((line) => keepsLine(each, line)).length;
    const [row] = await warehouse.read.read(
      { text: "SELECT count(*) AS n FROM fact_sales", values: [] },
      each,
      snapshot,
    );
    expect(Number(row?.n), each.role).toBe(wanted);
  }
});

describe("a session without a scope", () => {
  it("sees no row in any table", async () => {
    const { rows } = await warehouse.owner.query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
    );
    expect(rows.map((row) => row.relname).sort()).toEqual([...tables, "consumer360_migrations"].sort());
    for (const table of tables) expect(await countAsReader([], table), table).toBe(0);
  });

  it("sees none with half a scope either", async () => {
    const snapshotOf = `SET LOCAL consumer360.snapshot = '${snapshot.snapshotId}'; SET LOCAL consumer360.generation = '${snapshot.generation}'`;
    for (const half of ["SET LOCAL consumer360.countries = '*'", "SET LOCAL consumer360.segments = '*'"])
      for (const table of tables.filter((name) => name !== "rejected_row"))
        expect(await countAsReader([snapshotOf, half], table), `${half} ${table}`).toBe(0);
    for (const table of ["fact_sales", "sales_order", "rfm_segments", "dim_customer", "dim_product"])
      expect(await countAsReader([snapshotOf], table), table).toBe(0);
  });

  it("sees no former snapshot under a scope for this one", async () => {
    const everything = ["SET LOCAL consumer360.countries = '*'", "SET LOCAL consumer360.segments = '*'"];
    for (const table of ["fact_sales", "sales_order", "rfm_segments", "dim_product"]) {
      const now = [
        `SET LOCAL consumer360.snapshot = '${snapshot.snapshotId}'`,
        `SET LOCAL consumer360.generation = '${snapshot.generation}'`,
      ];
      const { rows } = await warehouse.owner.query(`SELECT count(*) AS n FROM ${table}`);
      expect(2 * (await countAsReader([...everything, ...now], table)), table).toBe(Number(rows[0].n));
    }
  });
});

async function countAsReader(settings: readonly string[], table: string): Promise<number> {
  const client = await warehouse.owner.connect();
  try {
    await client.query(["BEGIN", "SET LOCAL ROLE consumer360_reader", ...settings].join("; "));
    const { rows } = await client.query(`SELECT count(*) AS n FROM (SELECT 1 FROM ${table}) any_row`);
    return Number(rows[0].n);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

describe("a pooled connection", () => {
  it("carries neither scope nor role beyond a transaction, not even one that failed", async () => {
    const connect = vi.spyOn(pg.Pool.prototype, "connect");
    const single = openReadWarehouse(warehouse.url, { maxConnections: 1 });
    try {
      const pid = { text: "SELECT pg_backend_pid() AS pid", values: [] };
      const before = (await single.read(pid, adminScope, snapshot))[0]?.pid;
      const pool = connect.mock.contexts[0] as pg.Pool;
      const left = async () => {
        const { rows } = await pool.query(
          `SELECT pg_backend_pid() AS pid, current_user = session_user AS own_role,
             ${["countries", "segments", "operator", "snapshot", "generation"]
               .map((name) => `coalesce(current_setting('consumer360.${name}', true), '') AS ${name}`)
               .join(", ")}`,
        );
        return rows[0];
      };
      const clean = {
        pid: before,
        own_role: true,
        countries: "",
        segments: "",
        operator: "",
        snapshot: "",
        generation: "",
      };
      expect(await left()).toEqual(clean);
      for (const broken of [
        "SELECT 1 / 0",
        "nonsense",
        "DELETE FROM fact_sales",
        "SELECT * FROM consumer360_migrations",
      ]) {
        await expect(single.read({ text: broken, values: [] }, adminScope, snapshot)).rejects.toThrow();
        expect(await left(), broken).toEqual(clean);
      }
      const gone = { snapshotId: 99, generation: 99 };
      await expect(single.read(pid, adminScope, gone)).rejects.toMatchObject({ code: "SNAPSHOT_EXPIRED" });
      expect(await left()).toEqual(clean);
      const lines = { text: "SELECT count(*) AS n FROM fact_sales", values: [] };
      expect(await single.read(lines, adminScope, snapshot)).toEqual([{ n: "199" }]);
      expect(await single.read(lines, shopScopes.noCountry, snapshot)).toEqual([{ n: "0" }]);
    } finally {
      connect.mockRestore();
      await single.close();
    }
  });
});

describe("hostile scopes", () => {
  /** Countries as a file can name them. */
  const odd = [
    "X,Germany",
    "Germany",
    "X",
    "*",
    "O'Hare",
    'say "hi"',
    "back\\slash",
    "{France}",
    "[]",
    "null",
    "ünïcode ☃",
  ];
  let other: TestWarehouse;
  let at: SnapshotFacts;
  beforeAll(async () => {
    other = await makeTestWarehouse();
    const rows = odd.map((country, index) => {
      const quoted = `"${country.replaceAll('"', '""')}"`;
      return `${index + 1},A,a,1,12/31/2022 0:00,${index + 1},c${index},${quoted}`;
    });
    await other.loadText(
      ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", ...rows].join("\n"),
    );
    at = await readSnapshot(other.read);
  });
  afterAll(() => other.close());

  /** What is seen, by both locks and by the second alone. */
  async function seen(countries: readonly string[]): Promise<string[]> {
    const as = scope("hostile", countries, null);
    const request: MetricsRequest = { kind: "metrics", measures: ["lines"], dimensions: ["country"] };
    const rows = (await ask(request, { warehouse: other.read, snapshot: at, scope: as })).rows;
    const plain = { text: "SELECT country FROM fact_sales ORDER BY country", values: [] };
    const alone = await other.read.read(plain, as, at);
    expect(alone.map((row) => row.country)).toEqual(rows.map((row) => row.country));
    return rows.map((row) => String(row.country));
  }

  it("a name is one name, whatever is in it", async () => {
    for (const country of odd) expect(await seen([country]), country).toEqual([country]);
    expect((await seen(odd)).sort()).toEqual([...odd].sort());
  });

  it("a value that is no country's name shows nothing", async () => {
    const hostile = [
      "",
      " Germany",
      "germany",
      "%",
      "_",
      "X,",
      ",Germany",
      "Germany,X",
      "'",
      "''",
      "\\",
      "\\'",
      '"',
      "\0",
      "X\0",
    ];
    const sql = [
      "') OR true --",
      "'; RESET ROLE; --",
      "$1",
      "$$",
      "WyIqIl0=",
      '["Germany"]',
      "\n",
      "\r\n*",
      "\ud800",
      "X\udfff",
    ];
    for (const value of [...hostile, ...sql]) expect(await seen([value]), JSON.stringify(value)).toEqual([]);
    expect(await seen([...hostile, "Germany", ...sql])).toEqual(["Germany"]);
  });

  it("long lists and long names are only long", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `Country ${index}, "of" many\\`);
    expect(await seen(many)).toEqual([]);
    expect(await seen([...many, "X,Germany"])).toEqual(["X,Germany"]);
    const long = "Germany".repeat(150_000);
    expect(await seen([long])).toEqual([]);
    expect(await seen([long, "Germany"])).toEqual(["Germany"]);
  });
});
