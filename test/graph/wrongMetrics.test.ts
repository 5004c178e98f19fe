// Metrics questions that are refused: the message names what is wrong and says what would work, and nothing that the role may not see.
import { describe, expect, test } from "vitest";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf } = useShopGraph();

async function refusal(query: string, scope = roles.admin, variables: Record<string, unknown> = {}) {
  const { data, errors, statements } = await answer(query, scope, variables);
  expect(data?.metrics ?? null).toBeNull();
  expect(statements).toBe(0);
  expect(errors).toHaveLength(1);
  const [error] = errors;
  if (!error) throw new Error("Nothing was refused.");
  return error;
}

describe("BAD_USER_INPUT", () => {
  test.each<[query: string, message: string | RegExp, variables?: Record<string, unknown>]>([
    ["{ metrics { nodes { grossProfit } } }", '"grossProfit"'],
    ["{ metrics(orderBy: [{ member: PROFIT }]) { totalCount } }", '"PROFIT"'],
    ["query ($m: Member!) { metrics(orderBy: [{ member: $m }]) { totalCount } }", '"PROFIT"', { m: "PROFIT" }],
    ["query ($h: [MeasureFilter!]) { metrics(having: $h) { totalCount } }", '"MONTH"', { h: [{ measure: "MONTH" }] }],
    ["{ metrics { nodes { weekday newCustomers } } }", /`newCustomers` .*`weekday`.*`month`/],
    ["{ metrics { nodes { recencyDays } } }", /`recencyDays` .*`customerId`/],
    ["{ metrics { nodes { customerId } totals { countries } } }", /`countries` .*leave it out of `totals`/],
    ["{ metrics(orderBy: [{ member: COUNTRY }]) { nodes { month orders } } }", /`country` cannot be ordered by/],
    ["{ metrics(spine: true) { nodes { country orders } } }", /`day`, `week`, `month`, `quarter`, `year`/],
    ["{ metrics { nodes { weekday orders previous { orders } } } }", /`day`, `week`, `month`, `quarter`, `year`/],
    [
      "{ metrics { a: nodes { month grossRevenue } b: nodes { country grossRevenue } } }",
      "`a` groups the rows by `month`, `b` by `country`: ask each in a `metrics` of its own (`a: metrics { nodes … } b: metrics { nodes … }`).",
    ],
    ["{ metrics { nodes { month } all: nodes { orders } } }", "`nodes` groups the rows by `month`, `all` by nothing: "],
    [
      "query ($no: Boolean = false) { metrics { ...A b: nodes { month country @skip(if: $no) } } } fragment A on MetricConnection { a: nodes { ... { month } country @include(if: $no) } }",
      "`a` groups the rows by `month`, `b` by `month`, `country`: ",
    ],
    [
      "{ metrics { nodes { month orders previous { country orders } } } }",
      "`country` is selected under `previous`, but not in `nodes`: select it there as well.",
    ],
    [
      "{ metrics { nodes { month yearAgo { month previous { ... on MetricRow { customerId } } } } } }",
      "`customerId` is selected under `previous`, but not in `nodes`: select it there as well.",
    ],
    [
      "{ metrics(having: [{ measure: ORDERS }]) { nodes { month } } }",
      "`having` gives no bound for `orders`: give `gte` or `lt`.",
    ],
    [
      "{ metrics(having: [{ measure: ORDERS, gte: 1 }, { measure: UNITS, lt: null }]) { totalCount } }",
      "`having` gives no bound for `units`: give `gte` or `lt`.",
    ],
    [
      '{ metrics(spine: true, where: { month: { in: ["2024-01"] } }) { nodes { month orders } } }',
      /list of `month` .*use eq, gte and lt/,
    ],
    ['{ metrics(where: { week: { in: ["2024-W06", "2024-W60"] } }) { totalCount } }', /`week` .*"2024-W60".*YYYY-Www/],
    ["{ metrics(where: { weekday: { in: [1, 8] } }) { totalCount } }", /`weekday` .*"8".*from 1 to 7/],
    [
      '{ metrics(where: { month: { eq: "2011-13" } }) { totalCount } }',
      /`Month` is a month, YYYY-MM; "2011-13" is not\./,
    ],
    ["query ($m: Month) { metrics(where: { month: { lt: $m } }) { totalCount } }", '"2011-13"', { m: "2011-13" }],
    ['{ metrics(where: { week: { eq: "2011-W60" } }) { totalCount } }', /`week` .*"2011-W60".*YYYY-Www/],
    ['{ metrics(where: { quarter: { gte: "2011-5" } }) { totalCount } }', /`quarter` .*"2011-5".*YYYY-Qq/],
    ["{ metrics(where: { year: { eq: 20111 } }) { totalCount } }", /`year` .*"20111"/],
    ["{ metrics(where: { weekday: { eq: 9 } }) { totalCount } }", /`weekday` .*"9"/],
    ["{ metrics(where: { hour: { gte: -1 } }) { totalCount } }", /`hour` .*"-1"/],
    ["{ metrics(where: { segmentExecutive: { eq: CHAMPIONS } }) { totalCount } }", /`segmentExecutive` .*HIGH_VALUE/],
    ["{ metrics(first: -1) { nodes { month } } }", "`first` is -1; it must be from 1 to 10,000."],
    ["{ metrics(first: 10001) { nodes { month } } }", "`first` is 10001; it must be from 1 to 10,000."],
    ['{ metrics(after: "x") { nodes { month } } }', "`after` is not a cursor of this graph."],
    ["{ metrics(having: [{ measure: COUNTRIES, gte: 1 }]) { nodes { customerId } } }", /`countries` /],
    [
      "{ metrics(having: [{ measure: LAST_PURCHASE_AT, gte: 1 }]) { nodes { customerId } } }",
      "`lastPurchaseAt` is a time, and `having` compares numbers.",
    ],
  ])("%s", async (query, message, variables) => {
    const refused = await refusal(query, roles.admin, variables);
    expect(refused.code).toBe("BAD_USER_INPUT");
    expect(refused.message).toMatch(message);
    expect(`${refused.message} ${refused.remedy}`).not.toMatch(/did you mean/i);
  });

  test("a cursor of another question, which is named as such", async () => {
    const cursorOf = async (question: string) => {
      const data = await dataOf(`{ metrics(first: 1${question}) { nodes { month } pageInfo { endCursor } } }`);
      const { pageInfo } = data.metrics as { pageInfo: { endCursor: string } };
      return pageInfo.endCursor;
    };
    const query = "query ($after: String) { metrics(first: 1, after: $after) { nodes { month } } }";
    const own = await cursorOf("");
    expect(await dataOf(query, roles.admin, { after: own })).toEqual({ metrics: { nodes: [{ month: "2024-02" }] } });
    for (const other of [
      await cursorOf(", orderBy: [{ member: MONTH, direction: DESC }]"),
      await cursorOf(", where: { customerType: GUEST }"),
      await cursorOf(", having: [{ measure: ORDERS, gte: 1 }]"),
    ]) {
      const refused = await refusal(query, roles.admin, { after: other });
      expect(refused).toMatchObject({
        code: "BAD_USER_INPUT",
        message: "`after` is a cursor of another question.",
        remedy: expect.stringContaining("leave `after` out"),
      });
    }
    // Signed for another scope it is no cursor at all.
    expect(await refusal(query, roles.analyst, { after: own })).toMatchObject({
      code: "BAD_USER_INPUT",
      message: "`after` is not a cursor of this graph.",
    });
  });
});

