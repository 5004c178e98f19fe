// The two locks on rows, each tried alone: the scope in the SQL without row-level security, and row-level security under SQL that
// knows no scope. Each alone gives exactly the rows that both give together; and a session without a scope sees nothing.
import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { followUp } from "../../etl/followUp/followUp.ts";
import type { Scope } from "../../src/model/scope.ts";
import { ask } from "../../src/query/ask.ts";
import { sourcesOf } from "../../src/query/plan.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest, Request } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { ownerTables, tableName } from "../../src/warehouse/entityTables.ts";
import { openReadWarehouse, type ReadWarehouse, type Statement } from "../../src/warehouse/openReadWarehouse.ts";
import { keepsLine } from "../oracle/evaluate.ts";
import { mixedFile, mixedWords } from "../oracle/mixedShop.ts";
import { questionsOver } from "../oracle/randomRequests.ts";
import { readShopLines, scope, shopFile, shopScopes } from "../oracle/shopLines.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  // Twice, so that there are rows of a former snapshot that nobody may see any more.
  await warehouse.load(shopFile, { currency: "EUR" });
  await warehouse.load(shopFile);
  await followUp({ url: warehouse.url });
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

/** The statements of a question as a scope compiles them, from one source and the lines. */
async function statementsOf(
  request: Request,
  at: SnapshotFacts,
  as: Scope,
  source = "sales_cell",
): Promise<readonly Statement[]> {
  const found: Statement[] = [];
  const noted: Pick<ReadWarehouse, "read"> = {
    async read(statement) {
      found.push(statement);
      return [];
    },
  };
  const all = sourcesOf(at);
  const sources = all.slice(all.findIndex(({ name }) => name === source));
  // Some questions have an answer of nothing at all refused: what they read is known by then.
  await ask(request, { warehouse: noted as ReadWarehouse, snapshot: at, scope: as, sources }).catch(() => {});
  return found;
}

/** Statements of every kind, and the smallest source that they may read. */
const asked: Readonly<Record<string, readonly [Request, string?]>> = {
  "metrics from the cells": [
    metrics({ dimensions: ["month", "country"], measures: ["grossRevenue", "orders", "customers", "repeatRate"] }),
  ],
  "metrics from the customers' cells": [metrics({ dimensions: ["month", "country"] }), "customer_cell"],
  "metrics from the orders": [metrics({ dimensions: ["month", "country"] }), "sales_order"],
  "metrics from the lines": [metrics({ dimensions: ["month", "country"] }), "fact_sales"],
  "metrics by segment from the cells": [metrics({ dimensions: ["segment"] })],
  "metrics by segment from the orders": [metrics({ dimensions: ["segment"] }), "sales_order"],
  "metrics by segment from the lines": [metrics({ dimensions: ["segment"] }), "fact_sales"],
  "metrics by customer from the cells": [
    metrics({ dimensions: ["customer"], measures: ["orders", "firstPurchaseAt", "countries"] }),
  ],
  "metrics by customer": [
    metrics({ dimensions: ["customer"], measures: ["firstPurchaseAt", "countries", "latestCountry"] }),
  ],
  "metrics by cohort": [metrics({ dimensions: ["cohortMonth", "month"], measures: ["customers"] })],
  "metrics by product": [metrics({ dimensions: ["product", "category"] })],
  "a median": [metrics({ measures: ["medianRecencyDays", "orders"], dimensions: ["segment"] })],
  "months, those without sales and those before": [
    metrics({ dimensions: ["month", "segment"], spine: true, earlier: [{ periods: 1, years: 0 }] }),
  ],
  "a total": [metrics({})],
  "totals and a count": [
    metrics({
      dimensions: ["customer"],
      having: [{ measure: "orders", gte: "2" }],
      totals: ["customers", "grossRevenue", "newCustomers"],
      count: true,
      rows: false,
    }),
  ],
  lines: [{ kind: "lines", page: { first: 1000 } }],
  "lines of a cohort": [{ kind: "lines", where: { cohortMonth: { eq: "2024-02" } }, page: { first: 1000 } }],
  "lines of customers": [{ kind: "customerLines", ids, page: { first: 5 } }],
  "attributes of customers": [{ kind: "customerAttributes", ids }],
  "what is expected of customers": [{ kind: "outlooks", ids }],
  "customers at risk": [{ kind: "churnRisk", page: { first: 1000 }, count: true }],
  "what customers at risk come to": [{ kind: "revenueAtRisk" }],
  "what moved between snapshots": [{ kind: "segmentMovements", scheme: "CLASSIC" }],
};

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
const textsOf = (rows: readonly Record<string, unknown>[]) => rows.map((row) => String(row.row)).sort();

/** Holds a question's rows under both locks against those under each alone; gives how many there are. */
async function tryEachLock(
  request: Request,
  restricted: Scope,
  shop: TestWarehouse,
  at: SnapshotFacts,
  source?: string,
): Promise<number> {
  const narrow = await statementsOf(request, at, restricted, source);
  const open = await statementsOf(request, at, adminScope, source);
  expect(open.length).toBe(narrow.length);
  let found = 0;
  for (const [nth, statement] of narrow.map(asText).entries()) {
    const both = textsOf(await shop.read.read(statement, restricted, at));
    const onlyRowSecurity = textsOf(await shop.read.read(asText(open[nth] as Statement), restricted, at));
    const { text, values } = statement;
    const onlyPredicate = textsOf((await shop.owner.query({ text, values: [...values] })).rows);
    expect(onlyRowSecurity, text).toEqual(both);
    expect(onlyPredicate, text).toEqual(both);
    found += both.length;
  }
  return found;
}

