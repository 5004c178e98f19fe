// The real file of 541,909 rows against its reference figures, file by file; each of them was computed twice elsewhere, in SQL and in
// plain Python. Skipped where the files are not at hand.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LoadReport } from "../../etl/loadReport.ts";
import { verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { type Month, monthRange, monthsBetween } from "../../src/kernel/calendar.ts";
import { type Decimal, subtractDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import { segmentDimensions } from "../../src/model/dimensions.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { type SchemeName, schemeNames } from "../../src/model/segmentSchemes.ts";
import type { MetricRow } from "../../src/query/answer.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readLoadRuns, readWarehouseState } from "../support/warehouseState.ts";

const data = "data/online-retail.latin1.crlf.csv.gz";
const references = [
  ...[
    "kinds",
    "revenue_by_month",
    "revenue_by_country",
    "cohort_retention",
    "cohort_matrix_retention",
    "rfm_cutpoints",
  ],
  ...["rfm_customers", "segments", "two_country_customers", "france_germany_by_month_segment"],
].map((name) => `reference/${name}.csv`);

type Reference = Readonly<Record<string, string>>;
function reference(name: string): Reference[] {
  const [head = "", ...rows] = readFileSync(sharedFile(`reference/${name}.csv`), "utf8")
    .trim()
    .split(/\r?\n/);
  const columns = head.split(",");
  return rows.map((row) => {
    const values = row.split(",");
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? ""]));
  });
}

const money = (text: string | undefined) => toDecimal(text === undefined || text === "" ? "0" : text);
const negated = (text: string | undefined) => subtractDecimals(toDecimal("0"), money(text));
const sum = (amounts: readonly Decimal[]) =>
  amounts.reduce((total, amount) => subtractDecimals(total, negated(amount)), toDecimal("0"));
