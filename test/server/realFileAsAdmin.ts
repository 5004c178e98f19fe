// What an unrestricted role gets of the real file, for realFile.test.ts: every figure of the reference files, and by hand-written SQL over
// the bare lines what the files leave out.
import { describe, expect, test } from "vitest";
import { admin, type DemoServer } from "./demoServer.ts";
import { countOf, decimal, exact, perPiece, ratesOf, reference, sumOf, thousandths } from "./referenceFiles.ts";

export type RealShop = Readonly<{
  server: () => DemoServer;
  /** As the owner, past every policy. */
  sql<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}>;

/** A SALE line, from the bare columns. */
export const isSale = "left(invoice, 1) NOT IN ('A', 'C') AND unit_price > 0 AND quantity >= 0";
const isReturn = "(left(invoice, 1) = 'C' OR (left(invoice, 1) <> 'A' AND unit_price > 0 AND quantity < 0))";

const schemes = {
  CLASSIC: ["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "AT_RISK", "CHURN_RISK"],
  EXECUTIVE: ["CHURN_RISK", "HIGH_VALUE", "POTENTIAL"],
  DETAILED: [
    ...["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "NEW_CUSTOMERS", "PROMISING", "NEED_ATTENTION"],
    ...["ABOUT_TO_SLEEP", "CANT_LOSE_THEM", "AT_RISK", "HIBERNATING"],
  ],
} as const;
type Scheme = keyof typeof schemes;
const columnOf = { CLASSIC: "classic", EXECUTIVE: "executive", DETAILED: "detailed" } as const;

function amountOf(kind: string, identified?: "t" | "f"): bigint {
  const rows = reference("kinds").filter(
    (row) => row.kind === kind && row.identified === (identified ?? row.identified),
  );
  return sumOf(rows.map((row) => row.amount));
}

export function askAsAdmin({ server, sql }: RealShop): void {
  const dataOf = <Data>(query: string, variables?: Record<string, unknown>) =>
    server().dataOf<Data>(admin, query, variables);

  describe("as admin", () => {
    test("kpis are the sums of kinds.csv", async () => {
      const sales = reference("kinds").filter((row) => row.kind === "SALE");
      const [gross, returns] = [amountOf("SALE"), -amountOf("RETURN")];
      const orders = countOf(sales.map((row) => row.invoices));
      const buyers = reference("rfm_customers");
      const [products] = await sql<{ returns: string }>(
        `SELECT (-sum(quantity * unit_price))::text AS returns FROM fact_sales
         WHERE ${isReturn} AND product NOT LIKE 'gift\\_%' AND product NOT IN ('POST', 'DOT', 'C2', 'M', 'm', 'D', 'S',
           'BANK CHARGES', 'AMAZONFEE', 'CRUK', 'PADS', 'B')`,
      );
      const { kpis } = await dataOf<{ kpis: Record<string, unknown> }>(
        `{ kpis { grossRevenue netRevenue returnsValue productReturnsValue orders customers units averageOrderValue
           revenuePerCustomer newCustomers repeatRate returnRate currency } }`,
      );
      expect(kpis).toEqual({
        grossRevenue: decimal(gross),
        netRevenue: decimal(gross - returns),
        returnsValue: decimal(returns),
        productReturnsValue: exact(products?.returns ?? ""),
        orders,
        customers: buyers.length,
        units: countOf(sales.map((row) => row.units)),
        averageOrderValue: perPiece(gross, orders),
        revenuePerCustomer: perPiece(amountOf("SALE", "t"), buyers.length),
        newCustomers: buyers.length,
        repeatRate: buyers.filter((row) => Number(row.orders) >= 2).length / buyers.length,
        returnRate: expect.closeTo(Number(returns) / Number(gross), 12),
        currency: "GBP",
      });
      expect(kpis).toMatchObject({ grossRevenue: "10655622.484", returnsValue: "896812.49", orders: 19_959 });
      expect(decimal(amountOf("SALE", "t"))).toBe("8911407.904");
      const goods = Number(kpis.productReturnsValue) / Number(kpis.returnsValue);
      expect(Math.round(100 * (1 - goods))).toBe(47);
    });

    test("dataset: rfm_cutpoints.csv, the days and the account of the rows", async () => {
      const [cuts] = reference("rfm_cutpoints");
      expect(
        await dataOf(`{ dataset { asOf dataFrom dataThrough currency rfmCutPoints { recency frequency monetary }
          account { read loaded duplicate superseded rejected replaced } } }`),
      ).toEqual({
        dataset: {
          asOf: "2011-12-10",
          dataFrom: "2010-12-01",
          dataThrough: "2011-12-09",
          currency: "GBP",
          rfmCutPoints: {
            recency: cuts?.recency_cuts.split("|"),
            frequency: cuts?.frequency_cuts.split("|").map(Number),
            monetary: cuts?.monetary_cuts.split("|").map(exact),
          },
          account: { read: 541_909, loaded: 541_909, duplicate: 0, superseded: 0, rejected: 0, replaced: 0 },
        },
      });
    });

    test("revenueByMonth is revenue_by_month.csv, with the month before and growth", async () => {
      const files = reference("revenue_by_month");
      const firstOrders = new Map(reference("cohort_matrix_retention").map((row) => [row.cohort, Number(row.size)]));
      const isComplete = (month: string) => month < "2011-12";
      const growth = (nth: number) => {
        const [now, before] = [files[nth], files[nth - 1]];
        if (!now || !before || !isComplete(now.month)) return null;
        const base = Number(before.gross_all);
        return expect.closeTo((Number(now.gross_all) - base) / base, 12);
      };
      const figures = files.map((row, nth) => ({
        month: row.month,
        grossRevenue: exact(row.gross_all),
        netRevenue: exact(row.net_all),
        returnsValue: decimal(-thousandths(row.returns_all)),
        orders: Number(row.orders),
        customers: Number(row.customers),
        newCustomers: firstOrders.get(row.month),
        units: Number(row.units),
        averageOrderValue: perPiece(thousandths(row.gross_all), Number(row.orders)),
        complete: isComplete(row.month),
        growth: growth(nth),
      }));
      const shown =
        "month grossRevenue netRevenue returnsValue orders customers newCustomers units averageOrderValue complete growth";
      const { all, part, identified, guests } = await dataOf<Record<string, { month: string; previous?: unknown }[]>>(
        `{ all: revenueByMonth { ${shown} previous { ${shown} } }
           part: revenueByMonth(from: "2011-05", to: "2011-07") { ${shown} previous { ${shown} } }
           identified: revenueByMonth(where: { customerType: IDENTIFIED }) { month grossRevenue }
           guests: revenueByMonth(where: { customerType: GUEST }) { month grossRevenue } }`,
      );
      const linked = figures.map((row, nth) => ({ ...row, previous: figures[nth - 1] }));
      expect(all?.slice(1)).toEqual(linked.slice(1));
      expect(part).toEqual(linked.filter(({ month }) => month >= "2011-05" && month <= "2011-07"));
      const outside = Object.fromEntries(shown.split(" ").map((field) => [field, null]));
      expect(all?.[0]).toEqual({ ...linked[0], previous: { ...outside, month: "2010-11", complete: true } });
      expect(identified).toEqual(files.map((row) => ({ month: row.month, grossRevenue: exact(row.gross_identified) })));
      expect(guests).toEqual(files.map((row) => ({ month: row.month, grossRevenue: exact(row.gross_guest) })));
    });

    test("revenueByCountry is revenue_by_country.csv, largest first", async () => {
      const units = await sql<{ country: string; units: number }>(
        `SELECT country, sum(quantity)::int AS units FROM fact_sales WHERE ${isSale} GROUP BY country`,
      );
      const expected = reference("revenue_by_country")
        .toSorted(
          (a, b) => Number(thousandths(b.gross_all) - thousandths(a.gross_all)) || (a.country < b.country ? -1 : 1),
        )
        .map((row) => ({
          country: row.country,
          grossRevenue: exact(row.gross_all),
          netRevenue: exact(row.net_all),
          returnsValue: decimal(thousandths(row.gross_all) - thousandths(row.net_all)),
          orders: Number(row.orders),
          customers: Number(row.customers),
          units: units.find(({ country }) => country === row.country)?.units,
          averageOrderValue: perPiece(thousandths(row.gross_all), Number(row.orders)),
          revenueShare: expect.closeTo(Number(row.gross_all) / Number(decimal(amountOf("SALE"))), 12),
        }));
      const { all, identified } = await dataOf<Record<string, { country: string; grossRevenue: string }[]>>(
        `{ all: revenueByCountry { country grossRevenue netRevenue returnsValue orders customers units averageOrderValue
             revenueShare }
           identified: revenueByCountry(where: { customerType: IDENTIFIED }) { country grossRevenue } }`,
      );
      expect(all).toEqual(expected);
      const byName = new Map(identified?.map(({ country, grossRevenue }) => [country, grossRevenue]));
      for (const row of reference("revenue_by_country"))
        expect(byName.get(row.country) ?? "0").toBe(exact(row.gross_identified));
      expect(byName.size).toBe(37);
    });

    test("cohorts are cohort_retention.csv and cohort_matrix_retention.csv", async () => {
      type Cell = { month: string; customers: number | null; rate: number | null };
      const { cohorts } = await dataOf<{ cohorts: { month: string; size: number; retention: Cell[] }[] }>(
        "{ cohorts { month size retention { period month customers rate grossRevenue observed complete } } }",
      );
      const gross = new Map(
        (
          await sql<{ cell: string; gross: string }>(
            `WITH sale AS (SELECT customer_key, to_char(ordered_at, 'YYYY-MM') AS month, quantity * unit_price AS amount
               FROM fact_sales WHERE NOT guest AND ${isSale}),
             cohort AS (SELECT customer_key, min(month) AS first FROM sale GROUP BY customer_key)
             SELECT first || ' ' || month AS cell, sum(amount)::text AS gross
             FROM sale JOIN cohort USING (customer_key) GROUP BY first, month`,
          )
        ).map((row) => [row.cell, row.gross]),
      );
      const months = reference("cohort_matrix_retention").map((row) => row.cohort);
      const counts = new Map(
        reference("cohort_retention").map((row) => [`${row.cohort} ${row.period}`, Number(row.customers)]),
      );
      expect(counts.size).toBe(91);
      const afterwards = Array.from({ length: 12 }, (_, nth) => `2012-${String(nth + 1).padStart(2, "0")}`);
      expect(cohorts).toEqual(
        reference("cohort_matrix_retention").map(({ cohort, size }, nth) => ({
          month: cohort,
          size: Number(size),
          retention: months.map((_, period) => {
            const month = [...months, ...afterwards][nth + period] ?? "";
            const customers = counts.get(`${cohort} ${period}`);
            if (month > "2011-12") {
              expect(customers).toBeUndefined();
              const unseen = { customers: null, rate: null, grossRevenue: null };
              return { period, month, ...unseen, observed: false, complete: false };
            }
            return {
              period,
              month,
              customers,
              rate: (customers ?? Number.NaN) / Number(size),
              grossRevenue: exact(gross.get(`${cohort} ${month}`) ?? "0"),
              observed: true,
              complete: month < "2011-12",
            };
          }),
        })),
      );
      expect(cohorts.map(({ retention }) => retention.map(({ rate }) => rate?.toFixed(4) ?? ""))).toEqual(
        reference("cohort_matrix_retention").map((row) =>
          ratesOf(row).map((rate) => (rate === "" ? "" : Number(rate).toFixed(4))),
        ),
      );
      expect(cohorts.map(({ retention }) => retention.filter(({ customers }) => customers === null).length)).toEqual([
        ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      ]);
    });

    test.each(Object.keys(schemes) as Scheme[])("segments are segments.csv: %s", async (scheme) => {
      const total = Number(decimal(amountOf("SALE")));
      const share = (amount: string) => expect.closeTo(Number(amount) / total, 12);
      const expected = schemes[scheme].map((key) => {
        const row = reference("segments").find(
          (candidate) => candidate.scheme === scheme.toLowerCase() && candidate.segment === key,
        );
        if (!row) throw new Error(`segments.csv has no ${key}.`);
        const recencies = reference("rfm_customers")
          .filter((customer) => customer[columnOf[scheme]] === key)
          .map((customer) => Number(customer.recency_days))
          .toSorted((a, b) => a - b);
        const middle = (recencies.length - 1) / 2;
        return {
          key,
          scheme,
          customers: Number(row.customers),
          orders: Number(row.orders),
          grossRevenue: exact(row.revenue),
          revenueShare: share(row.revenue),
          averageOrderValue: perPiece(thousandths(row.revenue), Number(row.orders)),
          medianRecencyDays: (Number(recencies[Math.floor(middle)]) + Number(recencies[Math.ceil(middle)])) / 2,
        };
      });
      const nobody = { scheme, customers: 0, medianRecencyDays: null };
      const guestGross = decimal(amountOf("SALE", "f"));
      const { segments, kpis } = await dataOf<{ segments: Record<string, string>[]; kpis: { netRevenue: string } }>(
        `query ($scheme: SegmentScheme) { segments(scheme: $scheme) { key scheme customers orders grossRevenue netRevenue
           revenueShare averageOrderValue medianRecencyDays } kpis { netRevenue } }`,
        { scheme },
      );
      expect(segments.map(({ netRevenue: _, ...segment }) => segment)).toEqual([
        ...expected,
        {
          ...nobody,
          key: "GUEST",
          orders: 1_427,
          grossRevenue: guestGross,
          revenueShare: share(guestGross),
          averageOrderValue: perPiece(amountOf("SALE", "f"), 1_427),
        },
        { ...nobody, key: "UNSCORED", orders: 0, grossRevenue: "0", revenueShare: 0, averageOrderValue: null },
      ]);
      expect(decimal(sumOf(segments.map(({ netRevenue }) => netRevenue ?? "")))).toBe(kpis.netRevenue);
    });

    test("customers, page by page, are rfm_customers.csv", async () => {
      type Page = {
        totalCount: number;
        pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
        edges: { cursor: string }[];
        nodes: unknown[];
      };
      const pages: Page[] = [];
      for (let after: string | undefined; pages.length === 0 || pages.at(-1)?.pageInfo.hasNextPage; ) {
        const { customers } = await dataOf<{ customers: Page }>(
          `query ($after: String) { customers(first: 1000, after: $after) {
             totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor }
             nodes { id lastPurchaseDate recencyDays orders grossRevenue units rfm { recency frequency monetary code }
               classic: segmentKey executive: segmentKey(scheme: EXECUTIVE) detailed: segmentKey(scheme: DETAILED)
               firstPurchaseDate cohortMonth netRevenue returnsValue averageOrderValue country countries } } }`,
          { after },
        );
        pages.push(customers);
        after = customers.pageInfo.endCursor;
      }
      expect(pages.map(({ nodes }) => nodes.length)).toEqual([1_000, 1_000, 1_000, 1_000, 338]);
      pages.forEach(({ totalCount, pageInfo, edges }, nth) => {
        expect(totalCount).toBe(4_338);
        expect(pageInfo).toMatchObject({ hasPreviousPage: nth > 0, startCursor: edges[0]?.cursor });
        expect(pageInfo.endCursor).toBe(edges.at(-1)?.cursor);
      });

      type More = { id: string; first: string; returns: string; country: string; countries: string[] };
      const more = new Map(
        (
          await sql<More>(
            `SELECT customer_key AS id, to_char(min(ordered_at) FILTER (WHERE ${isSale}), 'YYYY-MM-DD') AS first,
               coalesce(-sum(quantity * unit_price) FILTER (WHERE ${isReturn}), 0)::text AS returns,
               (array_agg(country ORDER BY ordered_at DESC, invoice DESC) FILTER (WHERE ${isSale}))[1] AS country,
               array_agg(DISTINCT country) AS countries
             FROM fact_sales WHERE NOT guest GROUP BY customer_key`,
          )
        ).map((row) => [row.id, row]),
      );
      expect(pages.flatMap(({ nodes }) => nodes)).toEqual(
        reference("rfm_customers")
          .toSorted((a, b) => (a.customer_id < b.customer_id ? -1 : 1))
          .map((row) => {
            const { first = "", returns = "", country, countries = [] } = more.get(row.customer_id) ?? {};
            return {
              id: row.customer_id,
              lastPurchaseDate: row.last_purchase_date,
              recencyDays: Number(row.recency_days),
              orders: Number(row.orders),
              grossRevenue: exact(row.monetary),
              units: Number(row.units),
              rfm: {
                recency: Number(row.r),
                frequency: Number(row.f),
                monetary: Number(row.m),
                code: `${row.r}${row.f}${row.m}`,
              },
              classic: row.classic,
              executive: row.executive,
              detailed: row.detailed,
              firstPurchaseDate: first,
              cohortMonth: first.slice(0, 7),
              netRevenue: decimal(thousandths(row.monetary) - thousandths(returns)),
              returnsValue: exact(returns),
              averageOrderValue: perPiece(thousandths(row.monetary), Number(row.orders)),
              country,
              countries: countries.toSorted(),
            };
          }),
      );
    });

    test("churnRisk: by revenue at risk, trailing net revenue times the chance of no order, largest first", async () => {
      const ordered = await sql<{ id: string; net: string }>(
        `SELECT customer_key AS id, coalesce(sum(quantity * unit_price) FILTER (
             WHERE (${isSale} OR ${isReturn}) AND ordered_at >= date '2011-12-10' - 365), 0)::text AS net
         FROM fact_sales WHERE NOT guest GROUP BY customer_key HAVING count(*) FILTER (WHERE ${isSale}) > 0`,
      );
      const netOf = new Map(ordered.map(({ id, net }) => [id, Number(net)]));
      const found: Listed[] = [];
      type Listed = {
        id: string;
        outlook: { revenueAtRisk: string; noOrderProbability: number; trailingNetRevenue: string; reason: string };
      };
      type Page = {
        totalCount: number;
        pageInfo: { endCursor: string; hasNextPage: boolean };
        nodes: Listed[];
      };
      const wanted = [...netOf.values()].filter((net) => net > 0).length;
      for (let page: Page | undefined; page === undefined || page.pageInfo.hasNextPage; ) {
        const data: { churnRisk: Page } = await dataOf(
          `query ($after: String) { churnRisk(first: 1000, after: $after) { totalCount pageInfo { endCursor hasNextPage }
             nodes { id outlook { revenueAtRisk noOrderProbability trailingNetRevenue reason } } } }`,
          { after: page?.pageInfo.endCursor },
        );
        page = data.churnRisk;
        expect(page.totalCount).toBe(wanted);
        found.push(...page.nodes);
      }
      expect(new Set(found.map(({ id }) => id)).size).toBe(wanted);
      let before = Number.POSITIVE_INFINITY;
      for (const { id, outlook } of found) {
        const atRisk = Number(outlook.revenueAtRisk);
        expect(Number(outlook.trailingNetRevenue)).toBeCloseTo(netOf.get(id) ?? 0, 6);
        expect(atRisk).toBeCloseTo((netOf.get(id) ?? 0) * outlook.noOrderProbability, 3);
        expect(atRisk).toBeLessThanOrEqual(before);
        expect(outlook.reason).toMatch(/^(Usually orders every|Bought on one day only)/);
        before = atRisk;
      }
    });
  });
}
