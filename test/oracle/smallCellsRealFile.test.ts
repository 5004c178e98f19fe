// The three tables of a scope with a smallest cell of five customers, on the real file, against its reference figures.
import { afterAll, beforeAll, expect, test } from "vitest";
import { fractionOf, toDecimal } from "../../src/kernel/decimal.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { MetricRow } from "../../src/query/answer.ts";
import { countOf, decimal, exact, realData, reference, sumOf } from "../server/referenceFiles.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { scope } from "./shopLines.ts";

const partner = (countries: Scope["countries"]): Scope => ({
  ...scope(`partner of ${countries}`, countries, null),
  customerLevel: false,
  minimumCustomers: 5,
});

const files = ["revenue_by_country", "revenue_by_month", "segments"].map((name) => `reference/${name}.csv`);
describeWithShared("small cells of the real file", [realData, ...files], () => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.load(sharedFile(realData));
  }, 300_000);
  afterAll(() => warehouse.close());

  const byCountry = async (countries: Scope["countries"]): Promise<readonly MetricRow[]> => {
    const measures = ["grossRevenue", "netRevenue", "orders", "customers", "revenueShare"] as const;
    const orderBy = [
      { member: "grossRevenue", direction: "DESC" },
      { member: "country", direction: "ASC" },
    ] as const;
    const asked = { kind: "metrics", measures, dimensions: ["country"], orderBy } as const;
    return (await warehouse.ask(asked, partner(countries))).rows;
  };

  const all = () => reference("revenue_by_country");
  const isSmall = ({ customers }: { customers: string }) => Number(customers) > 0 && Number(customers) < 5;
  const buyersIn = async (countries: readonly string[]) => {
    const { rows } = await warehouse.owner.query<{ buyers: number }>(
      "SELECT count(DISTINCT customer_key)::int AS buyers FROM fact_sales WHERE NOT guest AND kind = 'SALE' AND country = ANY ($1)",
      [countries],
    );
    return rows[0]?.buyers;
  };

  test("eighteen countries are merged into one row, and every other is its own", async () => {
    const small = all().filter(isSmall);
    expect(small).toHaveLength(18);
    const total = toDecimal(decimal(sumOf(all().map((row) => row.gross_all))));
    const gross = decimal(sumOf(small.map((row) => row.gross_all)));
    const rows = await byCountry(null);
    const share = (of: string) => fractionOf(toDecimal(of), total);
    expect(rows.find(({ country }) => country === "OTHER")).toEqual({
      country: "OTHER",
      grossRevenue: gross,
      netRevenue: decimal(sumOf(small.map((row) => row.net_all))),
      orders: countOf(small.map(({ orders }) => orders)),
      customers: await buyersIn(small.map(({ country }) => country)),
      revenueShare: share(gross),
    });
    expect(rows.filter(({ country }) => country !== "OTHER")).toEqual(
      all()
        .filter((row) => !isSmall(row))
        .map((row) => ({
          country: row.country,
          grossRevenue: exact(row.gross_all),
          netRevenue: exact(row.net_all),
          orders: Number(row.orders),
          customers: Number(row.customers),
          revenueShare: share(exact(row.gross_all)),
        })),
    );
    const revenues = rows.map(({ grossRevenue }) => Number(grossRevenue));
    expect(revenues).toEqual([...revenues].sort((a, b) => b - a));
  });

  test("one small country takes the next smallest with it", async () => {
    const rows = await byCountry(["France", "Italy", "Malta", "Hong Kong"]);
    expect(rows.map(({ country, customers }) => [country, customers])).toEqual([
      ["France", 87],
      ["OTHER", 16],
      ["Hong Kong", 0],
    ]);
  });

  test("four countries of five customers in all are one row; of four none", async () => {
    const five = ["Lebanon", "Malta", "Brazil", "RSA"];
    expect((await byCountry(five)).map(({ country, customers }) => [country, customers])).toEqual([["OTHER", 5]]);
    expect(await buyersIn(five)).toBe(5);
    expect(await byCountry(["Malta", "Brazil", "RSA"])).toEqual([]);
  });

  test("months and segments are large enough, and all there", async () => {
    const months = await warehouse.ask(
      { kind: "metrics", measures: ["grossRevenue", "orders", "customers"], dimensions: ["month"] },
      partner(null),
    );
    expect(months.withheld).toEqual([]);
    expect(months.rows).toEqual(
      reference("revenue_by_month").map((row) => ({
        month: row.month,
        grossRevenue: exact(row.gross_all),
        orders: Number(row.orders),
        customers: Number(row.customers),
      })),
    );
    const segments = await warehouse.ask(
      { kind: "metrics", measures: ["customers", "grossRevenue"], dimensions: ["segment"] },
      partner(null),
    );
    expect(segments.withheld).toEqual([]);
    // Enough never bought: 34.
    expect(segments.rows.map(({ segment }) => segment)).toContain("UNSCORED");
    expect(segments.rows.filter(({ segment }) => segment !== "GUEST" && segment !== "UNSCORED")).toEqual(
      reference("segments")
        .filter(({ scheme }) => scheme === "classic")
        .map((row) => ({ segment: row.segment, customers: Number(row.customers), grossRevenue: exact(row.revenue) }))
        .sort((a, b) => (a.segment < b.segment ? -1 : 1)),
    );
  });
});
