// The models' stage of a load over the real file: the card, what is stored for each customer against what its own orders say, and what
// becomes of it when snapshots come and go.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadReport } from "../../etl/loadReport.ts";
import { rollBack } from "../../etl/rollBack.ts";
import { aliveProbability, expectedOrders, noOrderProbability } from "../../src/intelligence/bgNbd.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

type Row = Readonly<Record<string, unknown>>;

describeWithShared("the real file", ["data/online-retail.latin1.crlf.csv.gz"], () => {
  let warehouse: TestWarehouse;
  let report: LoadReport;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    report = await warehouse.load(sharedFile("data/online-retail.latin1.crlf.csv.gz"));
  });
  afterAll(() => warehouse?.close());
  const rowsOf = async (sql: string): Promise<Row[]> => (await warehouse.owner.query(sql)).rows;

  it("the card: the list goes by the model, which was measured to be better than recency", () => {
    const { models: card } = report;
    const { holdout } = card ?? {};
    expect(card).toMatchObject({ basis: "MODEL", horizonDays: 91, discountRate: 0.1, noHoldout: null });
    expect(card?.models).toMatchObject([
      { model: "BG_NBD", status: "DEGENERATE", customersUsed: 4338, converged: true },
      { model: "GAMMA_GAMMA", status: "OK", converged: true },
    ]);
    expect(card?.models[0]?.leftOut).toEqual([{ why: "Without a single order.", customers: 34 }]);
    expect(holdout).toMatchObject({ from: "2011-09-10", days: 91, customers: 3370 });
    expect(holdout?.auc).toBeGreaterThan(0.73);
    expect(holdout?.aucOfRecency).toBeLessThan(0.69);
    expect(holdout?.topTenth?.heldByList).toBeGreaterThan(0.29);
    expect(holdout?.topTenth?.heldByRecency).toBeLessThan(0.1);
    const sum = (holdout?.calibration ?? []).reduce((total, { customers }) => total + customers, 0);
    expect(sum).toBe(3370);
    expect(report.stages.map(({ stage }) => stage)).toContain("models");
    console.info(
      `Models took ${report.stages.find(({ stage }) => stage === "models")?.seconds} s of ${report.seconds} s.`,
    );
  });

  it("every customer's row is what the customer's own orders and the model say", async () => {
    const {
      r = 0,
      alpha = 0,
      a = 0,
      b = 0,
    } = Object.fromEntries((report.models?.models[0]?.parameters ?? []).map(({ name, value }) => [name, value]));
    const model = { r, alpha, a, b };
    const rows = await rowsOf(`
      WITH lines AS (
        SELECT *, ordered_at::date AS day FROM fact_sales WHERE NOT guest
      ), days AS (
        SELECT customer_key, day FROM lines WHERE kind = 'SALE' GROUP BY 1, 2
      ), histories AS (
        SELECT customer_key, count(*)::int - 1 AS repeats, max(day) - min(day) AS last_after,
          date '2011-12-10' - min(day) AS age, max(day)::text AS last_on
        FROM days GROUP BY 1
      ), money AS (
        SELECT customer_key, sum(quantity * unit_price) FILTER (WHERE kind IN ('SALE', 'RETURN') AND day >= date '2011-12-10' - 365) AS net,
          sum(quantity * unit_price) FILTER (WHERE kind = 'SALE') AS gross,
          count(DISTINCT invoice) FILTER (WHERE kind = 'SALE') AS orders
        FROM lines GROUP BY 1
      )
      SELECT h.*, coalesce(m.net, 0)::text AS net, m.gross::text AS gross, m.orders::int AS wanted_orders, o.*,
        o.last_order_on::text AS stored_last_on
      FROM histories h JOIN money m USING (customer_key) LEFT JOIN customer_outlook o USING (customer_key)`);
    expect(rows).toHaveLength(4338);
    for (const row of rows) {
      const history = {
        repeats: Number(row.repeats),
        last: Number(row.last_after) / 7,
        age: Number(row.age) / 7,
      };
      const noOrder = noOrderProbability(model, history, 13);
      expect(Number(row.no_order)).toBeCloseTo(noOrder, 10);
      expect(row.alive).toBeNull();
      expect(aliveProbability(model, history)).toBeGreaterThan(0.5);
      expect(Number(row.orders_90)).toBeCloseTo(expectedOrders(model, history, 90 / 7), 6);
      expect(row.stored_last_on).toBe(row.last_on);
      expect(Number(row.recency_days)).toBe(Number(row.age) - Number(row.last_after));
      expect(Number(row.trailing_net_revenue)).toBeCloseTo(Number(row.net), 6);
      expect(Number(row.gross_revenue)).toBeCloseTo(Number(row.gross), 6);
      expect(row.orders).toBe(row.wanted_orders);
      expect(Number(row.revenue_at_risk)).toBeCloseTo(Math.max(0, Number(row.net)) * noOrder, 3);
      expect(Number(row.risk_key)).toBe(Math.round(Number(row.revenue_at_risk) * 10_000));
      expect(Number(row.order_value)).toBeGreaterThan(0);
      expect(Number(row.lifetime_value)).toBeGreaterThan(0);
    }
  }, 300_000);

  it("concentration: the top 20 % hold 74.6 % of identified gross revenue, the top ten 17.3 %", async () => {
    const [row] = await rowsOf(`
      SELECT sum(gross_revenue) FILTER (WHERE place <= 0.2 * customers) / sum(gross_revenue) AS fifth,
        sum(gross_revenue) FILTER (WHERE place <= 10) / sum(gross_revenue) AS ten
      FROM (SELECT gross_revenue, row_number() OVER (ORDER BY gross_revenue DESC) AS place, count(*) OVER () AS customers
        FROM customer_outlook) ranked`);
    expect(Number(row?.fifth)).toBeCloseTo(0.746, 3);
    expect(Number(row?.ten)).toBeCloseTo(0.173, 3);
  });
});

