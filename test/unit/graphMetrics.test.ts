// What a selection of metrics rows asks for, and how the answer's rows are laid out as nodes.
import { describe, expect, test } from "vitest";
import { metricNodes } from "../../src/graph/metricNodes.ts";
import { metricsHaving, metricsOrder, metricsQuestion } from "../../src/graph/metricsQuestion.ts";
import type { Selection } from "../../src/graph/selectedFields.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { Scope } from "../../src/model/scope.ts";

type Tree = { readonly [field: string]: Tree };
const select = (tree: Tree): Selection => ({
  fields: new Map(Object.entries(tree).map(([field, below]) => [field, select(below)])),
});
const asked = (tree: Tree) => metricsQuestion(select(tree), {});

const scope: Scope = {
  role: "admin",
  countries: null,
  segments: null,
  customerLevel: true,
  masked: [],
  operator: false,
  fingerprint: "all",
};

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
        previous: { orders: {}, country: {}, yearAgo: { units: {} } },
        yearAgo: { previous: { customers: {} } },
      },
    });
    expect(question.earlier).toEqual([previous, { periods: 1, years: 1 }, yearAgo]);
    expect(question.dimensions).toEqual(["month", "country"]);
    expect([...question.measures].toSorted()).toEqual(["customers", "orders", "units"]);
  });

  test("is refused where rows are looked up at too many earlier times", () => {
    const chain = (depth: number): Tree => (depth === 0 ? { orders: {} } : { previous: chain(depth - 1) });
    expect(asked({ nodes: { month: {}, ...chain(4) } }).earlier).toHaveLength(4);
    const tooMany = () => asked({ nodes: { month: {}, ...chain(4), yearAgo: { orders: {} } } });
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
    expect(metricsHaving(undefined, scope)).toBeUndefined();
    expect(metricsHaving([{ measure: "orders", gte: "1", lt: null }, { measure: "units" }], scope)).toEqual([
      { measure: "orders", gte: "1" },
      { measure: "units" },
    ]);
  });
});

test("times cannot be compared as numbers; what the role may not see is left to the query floor to refuse", () => {
  const byTime = [{ measure: "lastPurchaseAt", gte: "1" }] as const;
  expect(() => metricsHaving(byTime, scope)).toThrow("`lastPurchaseAt` is a time, and `having` compares numbers.");
  expect(metricsHaving(byTime, { ...scope, customerLevel: false })).toEqual(byTime);
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
