// Spines and earlier rows against SQL written by hand: every period has its place, and what lies before it is what was there.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toDecimal } from "../../src/kernel/decimal.ts";
import type { MeasureName } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { MetricsRequest, Shift, Where } from "../../src/query/request.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import type { Row } from "./evaluate.ts";
import { keptLines } from "./measureOracles.ts";
import { mixedFile, mixedWords } from "./mixedShop.ts";
import type { Unit } from "./periods.ts";
import { settleFractions } from "./settleFractions.ts";
import { scope } from "./shopLines.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.loadText(mixedFile);
});
afterAll(() => warehouse.close());

const measures: MeasureName[] = [
  ...(["grossRevenue", "netRevenue", "orders", "customers", "newCustomers", "lines"] as const),
  ...(["repeatCustomers", "returnRate", "revenueShare", "medianRecencyDays"] as const),
];

/** A period as an answer writes it, from its first day. */
const written: Readonly<Record<Unit, string>> = {
  day: "YYYY-MM-DD",
  week: 'IYYY-"W"IW',
  month: "YYYY-MM",
  quarter: 'YYYY-"Q"Q',
  year: "YYYY",
};
const steps: Readonly<Record<Unit, string>> = {
  day: "1 day",
  week: "7 days",
  month: "1 month",
  quarter: "3 months",
  year: "1 year",
};

/** The measures of the lines under an alias, which may be none. */
const figures = (unit: Unit) => `
  coalesce(sum(k.quantity * k.unit_price) FILTER (WHERE k.kind = 'SALE'), 0) AS "grossRevenue",
  coalesce(sum(k.quantity * k.unit_price) FILTER (WHERE k.kind IN ('SALE', 'RETURN')), 0) AS "netRevenue",
  count(DISTINCT k.invoice) FILTER (WHERE k.kind = 'SALE') AS orders,
  count(DISTINCT k.customer) FILTER (WHERE k.kind = 'SALE') AS customers,
  count(DISTINCT k.customer) FILTER (
    WHERE k.kind = 'SALE' AND date_trunc('${unit}', k.first_at) = date_trunc('${unit}', k.ordered_at)) AS "newCustomers",
  count(k.invoice) AS lines,
  coalesce(sum(-k.quantity * k.unit_price) FILTER (WHERE k.kind = 'RETURN'), 0)
    / nullif(sum(k.quantity * k.unit_price) FILTER (WHERE k.kind = 'SALE'), 0) AS "returnRate"`;

/** Figures that each customer of a group has one of: how many bought twice, and the middle of the days since. */
const overCustomers = (group: string) => `
  SELECT ${group}, count(*) FILTER (WHERE orders >= 2) AS "repeatCustomers",
    percentile_cont(0.5) WITHIN GROUP (ORDER BY (SELECT as_of FROM now) - last_day) AS "medianRecencyDays"
  FROM (
    SELECT ${group}, customer, count(DISTINCT invoice) FILTER (WHERE kind = 'SALE') AS orders,
      max(day) FILTER (WHERE kind = 'SALE') AS last_day
    FROM dated_kept WHERE customer IS NOT NULL GROUP BY ${group}, customer) each_customer
  GROUP BY ${group}`;

type SqlRow = Readonly<Record<string, string | null>>;
async function sqlRows(text: string): Promise<SqlRow[]> {
  return (await warehouse.owner.query({ text, types: { getTypeParser: () => String } })).rows;
}

function shownAs(measure: MeasureName, text: string | null | undefined): string | number | null {
  if (text === null || text === undefined) return null;
  return measure === "grossRevenue" || measure === "netRevenue" ? toDecimal(text) : Number(text);
}

const measuresOf = (row: SqlRow, names: readonly MeasureName[]): Row =>
  Object.fromEntries(names.map((measure) => [measure, shownAs(measure, row[measure])]));

const named: readonly (readonly [string, Scope, string])[] = [
  ["everything", mixedWords.scopes[0] as Scope, "true"],
  ["France and Belgium", scope("two", ["France", "Belgium"], null), "country IN ('France', 'Belgium')"],
  ["churn and guests", scope("churn", null, ["CHURN_RISK", "GUEST"]), "segment IN ('CHURN_RISK', 'GUEST')"],
];

/** Ranges with a quiet beginning and end, and what they are in SQL. */
const ranges: Readonly<Record<Unit, Readonly<{ where: Where; first: string; last: string }>>> = {
  day: { where: { month: { gte: "2011-02", lt: "2011-04" } }, first: "2011-02-01", last: "2011-03-31" },
  week: { where: { day: { gte: "2010-12-01", lt: "2012-04-02" } }, first: "2010-11-29", last: "2012-03-26" },
  month: { where: { month: { gte: "2010-09", lt: "2012-07" } }, first: "2010-09-01", last: "2012-06-01" },
  quarter: { where: { year: { gte: "2010", lt: "2013" } }, first: "2010-01-01", last: "2012-10-01" },
  year: { where: { quarter: { gte: "2009-Q4", lt: "2013-Q2" } }, first: "2009-01-01", last: "2013-01-01" },
};