describe.each(Object.entries(asked))("%s", (_, [request, source]) => {
  it.each(scopes.map((each) => [each.role, each] as const))("under the scope %s", async (__, restricted) => {
    await tryEachLock(request, restricted, warehouse, snapshot, source);
  });

  it("says something to someone", async () => {
    const statements = await statementsOf(request, snapshot, adminScope, source);
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      if (source) expect(statement.text).toContain(`FROM ${source} `);
      expect((await warehouse.read.read(statement, adminScope, snapshot)).length).toBeGreaterThan(0);
    }
  });
});

describe("customers and invoices of several countries", () => {
  let mixed: TestWarehouse;
  let at: SnapshotFacts;
  beforeAll(async () => {
    mixed = await makeTestWarehouse();
    await mixed.loadText(mixedFile, { currency: "EUR" });
    await mixed.loadText(mixedFile);
    at = await readSnapshot(mixed.read);
  });
  afterAll(() => mixed.close());

  it("random questions under random scopes", async () => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(questionsOver(mixedWords), async ({ scope: restricted, request }) => {
        rows += await tryEachLock({ ...request, count: true }, restricted, mixed, at);
      }),
      { seed: 362, numRuns: 100 },
    );
    expect(rows).toBeGreaterThan(1_000);
  });

  it("a cell is seen where the whole of its sets is kept, and in this snapshot", async () => {
    const seen = { sales_cell: 0, customer_cell: 0 };
    await fc.assert(
      fc.asyncProperty(questionsOver(mixedWords), async ({ scope: kept }) => {
        for (const [table, segments] of [
          ["sales_cell", "segments <@ $3"],
          ["customer_cell", "segment = ANY ($3)"],
        ] as const) {
          const text = `SELECT to_jsonb(c)::text AS row FROM ${table} c`;
          const visible = textsOf(await mixed.read.read({ text, values: [] }, kept, at));
          const { rows } = await mixed.owner.query(
            `${text} WHERE snapshot_id = $1 AND ($2::text[] IS NULL OR countries <@ $2) AND ($3::text[] IS NULL OR ${segments})`,
            [at.snapshotId, kept.countries, kept.segments],
          );
          expect(visible, `${table} ${kept.role}`).toEqual(textsOf(rows));
          seen[table] += visible.length;
        }
      }),
      { seed: 363, numRuns: 60 },
    );
    expect(seen.sales_cell).toBeGreaterThan(1_000);
    expect(seen.customer_cell).toBeGreaterThan(1_000);
    const { rows } = await mixed.owner.query(
      `SELECT count(*)::int AS cells FROM sales_cell WHERE cardinality(countries) > 1
       UNION ALL SELECT count(*)::int FROM customer_cell WHERE cardinality(countries) > 1
       UNION ALL SELECT count(*)::int FROM sales_cell WHERE cardinality(countries) = 0
       UNION ALL SELECT count(*)::int FROM customer_cell WHERE cardinality(countries) = 0`,
    );
    expect(rows.map(({ cells }) => cells > 0)).toEqual([true, true, false, false]);
  });
});

const tables = [
  "fact_sales",
  "sales_order",
  "sales_cell",
  "customer_cell",
  "rfm_segments",
  "dim_customer",
  "dim_product",
  "customer_outlook",
  "model_card",
  "customer_standing",
  "product_pair",
  "follow_up",
  "snapshot",
  "published_snapshot",
  "load_run",
  "rejected_row",
];

/** No reader has a right on these, whatever the scope. */
const ownerOnly = ownerTables.map(tableName);

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
    expect(rows.map((row) => row.relname).sort()).toEqual([...tables, ...ownerOnly, "consumer360_migrations"].sort());
    for (const table of tables) expect(await countAsReader([], table), table).toBe(0);
    const everything = ["countries", "segments"].map((name) => `SET LOCAL consumer360.${name} = '*'`);
    for (const table of [...ownerOnly, "consumer360_migrations"])
      await expect(countAsReader(everything, table), table).rejects.toMatchObject({ code: "42501" });
  });

  it("sees none with half a scope either", async () => {
    const snapshotOf = `SET LOCAL consumer360.snapshot = '${snapshot.snapshotId}'; SET LOCAL consumer360.generation = '${snapshot.generation}'`;
    for (const half of ["SET LOCAL consumer360.countries = '*'", "SET LOCAL consumer360.segments = '*'"])
      for (const table of tables.filter((name) => name !== "rejected_row"))
        expect(await countAsReader([snapshotOf, half], table), `${half} ${table}`).toBe(0);
    for (const table of [
      ...["fact_sales", "sales_order", "sales_cell", "customer_cell", "rfm_segments", "dim_customer", "dim_product"],
      ...["customer_outlook", "model_card", "customer_standing", "product_pair", "follow_up"],
    ])
      expect(await countAsReader([snapshotOf], table), table).toBe(0);
  });

  it("sees no former snapshot under a scope for this one", async () => {
    const everything = ["SET LOCAL consumer360.countries = '*'", "SET LOCAL consumer360.segments = '*'"];
    for (const table of [
      "fact_sales",
      "sales_order",
      "sales_cell",
      "customer_cell",
      "rfm_segments",
      "dim_product",
      "customer_outlook",
      "model_card",
    ]) {
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
