// The month spine and the cohort table: which months are there, what is 0, what is null, and what came before.
import { describe, expect, test } from "vitest";
import { cohortTable } from "../../src/graph/cohortTable.ts";
import { fieldsOfMonths, monthSpine, monthsBefore, stepBack } from "../../src/graph/monthSpine.ts";
import { isComplete, monthsAsked, withinData } from "../../src/graph/monthsAsked.ts";
import type { Selection } from "../../src/graph/selectedFields.ts";
import type { IsoDate, Month } from "../../src/kernel/calendar.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { MetricRow } from "../../src/query/answer.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";

const facts: SnapshotFacts = {
  snapshotId: 1,
  generation: 1,
  loadRunId: 1,
  publishedAt: "2012-01-01T00:00:00.000Z",
  asOf: "2011-04-10" as IsoDate,
  dataFrom: "2010-12-05" as IsoDate,
  dataThrough: "2011-04-09" as IsoDate,
  currency: "GBP",
  recencyCuts: [],
  frequencyCuts: [],
  monetaryCuts: [],
  monetary: "grossRevenue",
  cutsOf: null,
  formerSnapshotId: null,
  rollups: [],
};
const month = (text: string) => text as Month;

function refusalOf(ask: () => unknown): string {
  try {
    ask();
  } catch (error) {
    if (error instanceof Consumer360Error && error.code === "BAD_USER_INPUT") return error.message;
    throw error;
  }
  throw new Error("Nothing was refused.");
}

/** `{ a: { b: {} } }` as a selection. */
type Tree = { readonly [field: string]: Tree };
const select = (tree: Tree): Selection => ({
  fields: new Map(Object.entries(tree).map(([name, below]) => [name, select(below)])),
});

describe("the months asked for", () => {
  test("are those of the data where nothing is said", () => {
    expect(monthsAsked(null, undefined, undefined, facts)).toEqual([
      "2010-12",
      "2011-01",
      "2011-02",
      "2011-03",
      "2011-04",
    ]);
  });

  test.each([
    ["2011-03", null, undefined, ["2011-03", "2011-04"]],
    [null, "2011-01", undefined, ["2010-12", "2011-01"]],
    ["2010-11", "2011-01", undefined, ["2010-11", "2010-12", "2011-01"]],
    ["2012-01", "2012-02", undefined, ["2012-01", "2012-02"]],
    [null, null, { gte: "2011-02", lt: "2011-04" }, ["2011-02", "2011-03"]],
    [null, null, { eq: "2011-02" }, ["2011-02"]],
    [null, null, { gte: "2012-01", lt: "2012-03" }, ["2012-01", "2012-02"]],
    ["2011-01", "2011-03", { gte: "2011-02" }, ["2011-02", "2011-03"]],
    ["2011-01", "2011-03", { gte: "2011-04" }, []],
    ["2011-03", null, { lt: "2011-02" }, []],
    [null, null, { eq: "2011-02", gte: "2011-03" }, []],
  ])("from %s to %s where %j", (from, to, condition, expected) => {
    expect(monthsAsked(from, to, condition, facts)).toEqual(expected);
  });

  test("are refused where the range ends before it begins", () => {
    expect(refusalOf(() => monthsAsked("2011-03", "2011-01", undefined, facts))).toBe(
      "`from` (2011-03) lies after `to` (2011-01).",
    );
    expect(refusalOf(() => monthsAsked("2012-03", null, undefined, facts))).toContain("the data's last month, 2011-04");
    expect(refusalOf(() => monthsAsked(null, "2009-03", undefined, facts))).toContain(
      "the data's first month, 2010-12",
    );
  });

  test.each([{ in: ["2011-01", "2011-03"] }, { in: [], gte: "2011-01" }])("are refused as a list: %j", (condition) => {
    expect(refusalOf(() => monthsAsked("2011-01", null, condition, facts))).toBe(
      "A list of months (`in`) leaves gaps, and every month from the first to the last is shown: use `gte` and `lt`.",
    );
  });

  test("are refused where they are too many, which is named", () => {
    expect(monthsAsked("1911-05", "2011-04", undefined, facts)).toHaveLength(1_200);
    expect(refusalOf(() => monthsAsked("1911-04", "2011-04", undefined, facts))).toContain(
      "1,201 months; at most 1,200",
    );
  });

  test("are read from the warehouse only as far as there is data", () => {
    expect(withinData(month("2009-01"), month("2011-01"), facts)).toEqual({ gte: "2010-12", lt: "2011-02" });
    expect(withinData(month("2012-01"), month("2012-02"), facts)).toBeNull();
    expect(withinData(month("2011-01"), month("9999-12"), { ...facts, dataThrough: "9999-12-31" as IsoDate })).toEqual({
      gte: "2011-01",
    });
  });
});

test.each([
  ["2011-03", true],
  ["2011-04", false],
  ["2009-01", true],
  ["9999-12", false],
])("%s is complete: %s", (text, complete) => {
  expect(isComplete(month(text), facts)).toBe(complete);
});

test("a month is complete on the first day of the next", () => {
  expect(isComplete(month("2011-04"), { ...facts, asOf: "2011-05-01" as IsoDate })).toBe(true);
  expect(isComplete(month("2011-04"), { ...facts, asOf: "2011-04-30" as IsoDate })).toBe(false);
});