describe("snapshots", () => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
  });
  afterAll(() => warehouse?.close());

  it("have their own cards and rows, which go back and go away with them", async () => {
    const stored = async () =>
      (
        await warehouse.owner.query(
          `SELECT card.snapshot_id::int AS id, (SELECT count(*)::int FROM customer_outlook o WHERE o.snapshot_id = card.snapshot_id) AS rows
           FROM model_card card ORDER BY 1`,
        )
      ).rows;
    const first = await warehouse.load(shopFile);
    expect(first.models).toMatchObject({ basis: "RECENCY", holdout: null });
    expect(first.models?.models.map(({ status }) => status)).toEqual(["INSUFFICIENT_DATA", "INSUFFICIENT_DATA"]);
    const [{ rows }] = await stored();
    expect(rows).toBeGreaterThan(5);
    await warehouse.load(shopFile, { again: true });
    expect(await stored()).toEqual([
      { id: 1, rows },
      { id: 2, rows },
    ]);
    await rollBack({ url: warehouse.url });
    expect(await stored()).toHaveLength(2);
    await warehouse.load(shopFile, { again: true });
    await warehouse.load(shopFile, { again: true });
    expect((await stored()).map(({ id }: { id: number }) => id)).toEqual([3, 4]);
    const { rows: tables } = await warehouse.owner.query(
      "SELECT relname FROM pg_class WHERE relname ~ '^customer_outlook_s[0-9]+$' ORDER BY 1",
    );
    expect(tables.map(({ relname }) => relname)).toEqual(["customer_outlook_s3", "customer_outlook_s4"]);
  });

  it("by recency, whoever was away longest comes first, and no chance is made up", async () => {
    const { rows } = await warehouse.owner.query(
      `SELECT risk_key::int, recency_days, trailing_net_revenue > 0 AS loses, no_order, alive, revenue_at_risk, lifetime_value
       FROM customer_outlook JOIN published_snapshot USING (snapshot_id)`,
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { risk_key, recency_days, loses, ...said } of rows) {
      expect(risk_key).toBe(loses ? recency_days : 0);
      expect(said).toEqual({ no_order: null, alive: null, revenue_at_risk: null, lifetime_value: null });
    }
  });
});
