// For rolesAndFields.test.ts: the answers that a role gets to each field of Query, against the fixture's parsed lines filtered to what the
// role keeps and evaluated in memory.
import { expect, test } from "vitest";
import type { MetricsRequest } from "../../src/query/request.ts";
import { evaluate, keepsLine, type Row } from "../oracle/evaluate.ts";
import { readShopLines } from "../oracle/shopLines.ts";
import type { Role } from "./expectedVisibility.ts";
import { keptByRole } from "./keptByRole.ts";
import { decimal } from "./referenceFiles.ts";

type Ask = (query: string) => Promise<{ data: Record<string, unknown> | null | undefined; codes: readonly string[] }>;

/** Members of the model that tell of a single customer. */
const personalMembers = [
  ...["customerId", "firstPurchaseAt", "lastPurchaseAt", "recencyDays", "latestCountry", "countries"],
  ...["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"],
];
/** All that none of the three tables shows. */
const membersBesideTables = [
  ...["day", "week", "quarter", "year", "weekday", "hour", "segmentExecutive", "segmentDetailed", "customerId"],
  ...["product", "category", "lineType", "customerType", "cohortMonth"],
  ...["productReturnsValue", "returnRate", "customersWithLines", "identifiedGrossRevenue", "revenuePerCustomer"],
  ...["repeatCustomers", "repeatRate", "lines", "saleLines", ...personalMembers.slice(1, 4)],
  ...["topFifthRevenue", "topFifthShare", "topTenRevenue", "topTenShare", ...personalMembers.slice(4)],
];
/** What `me` says to whoever sees everything. */
const unscoped = {
  ...{ countries: null, segments: null, customerLevel: true, members: ["public", "commercial", "personal"] },
  ...{ hiddenMembers: [], masked: [], minimumCustomers: null, mostRows: null, notices: [] },
};
const figuresAlone = { customerLevel: false, members: ["public", "commercial"], hiddenMembers: personalMembers };
const viewers: Readonly<Record<Role, Record<string, unknown>>> = {
  admin: unscoped,
  executive: { ...unscoped, ...figuresAlone },
  analyst: { ...unscoped, hiddenMembers: ["customerName"], masked: ["customerName"] },
  country_manager: { ...unscoped, countries: ["Belgium", "France"] },
  crm: { ...unscoped, segments: ["AT_RISK", "CHURN_RISK"] },
  partner: { ...unscoped, ...figuresAlone, hiddenMembers: membersBesideTables, minimumCustomers: 5 },
};
/** Of the fixture's countries and CLASSIC segments, those with one to four customers, counted by hand. No month has so few. */
const smallCountries = ["Belgium", "France", "Germany", "Netherlands", "Spain", 'Åland, "Islands"'];
const smallSegments = ["CHAMPIONS", "POTENTIAL_LOYALISTS", "AT_RISK", "UNSCORED"];

const months = ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06", "2024-07", "2024-08"];
/** Keys in the scheme's order; for the crm those that customers of AT_RISK (R1–2 F3–5) and CHURN_RISK (R1–3 F1–2) can have. */
const keysFor: Readonly<Record<string, readonly [everyone: string, crm: string]>> = {
  CLASSIC: ["CHAMPIONS LOYAL_CUSTOMERS POTENTIAL_LOYALISTS AT_RISK CHURN_RISK GUEST UNSCORED", "AT_RISK CHURN_RISK"],
  EXECUTIVE: ["CHURN_RISK HIGH_VALUE POTENTIAL GUEST UNSCORED", "CHURN_RISK HIGH_VALUE POTENTIAL"],
  DETAILED: [
    "CHAMPIONS LOYAL_CUSTOMERS POTENTIAL_LOYALISTS NEW_CUSTOMERS PROMISING NEED_ATTENTION ABOUT_TO_SLEEP CANT_LOSE_THEM AT_RISK HIBERNATING GUEST UNSCORED",
    "ABOUT_TO_SLEEP CANT_LOSE_THEM AT_RISK HIBERNATING",
  ],
};
const schemes = [
  ["CLASSIC", "segment"],
  ["EXECUTIVE", "segmentExecutive"],
  ["DETAILED", "segmentDetailed"],
] as const;
const nothingSold = {
  ...{ grossRevenue: "0", netRevenue: "0", returnsValue: "0", orders: 0, customers: 0, newCustomers: 0, units: 0 },
  ...{ averageOrderValue: null, medianRecencyDays: null, revenueShare: 0 },
};