const sorted = <Row>(rows: readonly Row[]) => rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describeWithShared("the real file", [data, ...references], () => {
  let warehouse: TestWarehouse;
  let report: LoadReport;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    report = await warehouse.load(sharedFile(data));
  });
  afterAll(() => warehouse?.close());

  const countries = (...names: string[]): Scope => ({ ...adminScope, countries: names, fingerprint: names.join() });

  async function figures(
    measures: readonly MeasureName[],
    dimensions: MetricsRequest["dimensions"],
    options: Partial<MetricsRequest> & { scope?: Scope } = {},
  ): Promise<readonly MetricRow[]> {
    const { scope, ...request } = options;
    return (await warehouse.ask({ kind: "metrics", measures, dimensions, ...request }, scope)).rows;
  }

  test("is loaded whole", () => {
    expect(report).toMatchObject({
      status: "PUBLISHED",
      files: [{ name: "online-retail.latin1.crlf.csv.gz", rows: 541_909 }],
      account: { read: 541_909, loaded: 541_909, duplicate: 0, superseded: 0, rejected: 0, replaced: 0 },
      accountAmounts: { read: "9747747.934", loaded: "9747747.934", replaced: "0" },
      // as the profile of the file counts them
      warnings: [
        { code: "EDGE_WHITE_SPACE", count: 113_452 },
        { code: "SEVERAL_DESCRIPTIONS", count: 647 },
        { code: "SEVERAL_COUNTRIES", count: 8 },
        { code: "PARTIAL_MONTH", count: 1 },
      ],
    });
  });

  test("kinds.csv", async () => {
    const kinds = reference("kinds");
    const stored = await warehouse.owner.query(
      `SELECT kind, CASE WHEN guest THEN 'f' ELSE 't' END AS identified, count(*)::text AS lines,
         count(DISTINCT invoice)::text AS invoices, sum(quantity)::text AS units, sum(amount)::text AS amount
       FROM fact_sales GROUP BY kind, guest`,
    );
    const exact = (row: Reference) => ({ ...row, amount: money(row.amount) });
    expect(sorted(stored.rows.map(exact))).toEqual(sorted(kinds.map(exact)));
    expect(report.amounts.map(({ kind, lines, amount }) => ({ kind, lines, amount: money(amount) }))).toEqual(
      [...new Set(kinds.map(({ kind }) => String(kind)))].sort().map((kind) => {
        const rows = kinds.filter((row) => row.kind === kind);
        return {
          kind,
          lines: rows.reduce((lines, row) => lines + Number(row.lines), 0),
          amount: sum(rows.map((row) => money(row.amount))),
        };
      }),
    );

    const asked = await figures(
      ["lines", "saleLines", "orders", "units", "grossRevenue", "returnsValue"],
      ["customerType"],
    );
    const of = (kind: string, identified: string) =>
      kinds.find((row) => row.kind === kind && row.identified === identified);
    expect(asked).toEqual(
      (["GUEST", "IDENTIFIED"] as const).map((customerType) => {
        const identified = customerType === "IDENTIFIED" ? "t" : "f";
        const lines = kinds.filter((row) => row.identified === identified).map((row) => Number(row.lines));
        const sale = of("SALE", identified);
        return {
          customerType,
          lines: lines.reduce((a, b) => a + b),
          saleLines: Number(sale?.lines),
          orders: Number(sale?.invoices),
          units: Number(sale?.units),
          grossRevenue: money(sale?.amount),
          returnsValue: negated(of("RETURN", identified)?.amount),
        };
      }),
    );
  });

  test("revenue_by_month.csv", async () => {
    const asked = await figures(
      ["grossRevenue", "identifiedGrossRevenue", "returnsValue", "netRevenue", "orders", "customers", "units"],
      ["month"],
    );
    const expected = reference("revenue_by_month").map((row) => ({
      month: row.month,
      grossRevenue: money(row.gross_all),
      identifiedGrossRevenue: money(row.gross_identified),
      returnsValue: negated(row.returns_all),
      netRevenue: money(row.net_all),
      orders: Number(row.orders),
      customers: Number(row.customers),
      units: Number(row.units),
    }));
    expect(asked).toEqual(expected);
    const guests = await figures(["grossRevenue"], ["month"], { where: { customerType: { eq: "GUEST" } } });
    expect(guests).toEqual(
      reference("revenue_by_month").map((row) => ({ month: row.month, grossRevenue: money(row.gross_guest) })),
    );
  });

  test("revenue_by_country.csv", async () => {
    const asked = await figures(
      ["grossRevenue", "identifiedGrossRevenue", "netRevenue", "orders", "customers"],
      ["country"],
    );
    const expected = reference("revenue_by_country").map((row) => ({
      country: row.country,
      grossRevenue: money(row.gross_all),
      identifiedGrossRevenue: money(row.gross_identified),
      netRevenue: money(row.net_all),
      orders: Number(row.orders),
      customers: Number(row.customers),
    }));
    expect(sorted(asked)).toEqual(sorted(expected));
  });

  test("cohort_retention.csv and cohort_matrix_retention.csv", async () => {
    const asked = await figures(["customers"], ["cohortMonth", "month"], {
      where: { customerType: { eq: "IDENTIFIED" } },
    });
    const cells = asked
      .filter((row) => row.cohortMonth !== null && row.customers !== 0)
      .map((row) => {
        const [cohort, month] = [row.cohortMonth as Month, row.month as Month];
        return { cohort, period: monthsBetween(cohort, month), customers: Number(row.customers) };
      });
    expect(cells).toEqual(
      reference("cohort_retention").map(({ cohort, period, customers }) => ({
        cohort,
        period: Number(period),
        customers: Number(customers),
      })),
    );
    const customersOf = (cohort: string, period: number) =>
      cells.find((cell) => cell.cohort === cohort && cell.period === period)?.customers ?? 0;
    const months = monthRange("2010-12" as Month, "2011-12" as Month);
    expect(
      months.map((cohort, index) => {
        const size = customersOf(cohort, 0);
        const rates = months.map((_, period) =>
          index + period < months.length ? String(Number((customersOf(cohort, period) / size).toFixed(4))) : "",
        );
        return { cohort, size: String(size), rates };
      }),
    ).toEqual(
      reference("cohort_matrix_retention").map(({ cohort, size, ...rates }) => ({
        cohort,
        size,
        rates: Object.values(rates).map((rate) => (rate === "" ? "" : String(Number(rate)))),
      })),
    );
  });

  test("rfm_cutpoints.csv", async () => {
    const [cuts] = reference("rfm_cutpoints");
    expect(await readSnapshot(warehouse.read)).toMatchObject({
      asOf: "2011-12-10",
      dataFrom: "2010-12-01",
      dataThrough: "2011-12-09",
      recencyCuts: cuts?.recency_cuts?.split("|"),
      frequencyCuts: cuts?.frequency_cuts?.split("|").map(Number),
      monetaryCuts: cuts?.monetary_cuts?.split("|").map(money),
    });
  });

  test("rfm_customers.csv", async () => {
    const expected = reference("rfm_customers");
    expect(expected).toHaveLength(4_338);
    const ids = expected.map((row) => String(row.customer_id));
    const asked = await figures(["lastPurchaseAt", "recencyDays", "orders", "grossRevenue", "units"], ["customer"], {
      having: [{ measure: "saleLines", gte: "1" }],
      where: { customerType: { eq: "IDENTIFIED" } },
    });
    const known = await warehouse.ask({ kind: "customerAttributes", ids });
    const attributes = new Map(known.map((customer) => [customer?.id, customer]));
    const seen = asked.map((row) => {
      const found = attributes.get(String(row.customer));
      return {
        customer_id: row.customer,
        last_purchase_date: String(row.lastPurchaseAt).slice(0, 10),
        recency_days: row.recencyDays,
        orders: row.orders,
        monetary: row.grossRevenue,
        units: row.units,
        rfm: `${found?.scores?.recency}${found?.scores?.frequency}${found?.scores?.monetary}`,
        segments: [found?.segments.CLASSIC, found?.segments.EXECUTIVE, found?.segments.DETAILED],
      };
    });
    const wanted = expected.map((row) => ({
      customer_id: row.customer_id,
      last_purchase_date: row.last_purchase_date,
      recency_days: Number(row.recency_days),
      orders: Number(row.orders),
      monetary: money(row.monetary),
      units: Number(row.units),
      rfm: `${row.r}${row.f}${row.m}`,
      segments: [row.classic, row.executive, row.detailed],
    }));
    expect(sorted(seen)).toEqual(sorted(wanted));
  });

  test.each(schemeNames)("segments.csv: %s", async (scheme: SchemeName) => {
    const dimension = segmentDimensions[scheme];
    const asked = await figures(["customers", "grossRevenue", "orders"], [dimension]);
    const named = asked.filter((row) => row[dimension] !== "GUEST" && row[dimension] !== "UNSCORED");
    const expected = reference("segments").filter((row) => row.scheme === scheme.toLowerCase());
    expect(sorted(named)).toEqual(
      sorted(
        expected.map((row) => ({
          [dimension]: row.segment,
          customers: Number(row.customers),
          grossRevenue: money(row.revenue),
          orders: Number(row.orders),
        })),
      ),
    );
    expect(asked.filter((row) => !named.includes(row))).toEqual([
      { [dimension]: "GUEST", customers: 0, grossRevenue: "1744214.58", orders: 1_427 },
      { [dimension]: "UNSCORED", customers: 0, grossRevenue: "0", orders: 0 },
    ]);
  });

  test("two_country_customers.csv, whole and under a scope of one country", async () => {
    const expected = reference("two_country_customers").map((row) => ({
      customer: String(row.customer_id),
      country: String(row.country),
      orders: Number(row.orders),
      grossRevenue: money(row.gross),
    }));
    const customer = { in: [...new Set(expected.map((row) => row.customer))] };
    const options = { where: { customer }, having: [{ measure: "saleLines", gte: "1" }] } as const;
    const asked = await figures(["orders", "grossRevenue"], ["customer", "country"], options);
    expect(sorted(asked)).toEqual(sorted(expected));
    for (const { country, ...row } of expected) {
      const scope = countries(country);
      const where = { customer: { eq: row.customer } };
      expect(await figures(["orders", "grossRevenue"], ["customer"], { where, scope })).toEqual([row]);
    }
    const belgium = expected.find((row) => row.customer === "12417" && row.country === "Belgium");
    const spain = expected.find((row) => row.customer === "12417" && row.country === "Spain");
    expect(belgium).toMatchObject({ orders: 8, grossRevenue: "3212.8" });
    expect(spain).toMatchObject({ orders: 1, grossRevenue: "436.3" });
  });

  test("france_germany_by_month_segment.csv, under a scope of these countries", async () => {
    const scope = countries("France", "Germany");
    const expected = reference("france_germany_by_month_segment").map((row) => ({
      month: String(row.month),
      country: String(row.country),
      segment: String(row.segment),
      grossRevenue: money(row.gross),
      orders: Number(row.orders),
      customers: Number(row.customers),
    }));
    const measures = ["grossRevenue", "orders", "customers"] as const;
    const asked = await figures(measures, ["month", "country", "segment"], { scope });
    const other = (row: { segment?: unknown }) => row.segment !== "GUEST" && row.segment !== "UNSCORED";
    expect(sorted(asked.filter(other))).toEqual(sorted(expected));

    const bySegment = await figures(measures, ["segment"], { scope });
    const summed = [...new Set(expected.map((row) => row.segment))].map((segment) => ({
      segment,
      grossRevenue: sum(expected.filter((row) => row.segment === segment).map((row) => row.grossRevenue)),
      orders: expected.filter((row) => row.segment === segment).reduce((orders, row) => orders + row.orders, 0),
    }));
    expect(sorted(bySegment.filter(other).map(({ customers: _, ...row }) => row))).toEqual(sorted(summed));
    expect(bySegment.find((row) => row.segment === "GUEST")).toMatchObject({ customers: 0, grossRevenue: "691.06" });
    const unscored = bySegment.filter((row) => row.segment === "UNSCORED");
    for (const row of unscored) expect(row).toMatchObject({ grossRevenue: "0", orders: 0, customers: 0 });
    const [total] = await figures(["grossRevenue"], [], { scope });
    expect(sum(bySegment.map((row) => money(String(row.grossRevenue))))).toBe(total?.grossRevenue);
  });

  test("every stored row is what the lines make", async () => {
    const { isEqual, lines, tables, sums } = await verifyRollups({ url: warehouse.url });
    expect([isEqual, lines]).toEqual([true, 541_909]);
    expect(Object.fromEntries(tables.map(({ table, rows }) => [table, rows]))).toMatchObject({
      rfm_segments: 4_372,
      sales_order: 25_900,
    });
    for (const { table, rows } of tables) expect(rows, table).toBeLessThan(100_000);
    const gross = sums.filter((sum) => sum.measure === "grossRevenue");
    for (const sum of gross) expect(sum.stored, `${sum.rollup} over ${sum.over}`).toBe("10655622.484");
  });

  test("loaded again changes nothing", async () => {
    const before = await readWarehouseState(warehouse.owner);
    expect(await warehouse.load(sharedFile(data))).toMatchObject({ status: "UNCHANGED", snapshotId: 1 });
    expect(await readWarehouseState(warehouse.owner)).toEqual(before);
    expect(await readLoadRuns(warehouse.owner)).toMatchObject([{ status: "PUBLISHED" }, { status: "UNCHANGED" }]);
  });
});
