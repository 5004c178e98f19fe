// Figures over a few hand-counted lines: by nothing, month, country, segment and cohort, with their rules for 0 and null.
import { describe, expect, test } from "vitest";
import { useSmallGraph } from "./useSmallGraph.ts";

const { answer, dataOf } = useSmallGraph();

describe("figures", () => {
  test("of everything, and of nothing", async () => {
    const fields =
      "grossRevenue netRevenue returnsValue productReturnsValue orders customers units averageOrderValue revenuePerCustomer newCustomers repeatRate returnRate currency";
    expect(await dataOf(`{ kpis { ${fields} } none: kpis(where: { country: { in: [] } }) { ${fields} } }`)).toEqual({
      kpis: {
        grossRevenue: "35.625",
        netRevenue: "25.625",
        returnsValue: "10",
        productReturnsValue: "10",
        orders: 5,
        customers: 2,
        units: 10,
        averageOrderValue: "7.125",
        revenuePerCustomer: "16.5625",
        newCustomers: 2,
        repeatRate: 0.5,
        returnRate: 10 / 35.625,
        currency: "GBP",
      },
      none: {
        grossRevenue: "0",
        netRevenue: "0",
        returnsValue: "0",
        productReturnsValue: "0",
        orders: 0,
        customers: 0,
        units: 0,
        averageOrderValue: null,
        revenuePerCustomer: null,
        newCustomers: 0,
        repeatRate: null,
        returnRate: null,
        currency: "GBP",
      },
    });
  });

  test("by month: 0 without sales, null outside the data, and the month before", async () => {
    expect(
      await dataOf(
        '{ revenueByMonth(from: "2010-12") { month grossRevenue orders complete growth previous { month grossRevenue previous { month } } } }',
      ),
    ).toEqual({
      revenueByMonth: [
        row("2010-12", null, null, true, null, ["2010-11", null, "2010-10"]),
        row("2011-01", "18.125", 2, true, null, ["2010-12", null, "2010-11"]),
        row("2011-02", "0", 0, true, -1, ["2011-01", "18.125", "2010-12"]),
        row("2011-03", "12.5", 2, true, null, ["2011-02", "0", "2011-01"]),
        row("2011-04", "5", 1, false, null, ["2011-03", "12.5", "2011-02"]),
      ],
    });
    const within =
      '{ revenueByMonth(where: { month: { gte: "2011-02", lt: "2011-04" } }) { month previous { grossRevenue } } }';
    expect(await dataOf(within)).toEqual({
      revenueByMonth: [
        { month: "2011-02", previous: { grossRevenue: "18.125" } },
        { month: "2011-03", previous: { grossRevenue: "0" } },
      ],
    });
    expect(await answer(within)).toMatchObject({ statements: 1 });
    const listed = '{ revenueByMonth(where: { month: { in: ["2011-01", "2011-03"] } }) { month } }';
    expect(await answer(listed)).toMatchObject({
      statements: 0,
      errors: [{ code: "BAD_USER_INPUT", message: expect.stringContaining("use `gte` and `lt`") }],
    });
    // A list of days filters the lines, not the months.
    expect(
      await dataOf('{ revenueByMonth(from: "2011-03", where: { date: { in: ["2011-04-02"] } }) { month orders } }'),
    ).toEqual({
      revenueByMonth: [
        { month: "2011-03", orders: 0 },
        { month: "2011-04", orders: 1 },
      ],
    });
  });

  test("by country, largest first", async () => {
    expect(await dataOf("{ revenueByCountry { country grossRevenue customers revenueShare } }")).toEqual({
      revenueByCountry: [
        { country: "France", grossRevenue: "20.625", customers: 1, revenueShare: 20.625 / 35.625 },
        { country: "Belgium", grossRevenue: "10", customers: 1, revenueShare: 10 / 35.625 },
        { country: "Germany", grossRevenue: "5", customers: 1, revenueShare: 5 / 35.625 },
      ],
    });
  });

  test("by segment: every key of the scheme, 0 where it is empty, and the sum is the whole", async () => {
    const data = await dataOf("{ segments { key orders grossRevenue revenueShare } kpis { orders } }");
    const segments = data?.segments as { key: string; orders: number; revenueShare: number; grossRevenue: string }[];
    expect(segments.map(({ key }) => key)).toEqual([
      ...["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "AT_RISK", "CHURN_RISK", "GUEST", "UNSCORED"],
    ]);
    expect(segments.reduce((sum, { orders }) => sum + orders, 0)).toBe(5);
    expect(segments.reduce((sum, { revenueShare }) => sum + revenueShare, 0)).toBeCloseTo(1, 12);
    expect(segments.filter(({ orders }) => orders === 0).every(({ grossRevenue }) => grossRevenue === "0")).toBe(true);
  });

  test("by cohort: as many periods for each, null where not over yet", async () => {
    const data = await dataOf("{ cohorts { month size retention { period customers rate observed } } }");
    const cohorts = data?.cohorts as { month: string; size: number; retention: unknown[] }[];
    expect(cohorts.map(({ month, size, retention }) => [month, size, retention.length])).toEqual([
      ["2011-01", 2, 4],
      ["2011-02", 0, 4],
      ["2011-03", 0, 4],
      ["2011-04", 0, 4],
    ]);
    expect(cohorts[0]?.retention).toEqual([
      { period: 0, customers: 2, rate: 1, observed: true },
      { period: 1, customers: 0, rate: 0, observed: true },
      { period: 2, customers: 1, rate: 0.5, observed: true },
      { period: 3, customers: 1, rate: 0.5, observed: true },
    ]);
    expect(
      await dataOf(
        '{ cohorts(where: { cohortMonth: { lt: "2011-03" }, month: { in: ["2011-01", "2011-04"] } }) { month size retention { customers } } }',
      ),
    ).toEqual({
      cohorts: [
        { month: "2011-01", size: 2, retention: [2, 0, 0, 1].map((customers) => ({ customers })) },
        { month: "2011-02", size: 0, retention: [0, 0, 0, null].map((customers) => ({ customers })) },
      ],
    });
    const listed = '{ cohorts(where: { cohortMonth: { in: ["2011-01"] } }) { month } }';
    expect((await answer(listed)).errors).toMatchObject([{ code: "BAD_USER_INPUT" }]);
    expect(cohorts[1]?.retention[3]).toEqual({ period: 3, customers: null, rate: null, observed: false });
  });
});

function row(
  month: string,
  grossRevenue: string | null,
  orders: number | null,
  complete: boolean,
  growth: number | null,
  [before, grossBefore, twoBefore]: [string, string | null, string],
) {
  const previous = { month: before, grossRevenue: grossBefore, previous: { month: twoBefore } };
  return { month, grossRevenue, orders, complete, growth, previous };
}
