// `metrics` over the fixture: the selection is the question. Figures are held against those counted by hand on the fixture's page, and, for
// every role, against what the query floor answers to the same question put in its own words.
import { describe, expect, test } from "vitest";
import { catalogName } from "../../src/model/catalog.ts";
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf, warehouse } = useShopGraph();

type Row = Record<string, unknown>;
type Connection = { nodes: Row[]; totals: Row; totalCount: number; pageInfo: { endCursor: string | null } };
const metricsOf = async (...asked: Parameters<typeof dataOf>) => (await dataOf(...asked)).metrics as Connection;

describe("by hand", () => {
  test("by month, with totals and count", async () => {
    expect(
      await metricsOf(
        "{ metrics { nodes { month grossRevenue orders customers } totals { grossRevenue orders customers } totalCount } }",
      ),
    ).toEqual({
      nodes: [
        ...[
          ["2024-01", "513.235", 12, 9],
          ["2024-02", "422.915", 7, 6],
          ["2024-03", "473.815", 12, 7],
          ["2024-04", "325.2", 9, 8],
          ["2024-06", "406.498", 9, 6],
          ["2024-07", "282.71", 8, 7],
          ["2024-08", "315.865", 11, 8],
        ].map(([month, grossRevenue, orders, customers]) => ({ month, grossRevenue, orders, customers })),
      ],
      totals: { grossRevenue: "2740.238", orders: 67, customers: 19 },
      totalCount: 7,
    });
  });

  test("under a scope, as another role", async () => {
    const query = "{ metrics { nodes { country netRevenue customers } totals { netRevenue customers } totalCount } }";
    expect(await metricsOf(query, roles.country_manager)).toEqual({
      nodes: [
        { country: "Belgium", netRevenue: "149.1", customers: 3 },
        { country: "France", netRevenue: "374.89", customers: 3 },
      ],
      totals: { netRevenue: "523.99", customers: 6 },
      totalCount: 2,
    });
    expect(await metricsOf("{ metrics { nodes { segment orders } totals { orders } } }", roles.crm)).toEqual({
      nodes: [
        { segment: "AT_RISK", orders: 6 },
        { segment: "CHURN_RISK", orders: 10 },
      ],
      totals: { orders: 16 },
    });
  });

  test("without a dimension there is one row, and it is counted", async () => {
    expect(await metricsOf("{ metrics { nodes { orders } totalCount pageInfo { hasNextPage } } }")).toEqual({
      nodes: [{ orders: 67 }],
      totalCount: 1,
      pageInfo: { hasNextPage: false },
    });
    expect(await metricsOf("{ metrics { totalCount } }")).toEqual({ totalCount: 1 });
    expect(await metricsOf("{ metrics(where: { country: { in: [] } }) { totalCount nodes { orders } } }")).toEqual({
      totalCount: 1,
      nodes: [{ orders: 0 }],
    });
  });

  test("dimensions alone list what there is", async () => {
    expect(await metricsOf("{ metrics(where: { lineType: { in: [FEE, SAMPLE] } }) { nodes { lineType } } }")).toEqual({
      nodes: [{ lineType: "FEE" }, { lineType: "SAMPLE" }],
    });
  });

  test("of a list of months, each customer counts once in the totals", async () => {
    const query = `{ metrics(where: { month: { in: ["2024-03", "2024-01"] } }) { nodes { month orders customers } totals { grossRevenue orders customers } }
      each: metrics(where: { month: { in: ["2024-01", "2024-03"] } }, having: [{ measure: ORDERS, gte: 1 }]) { nodes { customerId } } }`;
    const { metrics, each } = await dataOf(query);
    const customers = (each as Connection).nodes.filter(({ customerId }) => customerId !== null).length;
    expect(metrics).toEqual({
      nodes: [
        { month: "2024-01", orders: 12, customers: 9 },
        { month: "2024-03", orders: 12, customers: 7 },
      ],
      // 513.235 + 473.815
      totals: { grossRevenue: "987.05", orders: 24, customers },
    });
    expect(customers).toBeLessThan(9 + 7);
  });

  test("in the order asked for, kept by a measure that is not selected, page by page", async () => {
    const query = `query ($after: String) { metrics(having: [{ measure: ORDERS, gte: 5 }, { measure: UNITS, lt: "130" }],
      orderBy: [{ member: AVERAGE_ORDER_VALUE, direction: DESC }, { member: AVERAGE_ORDER_VALUE }], first: 1, after: $after) {
      nodes { country averageOrderValue } totals { orders } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
    const pages: Connection[] = [];
    for (let after: string | null = null; ; ) {
      const page: Connection = await metricsOf(query, roles.analyst, { after });
      pages.push(page);
      after = page.pageInfo.endCursor;
      if (!(page.pageInfo as Row).hasNextPage) break;
    }
    // 398.215 / 11, 346.85 / 11, 162.68 / 6, 119.37 / 5
    expect(pages.flatMap(({ nodes }) => nodes)).toEqual([
      { country: "France", averageOrderValue: "36.2014" },
      { country: "Germany", averageOrderValue: "31.5318" },
      { country: "Belgium", averageOrderValue: "27.1133" },
      { country: "Spain", averageOrderValue: "23.874" },
    ]);
    for (const page of pages) expect(page).toMatchObject({ totals: { orders: 67 }, totalCount: 4 });
  });

  test("through aliases, fragments, @skip and @include", async () => {
    const query = `query ($no: Boolean = false) {
      metrics { rows: nodes { when: month ...F day @include(if: $no) } nodes { orders @skip(if: true) ... { sold: units } ...G } sums: totals { ...F } }
    } fragment F on MetricRow { grossRevenue } fragment G on MetricRow { month }`;
    const { rows, nodes, sums } = (await metricsOf(query)) as unknown as Record<string, Row[]>;
    expect(rows?.[0]).toEqual({ when: "2024-01", grossRevenue: "513.235" });
    expect(nodes?.[0]).toEqual({ sold: 151, month: "2024-01" });
    expect([rows?.length, nodes?.length, sums]).toEqual([7, 7, { grossRevenue: "2740.238" }]);
  });
});

test("two aliases with the same dimensions share their rows, in the order of the first", async () => {
  const query = `{ metrics { a: nodes { month country orders } b: nodes { country month units previous { orders } } } }`;
  const { a, b } = (await metricsOf(query)) as unknown as Record<string, Row[]>;
  const alone = await metricsOf("{ metrics { nodes { month country orders units previous { orders } } } }");
  expect(a).toEqual(alone.nodes.map(({ month, country, orders }) => ({ month, country, orders })));
  expect(b).toEqual(alone.nodes.map(({ orders, ...row }) => row));
  expect(a?.length).toBeGreaterThan(20);
});

describe("earlier rows", () => {
  test("a month before: null where nothing was sold in it", async () => {
    const query = "{ metrics { nodes { month orders previous { month orders } yearAgo { orders } } } }";
    const { nodes } = await metricsOf(query);
    expect(nodes.map(({ month, previous }) => [month, previous])).toEqual([
      ["2024-01", null],
      ["2024-02", { month: "2024-01", orders: 12 }],
      ["2024-03", { month: "2024-02", orders: 7 }],
      ["2024-04", { month: "2024-03", orders: 12 }],
      ["2024-06", null],
      ["2024-07", { month: "2024-06", orders: 9 }],
      ["2024-08", { month: "2024-07", orders: 8 }],
    ]);
    expect(nodes.every(({ yearAgo }) => yearAgo === null)).toBe(true);
  });

  test("also before the range asked for, and further back", async () => {
    const query = `{ metrics(where: { month: { gte: "2024-03", lt: "2024-04" } }, having: [{ measure: ORDERS, gte: 8 }]) {
      nodes { month previous { month orders previous { month customers previous { month } } } } } }`;
    expect((await metricsOf(query)).nodes).toEqual([
      {
        month: "2024-03",
        previous: { month: "2024-02", orders: 7, previous: { month: "2024-01", customers: 9, previous: null } },
      },
    ]);
  });

  test("a quarter before, beside another dimension; totals have none", async () => {
    const query = `{ metrics(where: { country: { in: ["France", "Spain"] } }) { nodes { quarter country grossRevenue previous { quarter country grossRevenue } }
      totals { grossRevenue month previous { grossRevenue } yearAgo { grossRevenue } } } }`;
    const { nodes, totals } = await metricsOf(query);
    for (const row of nodes) {
      const before = row.previous as Row | null;
      const found = nodes.find(({ quarter, country }) => quarter === before?.quarter && country === before?.country);
      expect(before).toEqual(found ? { ...before, grossRevenue: found.grossRevenue } : null);
    }
    expect(nodes.filter(({ previous }) => previous !== null).length).toBeGreaterThan(1);
    // 398.215 + 119.37
    expect(totals).toEqual({ grossRevenue: "517.585", month: null, previous: null, yearAgo: null });
  });
});

describe("a spine", () => {
  test("has every month of the range: 0 within the data, null outside of it", async () => {
    const query = `{ metrics(spine: true, where: { month: { gte: "2023-12", lt: "2024-07" } }) { nodes { month grossRevenue orders averageOrderValue } totalCount } }`;
    const { nodes, totalCount } = await metricsOf(query);
    expect(nodes.map(({ month, orders }) => [month, orders])).toEqual([
      ["2023-12", null],
      ["2024-01", 12],
      ["2024-02", 7],
      ["2024-03", 12],
      ["2024-04", 9],
      ["2024-05", 0],
      ["2024-06", 9],
    ]);
    expect(nodes[5]).toEqual({ month: "2024-05", grossRevenue: "0", orders: 0, averageOrderValue: null });
    expect(totalCount).toBe(7);
  });

  test("has the figures of revenueByMonth, which is the same question", async () => {
    const fields = "month grossRevenue netRevenue returnsValue orders customers newCustomers units averageOrderValue";
    for (const role of Object.values(roles)) {
      const data = await dataOf(`{ metrics(spine: true) { nodes { ${fields} } } revenueByMonth { ${fields} } }`, role);
      const { nodes } = data.metrics as Connection;
      expect(nodes).toEqual(data.revenueByMonth);
      expect(nodes).toHaveLength(8);
    }
  });
});

type Question = Readonly<{ dimensions: readonly DimensionName[]; measures: readonly MeasureName[] }>;

describe.each(Object.entries(roles))("as %s", (_, scope) => {
  const questions: Question[] = [
    { dimensions: ["month", "country", "segment"], measures: ["grossRevenue", "orders", "customers"] },
    { dimensions: ["week", "customerType"], measures: ["units", "lines", "netRevenue"] },
    { dimensions: ["year", "quarter", "weekday", "hour"], measures: ["saleLines", "returnRate"] },
    { dimensions: ["product", "category", "lineType"], measures: ["productReturnsValue", "revenueShare"] },
    { dimensions: ["cohortMonth", "month"], measures: ["customers", "newCustomers", "repeatRate"] },
    { dimensions: ["segmentExecutive", "segmentDetailed", "day"], measures: ["revenuePerCustomer", "repeatCustomers"] },
    { dimensions: ["segment"], measures: ["medianRecencyDays", "identifiedGrossRevenue", "averageOrderValue"] },
  ];
  if (scope.customerLevel)
    questions.push(
      { dimensions: ["customer", "country"], measures: ["recencyDays", "countries", "lastPurchaseAt", "orders"] },
      { dimensions: ["customer"], measures: ["firstPurchaseAt", "latestCountry", "trailingNetRevenue"] },
    );

  test.each(questions.map((question) => [[...question.dimensions, ...question.measures].join(" "), question] as const))(
    "%s",
    async (_members, { dimensions, measures }) => {
      const ask = warehouse().ask;
      const wanted = await ask({ kind: "metrics", dimensions, measures }, scope);
      const shown = wanted.rows.map((row) =>
        Object.fromEntries([...dimensions, ...measures].map((name) => [catalogName(name), row[name]])),
      );
      const selection = [...dimensions, ...measures].map(catalogName).join(" ");
      const { nodes, totalCount } = await metricsOf(`{ metrics { nodes { ${selection} } totalCount } }`, scope);
      expect(nodes).toEqual(shown);
      expect(totalCount).toBe(shown.length);
      expect(nodes.length).toBeGreaterThan(1);

      if (dimensions.includes("customer")) return;
      const [whole] = (await ask({ kind: "metrics", dimensions: [], measures }, scope)).rows;
      expect((await metricsOf(`{ metrics { totals { ${measures.join(" ")} } } }`, scope)).totals).toEqual(whole);
    },
  );

  test.each([
    ...[
      ["date", "day"],
      ["week", "week"],
      ["month", "month"],
      ["quarter", "quarter"],
      ["year", "year"],
    ],
    ...[
      ["weekday", "weekday"],
      ["hour", "hour"],
      ["cohortMonth", "cohortMonth"],
    ],
  ])("a list of values of `%s` keeps their rows and no other", async (field, shown) => {
    const query = `query ($where: SalesFilter) { metrics(where: $where) { nodes { ${shown} grossRevenue orders customers } totalCount } }`;
    const listed = (values: unknown[]) => metricsOf(query, scope, { where: { [field as string]: { in: values } } });
    const all = (await metricsOf(query, scope)).nodes.filter((row) => row[shown as string] !== null);
    const picked = all.filter((_row, at) => at % 2 === 0);
    const values = picked.map((row) => row[shown as string]);
    expect(await listed([...values].reverse())).toEqual({ nodes: picked, totalCount: picked.length });
    expect(picked.length).toBeGreaterThan(0);
    expect((await listed([])).nodes).toEqual([]);
  });

  test("every dimension filters", async () => {
    const where = `{ country: { in: ["France", "Belgium"] }, segment: { in: [CHURN_RISK] }, segmentExecutive: { eq: CHURN_RISK }, segmentDetailed: { in: [HIBERNATING] },
      date: { gte: "2024-02-01", lt: "2024-05-01" }, week: { gte: "2024-W06" }, month: { lt: "2024-05" }, quarter: { gte: "2024-Q1", lt: "2024-Q3" }, year: { eq: 2024 }, weekday: { gte: 1, lt: 8 },
      hour: { gte: 0, lt: 24 }, lineType: { eq: PRODUCT }, customerType: IDENTIFIED, cohortMonth: { gte: "2024-01" }${scope.customerLevel ? ', customerId: { in: [12009, "12016"] }' : ""} }`;
    const { nodes } = await metricsOf(
      `{ metrics(where: ${where}) { nodes { country cohortMonth grossRevenue } } }`,
      scope,
    );
    // 12009 in France on 29 February, 12016 in Belgium on 3 April: all of what they bought.
    expect(nodes).toEqual([
      { country: "Belgium", cohortMonth: "2024-04", grossRevenue: "13.58" },
      { country: "France", cohortMonth: "2024-02", grossRevenue: "19.2" },
    ]);
  });
});

describe("statements", () => {
  const count = async (selection: string) => (await answer(`{ metrics ${selection} }`)).statements;

  test("one for rows and their earlier rows, one for totals and count, each only where it is asked for", async () => {
    expect(
      await count("{ nodes { month orders previous { orders } yearAgo { orders } } pageInfo { endCursor } }"),
    ).toBe(1);
    expect(await count("{ totals { orders customers } totalCount }")).toBe(1);
    expect(await count("{ totalCount }")).toBe(1);
    expect(await count("{ totals { orders } }")).toBe(1);
    expect(await count("{ nodes { month orders } totals { orders } totalCount pageInfo { endCursor } }")).toBe(2);
    expect(await count("{ __typename totals { month } }")).toBe(0);
    expect((await answer("{ a: metrics { nodes { orders } } b: metrics { nodes { orders } } }")).statements).toBe(1);
  });

  test("what is not shown is judged all the same", async () => {
    const query = '{ metrics(where: { country: { eq: "Spain" } }) { __typename } }';
    expect((await answer(query, roles.country_manager)).codes).toEqual(["FORBIDDEN"]);
    expect((await answer(query, roles.country_manager)).statements).toBe(0);
  });
});
