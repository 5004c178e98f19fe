// The days that a filter leaves, and the same filter so much earlier.
import { describe, expect, it } from "vitest";
import { daysAsked, whereEarlier } from "../../src/query/calendarConditions.ts";
import type { MetricsRequest, Where } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { spineOf } from "../../src/query/spineOf.ts";

describe("the days that a filter leaves", () => {
  it.each<[Where, string | null, string | null]>([
    [{}, null, null],
    [{ country: { eq: "France" } }, null, null],
    [{ month: { eq: "2011-02" } }, "2011-02-01", "2011-03-01"],
    [{ month: { gte: "2011-02" }, quarter: { lt: "2011-Q3" } }, "2011-02-01", "2011-07-01"],
    [{ year: { eq: "2011" }, day: { gte: "2011-05-17" } }, "2011-05-17", "2012-01-01"],
    [{ week: { eq: "2011-W01" } }, "2011-01-03", "2011-01-10"],
    [{ year: { eq: "9999" } }, "9999-01-01", null],
    [{ month: { eq: "9999-12" } }, "9999-12-01", null],
    [{ day: { eq: "9999-12-31" } }, "9999-12-31", null],
  ])("%j", (where, from, before) => expect(daysAsked(where)).toEqual({ from, before }));
});

describe("a filter so much earlier", () => {
  const month = { periods: 1, years: 0 };
  const year = { periods: 0, years: 1 };
  it.each<[string, Where, Parameters<typeof whereEarlier>[1], typeof month, Where]>([
    ["a month", { month: { eq: "2011-01" } }, "month", month, { month: { eq: "2010-12" } }],
    [
      "a range of months",
      { month: { gte: "2011-02", lt: "2011-04" } },
      "month",
      month,
      { month: { gte: "2011-01", lt: "2011-03" } },
    ],
    [
      "a year ago",
      { year: { eq: "2011" }, country: { eq: "France" } },
      "month",
      year,
      { year: { eq: "2010" }, country: { eq: "France" } },
    ],
    [
      "a year as a month earlier, in days",
      { year: { eq: "2011" } },
      "month",
      month,
      { day: { gte: "2010-12-01", lt: "2011-12-01" } },
    ],
    [
      "days by months, the end being what comes before it",
      { day: { gte: "2011-03-31", lt: "2011-03-31" } },
      "month",
      month,
      { day: { gte: "2011-02-28", lt: "2011-03-01" } },
    ],
    ["a day by days", { day: { eq: "2011-03-01" } }, "day", month, { day: { eq: "2011-02-28" } }],
    ["29 February a year ago", { day: { eq: "2012-02-29" } }, "day", year, { day: { eq: "2011-02-28" } }],
    ["weeks", { week: { gte: "2011-W01" } }, "week", month, { week: { gte: "2010-W52" } }],
    ["weeks a year ago are 52", { week: { eq: "2011-W10" } }, "week", year, { week: { eq: "2010-W10" } }],
    [
      "a month by weeks, in days",
      { month: { eq: "2011-02" } },
      "week",
      month,
      { day: { gte: "2011-01-25", lt: "2011-02-22" } },
    ],
    [
      "two units that both leave their own",
      { month: { gte: "2011-02" }, year: { eq: "2011" } },
      "month",
      month,
      { month: { gte: "2011-01" }, day: { gte: "2010-12-01", lt: "2011-12-01" } },
    ],
    [
      "what is no calendar unit stays",
      { weekday: { eq: "1" }, cohortMonth: { eq: "2011-01" } },
      "month",
      month,
      { weekday: { eq: "1" }, cohortMonth: { eq: "2011-01" } },
    ],
    [
      "the calendar's beginning",
      { month: { lt: "0001-02", gte: "0001-01" } },
      "month",
      month,
      { month: { gte: "0001-01", lt: "0001-01" } },
    ],
  ])("%s", (_, where, grain, shift, wanted) => expect(whereEarlier(where, grain, shift)).toEqual(wanted));
});

describe("a spine", () => {
  const facts = { dataFrom: "2010-12-01", dataThrough: "2011-12-09" } as SnapshotFacts;
  const ask = (dimensions: MetricsRequest["dimensions"], where: Where = {}) => {
    const spine = spineOf({ kind: "metrics", measures: [], dimensions, where, spine: true }, facts);
    return spine && [spine.grain, spine.first, spine.last];
  };

  it("goes from the first to the last period asked for, and stands for the data where nothing is", () => {
    expect(ask(["month"])).toEqual(["month", "2010-12-01", "2011-12-01"]);
    expect(ask(["quarter", "country"])).toEqual(["quarter", "2010-10-01", "2011-10-01"]);
    expect(ask(["week"])).toEqual(["week", "2010-11-29", "2011-12-05"]);
    expect(ask(["month", "day"], { month: { eq: "2011-02" } })).toEqual(["day", "2011-02-01", "2011-02-28"]);
    expect(ask(["month"], { day: { gte: "2011-02-28", lt: "2011-04-01" } })).toEqual([
      "month",
      "2011-02-01",
      "2011-03-01",
    ]);
    expect(ask(["year"], { year: { gte: "2009" } })).toEqual(["year", "2009-01-01", "2011-01-01"]);
  });

  it.each<Where>([
    { month: { gte: "2011-05", lt: "2011-05" } },
    { day: { gte: "2011-02-15", lt: "2011-02-10" } },
    { day: { gte: "2011-12-25" } },
    { day: { lt: "2010-12-01" } },
  ])("is empty where the range is: %j", (where) => {
    const [, first, last] = ask(["month"], where) ?? [];
    expect(String(last) < String(first)).toBe(true);
  });

  it("is none without a calendar unit, and refused where it would be too long", () => {
    expect(ask(["country"])).toBeNull();
    expect(() => ask(["day"], { day: { gte: "1950-01-01" } })).toThrow(/has 22,623 periods; at most 10,000/);
  });
});