/** Fractions are floating-point numbers and may differ in their last digits; everything else is exact. */
const settled = (found: unknown): unknown =>
  JSON.parse(JSON.stringify(found), (_, value) => (typeof value === "number" ? Number(value.toFixed(12)) : value));

export function figuresOfRole(role: Role, ask: Ask): void {
  const lines = readShopLines();
  /** Tests of what the partner may not ask are not its own. */
  const askAnything: (name: string, run: () => Promise<void>) => void = role === "partner" ? () => undefined : test;
  const kept = lines.filter((line) => keepsLine(keptByRole[role], line));
  const rows = (request: Omit<MetricsRequest, "kind">) =>
    evaluate({ kind: "metrics", ...request }, keptByRole[role], lines) as Row[];
  const answerTo = async (query: string) => {
    const { data, codes } = await ask(query);
    expect(codes).toEqual([]);
    return settled(data) as Record<string, unknown>;
  };

  test("me and dataset", async () => {
    const account = { read: 199, loaded: 199, duplicate: 0, superseded: 0, rejected: 0, replaced: 0 };
    expect(
      await answerTo(
        `{ me { role countries segments customerLevel members hiddenMembers masked minimumCustomers mostRows notices } dataset { asOf dataFrom dataThrough
           account { read loaded duplicate superseded rejected replaced } } }`,
      ),
    ).toEqual({
      me: { role, ...viewers[role] },
      dataset: {
        asOf: "2024-08-21",
        dataFrom: "2024-01-02",
        dataThrough: "2024-08-20",
        account: role === "admin" ? account : null,
      },
    });
  });

  askAnything("kpis", async () => {
    const measures = [
      ...(["grossRevenue", "netRevenue", "returnsValue", "productReturnsValue", "orders", "customers"] as const),
      ...(["units", "averageOrderValue", "revenuePerCustomer", "newCustomers", "repeatRate", "returnRate"] as const),
    ];
    const [kpis] = rows({ measures, dimensions: [] });
    expect(await answerTo(`{ kpis { ${measures.join(" ")} } }`)).toEqual(settled({ kpis }));
  });

  test("revenueByMonth", async () => {
    const measures = [
      ...(["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "newCustomers", "units"] as const),
      "averageOrderValue" as const,
    ];
    const sold = rows({ measures, dimensions: ["month"] });
    const empty = Object.fromEntries(measures.map((measure) => [measure, nothingSold[measure]]));
    expect(await answerTo(`{ revenueByMonth { month ${measures.join(" ")} } }`)).toEqual({
      revenueByMonth: months.map((month) => sold.find((row) => row.month === month) ?? { month, ...empty }),
    });
  });

  test("revenueByCountry", async () => {
    const measures = [
      ...(["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "units"] as const),
      ...(["averageOrderValue", "revenueShare"] as const),
    ];
    const orderBy = [{ member: "grossRevenue", direction: "DESC" } as const];
    const byCountry = rows({ measures, dimensions: ["country"], orderBy });
    expect(new Set(byCountry.map(({ country }) => country))).toEqual(new Set(kept.map((line) => line.country)));
    const revenueByCountry = role === "partner" ? merged(byCountry, measures) : byCountry;
    expect(await answerTo(`{ revenueByCountry { country ${measures.join(" ")} } }`)).toEqual(
      settled({ revenueByCountry }),
    );
  });

  /** The small countries as one row, its figures those of their lines together. */
  function merged(byCountry: readonly Row[], measures: MetricsRequest["measures"]): Row[] {
    const shown = byCountry.filter(({ country }) => !smallCountries.includes(String(country)));
    const [other] = rows({ measures, dimensions: [], where: { country: { in: smallCountries } } });
    const [all] = rows({ measures: ["grossRevenue"], dimensions: [] });
    const revenueShare = Number(other?.grossRevenue) / Number(all?.grossRevenue);
    return [...shown, { ...other, country: "OTHER", revenueShare }].toSorted(
      (a, b) => Number(b.grossRevenue) - Number(a.grossRevenue),
    );
  }

  test.each(role === "partner" ? schemes.slice(0, 1) : schemes)("segments: %s", async (scheme, dimension) => {
    const measures = [
      ...(["customers", "orders", "grossRevenue", "netRevenue", "revenueShare", "averageOrderValue"] as const),
      "medianRecencyDays" as const,
    ];
    const sold = rows({ measures, dimensions: [dimension] });
    const empty = Object.fromEntries(measures.map((measure) => [measure, nothingSold[measure]]));
    const keys = keysFor[scheme]?.[role === "crm" ? 1 : 0].split(" ") ?? [];
    for (const row of sold) expect(keys).toContain(row[dimension]);
    const shown = role === "partner" ? keys.filter((key) => !smallSegments.includes(key)) : keys;
    const segments = shown.map((key) => {
      const { [dimension]: _, ...figures } = sold.find((row) => row[dimension] === key) ?? empty;
      return { key, ...figures };
    });
    expect(await answerTo(`{ segments(scheme: ${scheme}) { key ${measures.join(" ")} } }`)).toEqual(
      settled({ segments }),
    );
  });

  askAnything("cohorts", async () => {
    const cells = rows({ measures: ["customers", "grossRevenue"], dimensions: ["cohortMonth", "month"] });
    const cell = (cohort: string, month: string) =>
      cells.find((row) => row.cohortMonth === cohort && row.month === month) ?? nothingSold;
    expect(await answerTo("{ cohorts { month size retention { period customers rate grossRevenue } } }")).toEqual(
      settled({
        cohorts: months.map((cohort, nth) => ({
          month: cohort,
          size: cell(cohort, cohort).customers,
          retention: months.map((_, period) => {
            const month = months[nth + period];
            if (month === undefined) return { period, customers: null, rate: null, grossRevenue: null };
            const { customers, grossRevenue } = cell(cohort, month);
            const size = Number(cell(cohort, cohort).customers);
            return { period, customers, rate: size === 0 ? null : Number(customers) / size, grossRevenue };
          }),
        })),
      }),
    );
  });

  const ids = [...new Set(lines.flatMap(({ customer }) => customer ?? []))].toSorted();
  const aliases = [...ids, "nobody"].map(
    (id, nth) => `c${nth}: customer(id: "${id}") { id orders netRevenue countries segmentKey }`,
  );
  const one = `{ ${aliases.join(" ")} }`;
  const fields = `id orders units grossRevenue netRevenue returnsValue averageOrderValue recencyDays country countries
    firstPurchaseDate lastPurchaseDate cohortMonth segmentKey`;
  const many = `{ customers(first: 1000) { totalCount nodes { ${fields} } } }`;
  const leaving = "{ churnRisk(first: 1000) { totalCount nodes { id } } }";
  const single = `{ factSales(first: 1000) { totalCount nodes { invoice product quantity orderedAt amount customerId
    country kind lineType segmentKey } } }`;

  const customerLevel = { customer: one, customers: many, churnRisk: leaving, factSales: single };
  const anyFigure = {
    ...{ kpis: "{ kpis { orders } }", cohorts: "{ cohorts { size } }", metrics: "{ metrics { totalCount } }" },
    "a scheme": "{ segments(scheme: EXECUTIVE) { key } }",
    "a filter": '{ revenueByCountry(where: { country: { eq: "France" } }) { country } }',
    "a range": '{ revenueByMonth(from: "2024-02") { month } }',
  };
  if (role === "executive" || role === "partner") {
    test.each(Object.entries(role === "partner" ? { ...customerLevel, ...anyFigure } : customerLevel))(
      "%s: not one, not a count",
      async (_, query) => {
        const { data, codes } = await ask(query);
        expect(new Set(codes)).toEqual(new Set(["FORBIDDEN"]));
        expect(Object.values(data ?? {}).filter((value) => value !== null)).toEqual([]);
      },
    );
    return;
  }

  test("customer, for every id there is and one there is not", async () => {
    const figures = rows({ measures: ["orders", "netRevenue", "countries"], dimensions: ["customer"] });
    const expected = [...ids, "nobody"].map((id, nth) => {
      const row = figures.find(({ customer }) => customer === id);
      if (!row) return [`c${nth}`, null];
      const { customer: _, ...shown } = row;
      return [`c${nth}`, { id, ...shown, segmentKey: kept.find((line) => line.customer === id)?.segment }];
    });
    expect(await answerTo(one)).toEqual(Object.fromEntries(expected));
    expect(expected.filter(([, shown]) => shown !== null)).toHaveLength(
      new Set(kept.flatMap(({ customer }) => customer ?? [])).size,
    );
  });

  test("customers", async () => {
    const found = rows({
      measures: [
        ...(["orders", "units", "grossRevenue", "netRevenue", "returnsValue", "averageOrderValue"] as const),
        ...(["recencyDays", "latestCountry", "countries", "firstPurchaseAt", "lastPurchaseAt"] as const),
      ],
      dimensions: ["customer", "cohortMonth"],
      where: { customerType: { eq: "IDENTIFIED" } },
      having: [{ measure: "orders", gte: "1" }],
      orderBy: [{ member: "customer", direction: "ASC" }],
    });
    const nodes = found.map(({ customer, latestCountry, firstPurchaseAt, lastPurchaseAt, ...row }) => ({
      ...row,
      id: customer,
      country: latestCountry,
      firstPurchaseDate: String(firstPurchaseAt).slice(0, 10),
      lastPurchaseDate: String(lastPurchaseAt).slice(0, 10),
      segmentKey: kept.find((line) => line.customer === customer)?.segment,
    }));
    expect(await answerTo(many)).toEqual({ customers: { totalCount: nodes.length, nodes } });
  });

  test("churnRisk: those of whom every line is seen, whoever was away longest first, for there is no model of so few", async () => {
    const found = rows({
      measures: ["trailingNetRevenue", "recencyDays"],
      dimensions: ["customer"],
      where: { customerType: { eq: "IDENTIFIED" } },
      having: [{ measure: "orders", gte: "1" }],
    });
    const isWhole = (id: unknown) => lines.every((line) => line.customer !== id || kept.includes(line));
    const nodes = found
      .filter(({ customer, trailingNetRevenue }) => isWhole(customer) && Number(trailingNetRevenue) > 0)
      .toSorted(
        (a, b) => Number(b.recencyDays) - Number(a.recencyDays) || (String(a.customer) < String(b.customer) ? -1 : 1),
      )
      .map(({ customer }) => ({ id: customer }));
    expect(nodes.length).toBeGreaterThan(0);
    expect(await answerTo(leaving)).toEqual({ churnRisk: { totalCount: nodes.length, nodes } });
  });

  test("factSales", async () => {
    const sorted = (list: readonly unknown[]) => list.map((line) => JSON.stringify(line)).toSorted();
    const { factSales } = (await answerTo(single)) as { factSales: { totalCount: number; nodes: unknown[] } };
    expect(factSales.totalCount).toBe(kept.length);
    expect(sorted(factSales.nodes)).toEqual(
      sorted(
        kept.map(({ invoice, product, quantity, at, amount, customer, country, kind, lineType, segment }) => ({
          ...{ invoice, product, quantity, orderedAt: at, amount: decimal(amount), customerId: customer },
          ...{ country, kind, lineType, segmentKey: segment },
        })),
      ),
    );
  });
}