describe.each(Object.keys(ranges) as Unit[])("by %s", (unit) => {
  const { where, first, last } = ranges[unit];

  it.each(named)("a spine has every period of the range, as %s", async (_, asked, condition) => {
    const rows = await sqlRows(`${keptLines({ scope: condition, filter: "true" })}, dated_kept AS (
        SELECT *, date_trunc('${unit}', ordered_at)::date AS period FROM kept
      ), series AS (
        SELECT day::date AS period, day <= now.data_through AND day + interval '${steps[unit]}' > now.data_from AS inside
        FROM now, generate_series('${first}'::timestamp, '${last}', '${steps[unit]}') AS day
      ), per_customer AS (${overCustomers("period")}
      ), found AS (
        SELECT s.period, s.inside, ${figures(unit)}, max(c."repeatCustomers") AS twice, max(c."medianRecencyDays") AS middle
        FROM series s LEFT JOIN dated_kept k USING (period) LEFT JOIN per_customer c USING (period)
        GROUP BY s.period, s.inside
      )
      SELECT to_char(period, '${written[unit]}') AS period, inside,
        "grossRevenue", "netRevenue", orders, customers, "newCustomers", lines, coalesce(twice, 0) AS "repeatCustomers",
        "returnRate", "grossRevenue" / nullif(sum("grossRevenue") OVER (), 0) AS "revenueShare",
        middle AS "medianRecencyDays"
      FROM found ORDER BY found.period`);
    const wanted: Row[] = rows.map((row) => ({
      [unit]: unit === "year" ? Number(row.period) : (row.period ?? null),
      ...(row.inside === "t"
        ? measuresOf(row, measures)
        : Object.fromEntries(measures.map((measure) => [measure, null]))),
    }));
    // A period without a line, and one outside of the data.
    expect(rows.some((row) => row.inside === "t" && row.lines === "0")).toBe(unit !== "year" && unit !== "quarter");
    expect(rows.some((row) => row.inside === "f")).toBe(unit !== "day");
    const request = { kind: "metrics", measures, dimensions: [unit], where, spine: true, count: true } as const;
    const answer = await warehouse.ask(request, asked);
    expect(settleFractions(answer.rows as Row[], wanted)).toEqual(wanted);
    expect(answer.totalCount).toBe(wanted.length);
    // Bounds by `having` come after the spine.
    const none = await warehouse.ask({ ...request, having: [{ measure: "lines", eq: "0" }] }, asked);
    expect(none.totalCount).toBe(wanted.filter((row) => row.lines === 0).length);
  });
});

const shifts: readonly (readonly [string, Unit, Shift, string])[] = [
  ["the month before", "month", { periods: 1, years: 0 }, "base.period - interval '1 month'"],
  ["the month a year before", "month", { periods: 0, years: 1 }, "base.period - interval '1 year'"],
  ["two months and a year before", "month", { periods: 2, years: 1 }, "base.period - interval '14 months'"],
  ["the quarter before", "quarter", { periods: 1, years: 0 }, "base.period - interval '3 months'"],
  ["the year before", "year", { periods: 0, years: 1 }, "base.period - interval '1 year'"],
  ["the week before", "week", { periods: 1, years: 0 }, "base.period - interval '7 days'"],
  ["52 weeks before", "week", { periods: 0, years: 1 }, "base.period - interval '364 days'"],
  ["the day before", "day", { periods: 1, years: 0 }, "base.period - interval '1 day'"],
  ["the day of a year before", "day", { periods: 0, years: 1 }, "base.period - interval '1 year'"],
];

describe.each(shifts)("earlier: %s", (_, unit, shift, before) => {
  it.each(named)("as %s", async (__, asked, condition) => {
    // Both days are Mondays, so that no week is cut.
    const [from, end] = ["2011-01-03", "2012-03-05"];
    const some = unit === "week" || unit === "day";
    const within = some ? `base.period >= '${from}' AND base.period < '${end}'` : "true";
    const rows = await sqlRows(`${keptLines({ scope: condition, filter: "true" })}, dated_kept AS (
        SELECT *, date_trunc('${unit}', ordered_at)::date AS period FROM kept
      ), per_customer AS (${overCustomers("period, country")}
      ), base AS (
        SELECT k.period, k.country, ${figures(unit)},
          coalesce(max(c."repeatCustomers"), 0) AS "repeatCustomers", max(c."medianRecencyDays") AS "medianRecencyDays"
        FROM dated_kept k LEFT JOIN per_customer c USING (period, country) GROUP BY k.period, k.country
      )
      SELECT to_char(base.period, '${written[unit]}') AS period, base.country, e.country IS NOT NULL AS there, e.*
      FROM base LEFT JOIN base e ON e.country = base.country AND e.period = (${before})::date
      WHERE ${within} ORDER BY base.period, base.country COLLATE "C"`);
    const shown = measures.filter((measure) => measure !== "revenueShare");
    const wanted = rows.map((row) => (row.there === "t" ? measuresOf(row, shown) : null));
    expect(wanted.some((row) => row !== null)).toBe(true);
    expect(wanted.some((row) => row === null)).toBe(true);
    const request: MetricsRequest = {
      kind: "metrics",
      measures: shown,
      dimensions: [unit, "country"],
      where: some ? { day: { gte: from, lt: end } } : {},
      earlier: [shift],
    };
    const answer = await warehouse.ask(request, asked);
    expect(answer.rows.length).toBe(rows.length);
    const found = (answer.earlier[0] ?? []).map((row) =>
      row ? Object.fromEntries(shown.map((measure) => [measure, row[measure] ?? null])) : null,
    );
    const settled = found.map((row, at) => (row ? settleFractions([row], [wanted[at] ?? {}])[0] : null));
    expect(settled).toEqual(wanted);
  });
});