describe("FORBIDDEN, in the same words for everything", () => {
  test.each([
    "{ metrics { nodes { customerId orders } } }",
    "{ metrics { nodes { month previous { customerId } } } }",
    "{ metrics { nodes { month yearAgo { previous { customerId orders } } } } }",
    "{ metrics { a: nodes { month } b: nodes { customerId } } }",
    "{ metrics(having: [{ measure: ORDERS }, { measure: RECENCY_DAYS }]) { nodes { month } } }",
    "{ metrics { nodes { month recencyDays } } }",
    "{ metrics { totals { trailingNetRevenue } } }",
    '{ metrics(where: { customerId: { eq: "12001" } }) { totals { orders } } }',
    '{ metrics(where: { customerId: { eq: "nobody" } }) { totals { orders } } }',
    "{ metrics(having: [{ measure: RECENCY_DAYS, lt: 5 }]) { nodes { month } } }",
    "{ metrics(having: [{ measure: LAST_PURCHASE_AT, gte: 1 }]) { nodes { month } } }",
    "{ metrics(orderBy: [{ member: CUSTOMER_ID }]) { nodes { month } } }",
    "{ metrics(orderBy: [{ member: LAST_PURCHASE_AT }]) { nodes { month } } }",
  ])("members of single customers, for who sees aggregates only: %s", async (query) => {
    expect(await refusal(query, roles.executive)).toEqual({
      message: "This is outside of what you may see.",
      code: "FORBIDDEN",
      remedy: undefined,
    });
  });

  test.each([
    [roles.country_manager, '{ country: { eq: "Spain" } }'],
    [roles.country_manager, '{ country: { in: ["France", "Atlantis"] } }'],
    [roles.crm, "{ segment: { eq: CHAMPIONS } }"],
    [roles.crm, "{ segmentDetailed: { in: [CHAMPIONS] } }"],
  ])("values outside of the scope: %#", async (scope, where) => {
    expect(await refusal(`{ metrics(where: ${where}) { totalCount } }`, scope)).toEqual({
      message: "This is outside of what you may see.",
      code: "FORBIDDEN",
      remedy: undefined,
    });
  });
});
