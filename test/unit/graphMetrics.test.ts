// What a selection of metrics rows asks for, and how the answer's rows are laid out as nodes.
import { describe, expect, test } from "vitest";
import { judgeMetrics } from "../../src/graph/judgeMetrics.ts";
import { metricNodes } from "../../src/graph/metricNodes.ts";
import { metricsHaving, metricsOrder, metricsQuestion } from "../../src/graph/metricsQuestion.ts";
import type { Selection } from "../../src/graph/selectedFields.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { everything, type Scope } from "../../src/model/scope.ts";

type Tree = { readonly [field: string]: Tree };
const select = (tree: Tree): Selection => ({
  fields: new Map(Object.entries(tree).map(([field, below]) => [field, select(below)])),
});
const asked = (tree: Tree) => metricsQuestion(select(tree), {});
/** What is selected under each response key of the rows, and the question that it comes to. */
const judged = (keys: Tree, under: Scope = scope, given: Parameters<typeof metricsQuestion>[1] = {}) => {
  const { fields } = select(keys);
  const together = Object.assign({}, ...Object.values(keys)) as Tree;
  return () => judgeMetrics(metricsQuestion(select({ nodes: together }), given), fields, under);
};

const scope: Scope = { ...everything, role: "admin", operator: false, fingerprint: "all" };

const previous = { periods: 1, years: 0 };
const yearAgo = { periods: 0, years: 1 };

describe("the question", () => {
  test("groups by what is selected, in the order of selection, and computes nothing else", () => {
    expect(asked({ nodes: { orders: {}, segment: {}, customerId: {}, month: {} } })).toEqual({
      kind: "metrics",
      measures: ["orders"],
      dimensions: ["segment", "customer", "month"],
      rows: true,
      earlier: [],
      count: false,
      totals: undefined,
    });
  });

  test("asks for rows, totals and count only where they are selected", () => {
    expect(asked({ totals: { orders: {}, month: {}, previous: { units: {} } }, totalCount: {} })).toMatchObject({
      rows: false,
      count: true,
      totals: ["orders"],
      measures: [],
      dimensions: [],
      earlier: [],
    });
    expect(asked({ pageInfo: {} }).rows).toBe(true);
    expect(asked({ totals: { month: {}, __typename: {} } }).totals).toBeUndefined();
  });

  test("looks each earlier row up once, and computes for all what only one of them shows", () => {
    const question = asked({
      nodes: {
        month: {},
        previous: { orders: {}, month: {}, yearAgo: { units: {} } },
        yearAgo: { previous: { customers: {} } },
      },
    });
    expect(question.earlier).toEqual([previous, { periods: 1, years: 1 }, yearAgo]);
    expect(question.dimensions).toEqual(["month"]);
    expect([...question.measures].toSorted()).toEqual(["customers", "orders", "units"]);
  });

  test("is refused where rows are looked up at too many earlier times", () => {
    const chain = (depth: number): Tree => (depth === 0 ? { orders: {} } : { previous: chain(depth - 1) });
    expect(asked({ nodes: { month: {}, ...chain(4) } }).earlier).toHaveLength(4);
    expect(judged({ nodes: { month: {}, ...chain(4) } })).not.toThrow();
    const tooMany = judged({ nodes: { month: {}, ...chain(4), yearAgo: { orders: {} } } });
    expect(tooMany).toThrow(Consumer360Error);
    expect(tooMany).toThrow("The rows are looked up at 5 earlier times; the bound is 4.");
  });

  test("takes conditions and keys as they are given; a member that is named twice decides the first time", () => {
    expect(metricsOrder(null)).toBeUndefined();
    expect(
      metricsOrder([
        { member: "orders", direction: "DESC" },
        { member: "month", direction: "ASC" },
        { member: "orders", direction: "ASC" },
      ]),
    ).toEqual([
      { member: "orders", direction: "DESC" },
      { member: "month", direction: "ASC" },
    ]);
    expect(metricsHaving(undefined)).toBeUndefined();
    expect(metricsHaving([{ measure: "orders", gte: "1", lt: null }, { measure: "units" }])).toEqual([
      { measure: "orders", gte: "1" },
      { measure: "units" },
    ]);
  });
});