describe("what is filtered by time is looked for so much earlier", () => {
  const month: Shift = { periods: 1, years: 0 };
  const year: Shift = { periods: 0, years: 1 };
  it.each([
    ["a whole month", { month: { eq: "2011-02" } }, month, "2011-01-01", "2011-02-01"],
    ["a month in days", { day: { gte: "2011-02-01", lt: "2011-03-01" } }, month, "2011-01-01", "2011-02-01"],
    ["a longer month", { month: { eq: "2011-03" } }, month, "2011-02-01", "2011-03-01"],
    [
      "days that the month before has not",
      { day: { gte: "2011-03-01", lt: "2011-03-31" } },
      month,
      "2011-02-01",
      "2011-03-01",
    ],
    ["the first days of a month", { day: { gte: "2011-02-01", lt: "2011-02-04" } }, month, "2011-01-01", "2011-01-04"],
    [
      "a month up to its last day but one",
      { month: { eq: "2011-01" }, day: { lt: "2011-01-31" } },
      month,
      "2010-12-01",
      "2010-12-31",
    ],
    ["a leap day", { day: { eq: "2012-02-29" } }, year, "2011-02-28", "2011-03-01"],
    ["February of a leap year", { month: { eq: "2012-02" } }, year, "2011-02-01", "2011-03-01"],
    ["the turn of a year in weeks", { week: { gte: "2012-W01", lt: "2012-W02" } }, year, "2011-01-02", "2011-01-09"],
  ] as const)("%s", async (_, where, shift, from, end) => {
    const [sold] = await sqlRows(
      `${keptLines({ scope: "true", filter: `day >= '${from}' AND day < '${end}'` })}
       SELECT sum(quantity * unit_price) FILTER (WHERE kind = 'SALE') AS gross, count(*) AS lines,
         count(DISTINCT to_char(day, 'YYYY-MM')) AS months FROM kept`,
    );
    expect(sold?.months).toBe("1");
    const answer = await warehouse.ask({
      kind: "metrics",
      measures: ["grossRevenue", "lines", "revenueShare"],
      dimensions: ["month"],
      where,
      spine: true,
      earlier: [shift],
    });
    const [row] = answer.earlier[0] ?? [];
    expect(answer.earlier[0]?.length).toBe(1);
    expect([row?.grossRevenue, row?.lines]).toEqual([toDecimal(sold?.gross ?? ""), Number(sold?.lines)]);
    // A share is of the earlier whole.
    expect(row?.revenueShare).toBe(1);
  });
});

describe("beside a spine", () => {
  const asked: MetricsRequest = {
    kind: "metrics",
    measures: ["grossRevenue", "orders", "averageOrderValue"],
    dimensions: ["month"],
    earlier: [{ periods: 1, years: 0 }],
  };
  const nothing = { month: "2011-06", grossRevenue: "0", orders: 0, averageOrderValue: null };

  it("a month in which nothing was sold is an earlier row too, and one outside of the data is none", async () => {
    const { rows, earlier } = await warehouse.ask({ ...asked, spine: true });
    const [before] = earlier;
    expect(rows.map(({ month }) => month)).toContain("2011-06");
    expect(rows.find(({ month }) => month === "2011-06")).toEqual(nothing);
    expect(before?.map((row) => row?.month ?? null)).toEqual([null, ...rows.slice(0, -1).map(({ month }) => month)]);
    expect(before?.slice(1)).toEqual(rows.slice(0, -1));
    const july = await warehouse.ask({ ...asked, where: { month: { eq: "2011-07" } }, spine: true });
    expect(july.earlier).toEqual([[nothing]]);
  });

  it("without one it is not", async () => {
    const { rows, earlier } = await warehouse.ask({ ...asked, where: { month: { eq: "2011-07" } } });
    expect(rows.map(({ month }) => month)).toEqual(["2011-07"]);
    expect(earlier).toEqual([[null]]);
  });
});
