// The reference figures again, all of them through `metrics`, for realFile.test.ts: rows line by line, totals that are no sums of rows, and
// the same from the stored aggregates and from the lines.
import { describe, expect, test } from "vitest";
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import { ask } from "../../src/query/ask.ts";
import { sourcesOf } from "../../src/query/plan.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import { scope } from "../oracle/shopLines.ts";
import type { TestWarehouse } from "../support/testWarehouse.ts";
import { type Asker, admin, managerOf } from "./demoServer.ts";
import { isSale, type RealShop } from "./realFileAsAdmin.ts";
import { countOf, decimal, exact, perPiece, reference, sumOf, thousandths } from "./referenceFiles.ts";

type Row = Readonly<Record<string, string | number | null>>;
type Metrics = Readonly<{
  nodes: readonly Row[];
  totals: Row;
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string };
}>;

export function askForMetrics({ server, sql }: RealShop, warehouse: () => TestWarehouse): void {
  const metricsOf = async (asker: Asker, args: string, selection: string) => {
    const query = `{ metrics${args === "" ? "" : `(${args})`} { ${selection} } }`;
    return (await server().dataOf<{ metrics: Metrics }>(asker, query)).metrics;
  };

  /** Every row of all pages. */
  async function rowsOf(args: string, fields: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let after = ""; ; ) {
      const page = await metricsOf(
        admin,
        `${args}, first: 2000${after}`,
        `nodes { ${fields} } totalCount pageInfo { hasNextPage endCursor }`,
      );
      rows.push(...page.nodes);
      if (!page.pageInfo.hasNextPage) {
        expect(rows.length).toBe(page.totalCount);
        return rows;
      }
      after = `, after: ${JSON.stringify(page.pageInfo.endCursor)}`;
    }
  }

  const identified = "where: { customerType: IDENTIFIED }";

  describe("metrics as country_manager of France and Germany", () => {
    const manager = managerOf("France", "Germany");
    const cells = "month country segment grossRevenue orders customers";

    test("by month, country and segment are france_germany_by_month_segment.csv, line by line", async () => {
      const file = reference("france_germany_by_month_segment");
      const found = await metricsOf(manager, "first: 10000", `nodes { ${cells} } totalCount`);
      expect(found.totalCount).toBe(found.nodes.length);
      const rows = found.nodes.filter(({ segment }) => segment !== "GUEST" && segment !== "UNSCORED");
      expect(rows).toEqual(
        file.map((row) => ({
          month: row.month,
          country: row.country,
          segment: row.segment,
          grossRevenue: exact(row.gross),
          orders: Number(row.orders),
          customers: Number(row.customers),
        })),
      );
      // One line of the file is of a customer who only sent something back.
      expect(rows.filter(({ orders }) => orders === 0).length).toBe(file.filter((row) => row.gross === "").length);
      const guests = found.nodes.filter(({ segment }) => segment === "GUEST");
      expect(decimal(sumOf(guests.map(({ grossRevenue }) => String(grossRevenue))))).toBe("691.06");
    });

    test("totals are distinct counts, not sums of rows", async () => {
      const found = await metricsOf(
        manager,
        "first: 10000",
        `nodes { ${cells} } totals { grossRevenue orders customers month country segment } totalCount`,
      );
      const [distinct] = await sql<{ gross: string; orders: number; customers: number }>(
        `SELECT sum(quantity * unit_price)::text AS gross, count(DISTINCT invoice)::int AS orders,
           count(DISTINCT customer_key) FILTER (WHERE NOT guest)::int AS customers
         FROM fact_sales WHERE country IN ('France', 'Germany') AND ${isSale}`,
      );
      expect(found.totals).toEqual({
        grossRevenue: exact(distinct?.gross ?? ""),
        orders: distinct?.orders,
        customers: distinct?.customers,
        ...{ month: null, country: null, segment: null },
      });
      expect(countOf(found.nodes.map(({ customers }) => String(customers)))).toBeGreaterThan(
        Number(distinct?.customers),
      );
      const page = await metricsOf(manager, "first: 1", `nodes { ${cells} } totals { orders } totalCount`);
      expect(page).toMatchObject({ totals: { orders: distinct?.orders }, totalCount: found.totalCount });
    });
  });

  describe("metrics as admin", () => {
    test("months are revenue_by_month.csv, with the month before and the year before", async () => {
      const file = reference("revenue_by_month").map((row) => ({
        month: row.month,
        grossRevenue: exact(row.gross_all),
        netRevenue: exact(row.net_all),
        returnsValue: decimal(-thousandths(row.returns_all)),
        orders: Number(row.orders),
        customers: Number(row.customers),
        units: Number(row.units),
        averageOrderValue: perPiece(thousandths(row.gross_all), Number(row.orders)),
      }));
      const fields = "grossRevenue netRevenue returnsValue orders customers units averageOrderValue";
      const { nodes } = await metricsOf(
        admin,
        "spine: true",
        `nodes { month ${fields} previous { month ${fields} } yearAgo { month orders } }`,
      );
      expect(nodes).toEqual(
        file.map((row, nth) => ({
          ...row,
          previous: file[nth - 1] ?? null,
          yearAgo: nth < 12 ? null : { month: file[nth - 12]?.month, orders: file[nth - 12]?.orders },
        })),
      );
      const part = await metricsOf(
        admin,
        'where: { month: { eq: "2011-03" } }',
        "nodes { orders month previous { month orders } }",
      );
      expect(part.nodes).toEqual([
        { month: "2011-03", orders: file[3]?.orders, previous: { month: "2011-02", orders: file[2]?.orders } },
      ]);
      const known = await metricsOf(admin, identified, "nodes { month grossRevenue }");
      const given = reference("revenue_by_month");
      expect(known.nodes).toEqual(
        given.map((row) => ({ month: row.month, grossRevenue: exact(row.gross_identified) })),
      );
      const around = await metricsOf(
        admin,
        'spine: true, where: { month: { gte: "2010-10", lt: "2012-02" } }',
        "nodes { month orders averageOrderValue }",
      );
      expect(around.nodes.map(({ month }) => month)).toEqual([
        ...["2010-10", "2010-11", ...file.map(({ month }) => month), "2012-01"],
      ]);
      expect([around.nodes[0], around.nodes.at(-1)]).toEqual(
        ["2010-10", "2012-01"].map((month) => ({ month, orders: null, averageOrderValue: null })),
      );
    });

    test("countries are revenue_by_country.csv, largest first", async () => {
      const file = reference("revenue_by_country").toSorted(
        (a, b) => Number(thousandths(b.gross_all) - thousandths(a.gross_all)) || (a.country < b.country ? -1 : 1),
      );
      const total = Number(decimal(sumOf(file.map((row) => row.gross_all))));
      const fields = "country grossRevenue netRevenue orders customers revenueShare averageOrderValue";
      const { nodes, totalCount } = await metricsOf(
        admin,
        "orderBy: [{ member: GROSS_REVENUE, direction: DESC }]",
        `nodes { ${fields} } totalCount`,
      );
      expect(nodes).toEqual(
        file.map((row) => ({
          country: row.country,
          grossRevenue: exact(row.gross_all),
          netRevenue: exact(row.net_all),
          orders: Number(row.orders),
          customers: Number(row.customers),
          revenueShare: expect.closeTo(Number(row.gross_all) / total, 12),
          averageOrderValue: perPiece(thousandths(row.gross_all), Number(row.orders)),
        })),
      );
      expect(totalCount).toBe(38);
      const dearest = await metricsOf(
        admin,
        'orderBy: [{ member: AVERAGE_ORDER_VALUE, direction: DESC }], having: [{ measure: AVERAGE_ORDER_VALUE, gte: "1000" }]',
        "nodes { country averageOrderValue } totalCount",
      );
      const rich = file.filter((row) => thousandths(row.gross_all) >= 1_000_000n * BigInt(row.orders));
      expect(dearest.totalCount).toBe(rich.length);
      expect(dearest.nodes.map(({ country }) => country)).toEqual(
        rich
          .toSorted((a, b) => Number(b.gross_all) / Number(b.orders) - Number(a.gross_all) / Number(a.orders))
          .map(({ country }) => country),
      );
    });

    test("totals are kinds.csv", async () => {
      const kinds = (kind: string, types: readonly string[] = ["t", "f"]) =>
        reference("kinds").filter((row) => row.kind === kind && types.includes(row.identified));
      const amount = (kind: string, types?: readonly string[]) => sumOf(kinds(kind, types).map((row) => row.amount));
      const { totals } = await metricsOf(
        admin,
        "",
        "totals { grossRevenue returnsValue netRevenue orders units lines }",
      );
      expect(totals).toEqual({
        grossRevenue: decimal(amount("SALE")),
        returnsValue: decimal(-amount("RETURN")),
        netRevenue: decimal(amount("SALE") + amount("RETURN")),
        orders: countOf(kinds("SALE").map((row) => row.invoices)),
        units: countOf(kinds("SALE").map((row) => row.units)),
        lines: countOf(reference("kinds").map((row) => row.lines)),
      });
      const { nodes } = await metricsOf(admin, "", "nodes { customerType grossRevenue returnsValue orders saleLines }");
      expect(nodes).toEqual(
        (["f", "t"] as const).map((type) => ({
          customerType: type === "f" ? "GUEST" : "IDENTIFIED",
          grossRevenue: decimal(amount("SALE", [type])),
          returnsValue: decimal(-amount("RETURN", [type])),
          orders: countOf(kinds("SALE", [type]).map((row) => row.invoices)),
          saleLines: countOf(kinds("SALE", [type]).map((row) => row.lines)),
        })),
      );
    });

    test.each([
      ["classic", "segment"],
      ["executive", "segmentExecutive"],
      ["detailed", "segmentDetailed"],
    ])("segments of the %s scheme are segments.csv", async (scheme, field) => {
      const { nodes } = await metricsOf(
        admin,
        `${identified}, having: [{ measure: ORDERS, gte: "1" }]`,
        `nodes { ${field} customers orders grossRevenue }`,
      );
      expect(nodes).toEqual(
        reference("segments")
          .filter((row) => row.scheme === scheme)
          .toSorted((a, b) => (a.segment < b.segment ? -1 : 1))
          .map((row) => ({
            [field]: row.segment,
            customers: Number(row.customers),
            orders: Number(row.orders),
            grossRevenue: exact(row.revenue),
          })),
      );
    });

    test("cohorts are cohort_retention.csv, and the new customers of each month", async () => {
      const { nodes } = await metricsOf(
        admin,
        'having: [{ measure: CUSTOMERS, gte: "1" }]',
        "nodes { cohortMonth month customers }",
      );
      const monthsIn = (month: unknown) => Number(String(month).slice(0, 4)) * 12 + Number(String(month).slice(5));
      const periods = nodes.map((row) => ({
        cohort: row.cohortMonth,
        period: String(monthsIn(row.month) - monthsIn(row.cohortMonth)),
        customers: String(row.customers),
      }));
      expect(periods).toEqual(reference("cohort_retention"));
      const news = await metricsOf(admin, "", "nodes { month newCustomers }");
      expect(news.nodes).toEqual(
        reference("cohort_matrix_retention").map((row) => ({ month: row.cohort, newCustomers: Number(row.size) })),
      );
    });

    test("customers, page by page, are rfm_customers.csv", async () => {
      const rows = await rowsOf(
        `${identified}, having: [{ measure: ORDERS, gte: "1" }]`,
        "customerId segment segmentExecutive segmentDetailed orders units grossRevenue recencyDays lastPurchaseAt",
      );
      expect(rows.map(({ lastPurchaseAt, ...row }) => ({ ...row, last: String(lastPurchaseAt).slice(0, 10) }))).toEqual(
        reference("rfm_customers")
          .toSorted((a, b) => (a.customer_id < b.customer_id ? -1 : 1))
          .map((row) => ({
            customerId: row.customer_id,
            segment: row.classic,
            segmentExecutive: row.executive,
            segmentDetailed: row.detailed,
            orders: Number(row.orders),
            units: Number(row.units),
            grossRevenue: exact(row.monetary),
            recencyDays: Number(row.recency_days),
            last: row.last_purchase_date,
          })),
      );
    });

    test("customers of two countries are two_country_customers.csv", async () => {
      const rows = await rowsOf(
        `${identified}, having: [{ measure: ORDERS, gte: "1" }]`,
        "customerId country orders grossRevenue",
      );
      const places = new Map<unknown, Row[]>();
      for (const row of rows) places.set(row.customerId, [...(places.get(row.customerId) ?? []), row]);
      expect([...places.values()].filter((of) => of.length > 1).flat()).toEqual(
        reference("two_country_customers").map((row) => ({
          customerId: row.customer_id,
          country: row.country,
          orders: Number(row.orders),
          grossRevenue: exact(row.gross),
        })),
      );
    });
  });

  describe("metrics from stored aggregates and from the lines", () => {
    test.each([
      ["{ kpis { grossRevenue orders customers newCustomers repeatRate } }", ["sales_cell"]],
      ["{ revenueByMonth { month grossRevenue orders customers previous { orders } growth } }", ["sales_cell"]],
      ["{ revenueByCountry { country grossRevenue orders customers revenueShare } }", ["sales_cell"]],
      ["{ segments { key grossRevenue orders customers } }", ["sales_cell"]],
      ["{ segments { key customers medianRecencyDays } }", ["customer_cell", "sales_cell"]],
      [
        "{ metrics { nodes { month country segment orders customers } totals { customers } totalCount } }",
        ["sales_cell"],
      ],
      ["{ metrics { nodes { quarter newCustomers } totals { newCustomers } } }", ["sales_cell"]],
      ["{ metrics { nodes { customerId grossRevenue } } }", ["customer_cell"]],
      ["{ metrics { nodes { product orders } } }", ["fact_sales"]],
    ])("the receipt of %s", async (query, sources) => {
      for (const as of [admin, managerOf("France", "Germany")]) {
        const { body, codes } = await server().ask(as, query);
        expect(codes).toEqual([]);
        expect(JSON.parse(body).extensions.receipt).toMatchObject({
          sources,
          dataFrom: "2010-12-01",
          asOf: "2011-12-10",
        });
      }
    });

    const whole: MeasureName[] = [
      ...(["grossRevenue", "netRevenue", "returnsValue", "productReturnsValue", "orders", "customers"] as const),
      ...(["units", "averageOrderValue", "revenuePerCustomer", "newCustomers", "repeatRate", "returnRate"] as const),
    ];
    const places: MeasureName[] = ["grossRevenue", "netRevenue", "orders", "customers", "units", "revenueShare"];
    const asked: readonly (readonly [string, MeasureName[], DimensionName[]])[] = [
      ["kpis", whole, []],
      ["months", whole, ["month"]],
      ["quarters", whole, ["quarter"]],
      ["countries", places, ["country"]],
      ["segments", [...places, "newCustomers", "repeatCustomers"], ["segmentDetailed"]],
      ["months × countries × segments", places, ["month", "country", "segment"]],
      ["customers", ["orders", "grossRevenue", "firstPurchaseAt"], ["customer"]],
      ["cohorts", ["customers", "grossRevenue"], ["cohortMonth", "month"]],
    ];

    test.each(asked)("%s are equal", async (_, measures, dimensions) => {
      const snapshot = await readSnapshot(warehouse().read);
      expect(snapshot.rollups.length).toBe(3);
      for (const as of [scope("all", null, null), scope("two", ["France", "Germany"], null)]) {
        const used: string[] = [];
        const request: MetricsRequest = { kind: "metrics", measures, dimensions };
        const asker = { warehouse: warehouse().read, snapshot, scope: as };
        const stored = await ask(request, { ...asker, trace: ({ sources }) => used.push(...sources) });
        const plain = await ask(request, { ...asker, sources: sourcesOf(snapshot).slice(-1) });
        expect(used.every((source) => source !== "fact_sales")).toBe(true);
        expect(stored).toEqual(plain);
        expect(stored.rows.length).toBeGreaterThan(0);
      }
    });
  });
}