describe("the judgement", () => {
  const message = (judge: () => void) => {
    try {
      judge();
    } catch (error) {
      if (error instanceof Consumer360Error) return `${error.code} ${error.message}`;
      throw error;
    }
    return null;
  };
  const aggregates = { ...scope, customerLevel: false };

  test("rows have the same dimensions under every response key, in whatever order", () => {
    expect(
      judged({ a: { month: {}, country: {}, orders: {} }, b: { units: {}, country: {}, month: {} } }),
    ).not.toThrow();
    expect(judged({ a: { orders: {} }, b: { units: {} } })).not.toThrow();
    expect(message(judged({ a: { month: {}, orders: {} }, b: { country: {}, customerId: {} } }))).toBe(
      "BAD_USER_INPUT `a` groups the rows by `month`, `b` by `country`, `customerId`: ask each in a `metrics` of its own (`a: metrics { nodes … } b: metrics { nodes … }`).",
    );
    expect(message(judged({ nodes: { month: {} }, same: { month: {} }, all: { orders: {} } }))).toContain(
      "`nodes` groups the rows by `month`, `all` by nothing",
    );
  });

  test("an earlier row has no dimension of its own, however far back it is", () => {
    const back = (field: string) => ({ month: {}, previous: { month: {}, yearAgo: { [field]: {} } } });
    expect(judged({ nodes: back("month") })).not.toThrow();
    expect(judged({ nodes: back("units") })).not.toThrow();
    expect(message(judged({ nodes: back("customerId") }))).toBe(
      "BAD_USER_INPUT `customerId` is selected under `yearAgo`, but not in `nodes`: select it there as well.",
    );
  });

  test("a bound is a number and is there", () => {
    const having = (...bounds: NonNullable<Parameters<typeof metricsHaving>[0]>) =>
      message(judged({ nodes: { customerId: {} } }, scope, { having: metricsHaving(bounds) }));
    expect(having({ measure: "orders", gte: "1" }, { measure: "units", lt: "9" })).toBeNull();
    expect(having({ measure: "orders", gte: "1" }, { measure: "units", gte: null })).toBe(
      "BAD_USER_INPUT `having` gives no bound for `units`: give `gte` or `lt`.",
    );
    expect(having({ measure: "lastPurchaseAt", gte: "1" })).toBe(
      "BAD_USER_INPUT `lastPurchaseAt` is a time, and `having` compares numbers.",
    );
  });

  test.each<[string, Parameters<typeof judged>]>([
    ["a dimension of a second grouping", [{ a: { month: {} }, b: { customerId: {} } }, aggregates]],
    [
      "a dimension of an earlier row",
      [{ nodes: { month: {}, yearAgo: { previous: { customerId: {} } } } }, aggregates],
    ],
    ["a measure beside two groupings", [{ a: { month: {}, recencyDays: {} }, b: { country: {} } }, aggregates]],
    [
      "a time in `having`",
      [{ nodes: {} }, aggregates, { having: [{ measure: "orders" }, { measure: "lastPurchaseAt" }] }],
    ],
    ["a filter", [{ nodes: {} }, aggregates, { where: { customer: { eq: "1" } }, having: [{ measure: "orders" }] }]],
    [
      "an order",
      [
        { nodes: {} },
        aggregates,
        { orderBy: [{ member: "customer", direction: "ASC" }], having: [{ measure: "orders" }] },
      ],
    ],
  ])("what the role may not see is refused before any fault is named: %s", (_, asks) => {
    expect(message(judged(...asks))).toBe("FORBIDDEN This is outside of what you may see.");
    const [keys, , given] = asks;
    expect(message(judged(keys, scope, given))).toMatch(/^BAD_USER_INPUT/);
  });
});

describe("the nodes", () => {
  test("bear the catalogue's names", () => {
    const rows = [{ customer: "12001", orders: 9 }];
    const [node] = metricNodes({ rows, earlier: [] }, [], select({ customerId: {}, orders: {} }));
    expect(node).toMatchObject({ customerId: "12001", orders: 9 });
  });

  test("lead to their earlier rows, as far as there are any", () => {
    const both = { periods: 1, years: 1 };
    const rows = [{ month: "2011-02" }, { month: "2011-03" }];
    const earlier = [
      [{ month: "2011-01" }, null],
      [{ month: "2010-01" }, { month: "2010-02" }],
    ];
    const nodes = metricNodes(
      { rows, earlier },
      [previous, both],
      select({ month: {}, previous: { month: {}, yearAgo: { month: {} } } }),
    );
    expect(nodes).toEqual([
      { month: "2011-02", previous: { month: "2011-01", yearAgo: { month: "2010-01" } } },
      { month: "2011-03", previous: null },
    ]);
  });

  test("are as many as the rows, also where nothing is selected of them", () => {
    expect(metricNodes({ rows: [{}, {}], earlier: [] }, [], undefined)).toHaveLength(2);
  });
});