describe("what a selection of months needs", () => {
  test.each<[Tree, number, string[]]>([
    [{ month: {}, orders: {} }, 0, ["month", "orders"]],
    [{ growth: {} }, 1, ["growth", "grossRevenue"]],
    [{ orders: {}, previous: { units: {} } }, 1, ["orders", "previous", "units"]],
    [{ previous: { previous: { growth: {} } } }, 3, ["previous", "growth", "grossRevenue"]],
  ])("%j", (tree, before, fields) => {
    expect(monthsBefore(select(tree))).toBe(before);
    expect([...fieldsOfMonths(select(tree))].toSorted()).toEqual(fields.toSorted());
  });

  test("never reaches before the first month there is", () => {
    expect(stepBack(month("2011-01"), 2)).toBe("2010-11");
    expect(stepBack(month("0001-02"), 12)).toBe("0001-01");
  });
});

describe("the spine", () => {
  const fields = new Set(["grossRevenue", "orders", "averageOrderValue"]);
  const rows: MetricRow[] = [
    { month: "2010-12", grossRevenue: "100", orders: 2, averageOrderValue: "50" },
    { month: "2011-01", grossRevenue: "150.5", orders: 1, averageOrderValue: "150.5" },
    { month: "2011-03", grossRevenue: "10", orders: 1, averageOrderValue: "10" },
    { month: "2011-04", grossRevenue: "20", orders: 1, averageOrderValue: "20" },
  ];
  const spine = (from: string, to: string, before: number) =>
    monthSpine(monthsAsked(from, to, undefined, facts), before, fields, rows, facts);

  test("has every month: null outside the data, 0 where nothing was sold", () => {
    expect(
      spine("2010-11", "2011-05", 0).map((row) => [row.month, row.grossRevenue, row.orders, row.complete]),
    ).toEqual([
      ["2010-11", undefined, undefined, true],
      ["2010-12", "100", 2, true],
      ["2011-01", "150.5", 1, true],
      ["2011-02", "0", 0, true],
      ["2011-03", "10", 1, true],
      ["2011-04", "20", 1, false],
      ["2011-05", undefined, undefined, false],
    ]);
    expect(spine("2011-02", "2011-02", 0)[0]?.averageOrderValue).toBeNull();
  });

  test("knows the month before, also where it lies before the range", () => {
    const [first] = spine("2011-01", "2011-01", 2);
    expect(first?.previous).toMatchObject({ month: "2010-12", grossRevenue: "100" });
    expect(first?.previous?.previous).toMatchObject({ month: "2010-11" });
    expect(spine("2011-01", "2011-02", 1)).toHaveLength(2);
  });

  test("grows against the month before; null against 0, against nothing and where a month is not over", () => {
    expect(spine("2010-12", "2011-04", 1).map((row) => row.growth)).toEqual([null, 0.505, -1, null, null]);
  });

  test("begins with the calendar", () => {
    const all = { ...facts, dataFrom: "0001-01-01" as IsoDate };
    expect(monthSpine([month("0001-01")], 3, fields, [], all)[0]?.previous).toBeNull();
  });

  test("is empty where no month is asked for", () => {
    expect(monthSpine([], 1, fields, rows, facts)).toEqual([]);
  });
});

describe("the cohort table", () => {
  const rows: MetricRow[] = [
    { cohortMonth: "2010-12", month: "2010-12", customers: 4, grossRevenue: "40" },
    { cohortMonth: "2010-12", month: "2011-02", customers: 1, grossRevenue: "5.5" },
    { cohortMonth: "2011-04", month: "2011-04", customers: 2, grossRevenue: "9" },
  ];
  const table = cohortTable([month("2010-12"), month("2011-01"), month("2011-04")], 4, rows, facts);
  const shown = (at: number) =>
    table[at]?.retention.map(({ customers, rate, grossRevenue, observed, complete }) => [
      customers,
      rate,
      grossRevenue,
      observed,
      complete,
    ]);

  test("has as many periods for every cohort", () => {
    expect(table.map(({ month: cohort, size, retention }) => [cohort, size, retention.length])).toEqual([
      ["2010-12", 4, 5],
      ["2011-01", 0, 5],
      ["2011-04", 2, 5],
    ]);
    expect(table[1]?.retention.map(({ period, month: at }) => `${period} ${at}`)).toEqual([
      "0 2011-01",
      "1 2011-02",
      "2 2011-03",
      "3 2011-04",
      "4 2011-05",
    ]);
  });

  test("is 0 where nobody came back", () => {
    expect(shown(0)).toEqual([
      [4, 1, "40", true, true],
      [0, 0, "0", true, true],
      [1, 0.25, "5.5", true, true],
      [0, 0, "0", true, true],
      [0, 0, "0", true, false],
    ]);
  });

  test("has no rate in a cohort of nobody", () => {
    expect(shown(1)?.slice(0, 2)).toEqual([
      [0, null, "0", true, true],
      [0, null, "0", true, true],
    ]);
  });

  test("is null, never 0, where the period starts on or after asOf", () => {
    expect(shown(2)?.slice(0, 2)).toEqual([
      [2, 1, "9", true, false],
      [null, null, null, false, false],
    ]);
    const [row] = cohortTable([month("2011-04")], 0, rows, { ...facts, asOf: "2011-04-01" as IsoDate });
    expect(row?.retention[0]).toMatchObject({ observed: false, customers: null });
  });
});
