// What a viewer with a smallest cell gets of the graph: three tables without arguments, with what is withheld left out however it is
// selected, and nothing else.
import { describe, expect, test } from "vitest";
import { measuresShownBy } from "../../src/graph/MeasureField.ts";
import { RevenueByCountry } from "../../src/graph/types/RevenueByCountry.ts";
import { RevenueByMonth } from "../../src/graph/types/RevenueByMonth.ts";
import { Segment } from "../../src/graph/types/Segment.ts";
import type { Scope } from "../../src/model/scope.ts";
import { readShopLines, scope, shopFile } from "../oracle/shopLines.ts";
import { useGraph } from "./useGraph.ts";

const { answer, dataOf } = useGraph((warehouse) => warehouse.load(shopFile));
const open = scope("all", null, null);
const partner = (minimumCustomers: number, of: Scope = open): Scope => ({
  ...of,
  customerLevel: false,
  minimumCustomers,
  fingerprint: `${of.fingerprint}, ${minimumCustomers}`,
});

type Month = Readonly<{ month: string; grossRevenue: string | null; growth: number | null; customers: number | null }>;
type WithPrevious = Month & Readonly<{ previous: WithPrevious | null }>;

/** Customers of each month, those who only gave back among them. */
const customersOf = (month: string) =>
  new Set(readShopLines().flatMap(({ at, customer }) => (at.startsWith(month) ? (customer ?? []) : []))).size;

describe("by month", () => {
  const fields = "month grossRevenue growth customers";
  const query = `{ revenueByMonth { ${fields} previous { ${fields} previous { month grossRevenue } } } }`;

  test("every figure of a withheld month is null, as is growth from it and to it", async () => {
    const asAdmin = (await dataOf(query)).revenueByMonth as WithPrevious[];
    const months = asAdmin.map(({ month }) => month);
    const counts = months.map(customersOf).filter((count) => count > 0);
    const minimum = Math.min(...counts) + 1;
    expect(counts.filter((count) => count >= minimum).length).toBeGreaterThan(1);

    const found = (await dataOf(query, partner(minimum))).revenueByMonth as WithPrevious[];
    expect(found.map(({ month }) => month)).toEqual(months);
    const withheld = months.filter((_, at) => found[at]?.customers === null);
    expect(withheld.length).toBeGreaterThan(1);
    expect(withheld.length).toBeLessThan(months.length - 2);
    for (const month of months.filter((each) => customersOf(each) < minimum && customersOf(each) > 0))
      expect(withheld).toContain(month);
    // A month in which nothing was sold is told.
    expect(found.find(({ month }) => month === "2024-05")).toMatchObject({ grossRevenue: "0", customers: 0 });

    const hide = (row: WithPrevious | null): WithPrevious | null => {
      if (row === null) return null;
      const previous = hide(row.previous ?? null);
      const hidden = withheld.includes(row.month);
      return {
        ...row,
        ...(hidden && { grossRevenue: null }),
        ...(hidden && "customers" in row && { customers: null }),
        ...("growth" in row && (hidden || withheld.includes(row.previous?.month ?? "")) && { growth: null }),
        ...("previous" in row && { previous }),
      };
    };
    expect(found).toEqual(asAdmin.map(hide));
    expect(found.some(({ growth }) => growth !== null)).toBe(true);
    expect(found).not.toEqual(asAdmin);
  });

  test("aliases and fragments of it say the same, and growth alone or a month alone no more", async () => {
    const all = (await dataOf("{ revenueByMonth { month grossRevenue growth } }", partner(7)))
      .revenueByMonth as Month[];
    const withheld = all.filter(({ grossRevenue }) => grossRevenue === null);
    expect(withheld.length).toBeGreaterThan(1);
    const parts = await dataOf(
      `query { a: revenueByMonth { ...some } b: revenueByMonth { month ... on RevenueByMonth { x: grossRevenue y: grossRevenue } }
         c: revenueByMonth { growth } d: revenueByMonth { month } }
       fragment some on RevenueByMonth { month grossRevenue }`,
      partner(7),
    );
    expect(parts).toEqual({
      a: all.map(({ month, grossRevenue }) => ({ month, grossRevenue })),
      b: all.map(({ month, grossRevenue }) => ({ month, x: grossRevenue, y: grossRevenue })),
      c: all.map(({ growth }) => ({ growth })),
      d: all.map(({ month }) => ({ month })),
    });
  });
});

describe("by country", () => {
  type Country = Readonly<{ country: string; grossRevenue: string; customers: number; revenueShare: number }>;
  const fields = "country grossRevenue customers revenueShare averageOrderValue";

  test("small countries are one row, and what is shown is of everybody", async () => {
    const asAdmin = (await dataOf(`{ revenueByCountry { ${fields} } }`)).revenueByCountry as Country[];
    const found = (await dataOf(`{ revenueByCountry { ${fields} } }`, partner(3))).revenueByCountry as Country[];
    const other = found.find(({ country }) => country === "OTHER");
    const kept = found.filter((row) => row !== other);
    expect(kept.length).toBeGreaterThan(0);
    expect(asAdmin).toEqual(expect.arrayContaining(kept));
    const merged = asAdmin.filter(({ country }) => !kept.some((row) => row.country === country));
    expect(merged.length).toBeGreaterThan(1);
    for (const { customers } of found) expect(customers === 0 || customers >= 3).toBe(true);
    const thousandths = (rows: readonly Country[]) =>
      rows.reduce((sum, { grossRevenue }) => sum + Math.round(Number(grossRevenue) * 1000), 0);
    expect(thousandths(other ? [other] : [])).toBe(thousandths(merged));
    expect(other?.revenueShare).toBeCloseTo(thousandths(merged) / thousandths(asAdmin), 14);
    const revenues = found.map(({ grossRevenue }) => Number(grossRevenue));
    expect(revenues).toEqual([...revenues].sort((a, b) => b - a));
  });

  test("their names are not to be had without figures either", async () => {
    const { revenueByCountry, named } = await dataOf(
      `{ revenueByCountry { ${fields} } named: revenueByCountry { country } }`,
      partner(3),
    );
    expect(named).toEqual((revenueByCountry as Country[]).map(({ country }) => ({ country })));
  });
});

describe("by segment", () => {
  test("small keys are left out, with figures and without", async () => {
    const fields = "customers grossRevenue orders revenueShare medianRecencyDays";
    const asAdmin = (await dataOf(`{ segments { key ${fields} } }`)).segments as { key: string; customers: number }[];
    const { found, said, keys } = await dataOf(
      `{ found: segments { key ${fields} } said: segments(scheme: CLASSIC) { key } keys: segments { key scheme name } }`,
      partner(4),
    );
    const shown = found as typeof asAdmin;
    expect(shown.map(({ key }) => key)).toContain("GUEST");
    // Two customers never bought, and they are few too.
    expect(shown.map(({ key }) => key)).not.toContain("UNSCORED");
    expect(asAdmin.length - shown.length).toBeGreaterThan(1);
    expect(shown.length).toBeGreaterThan(2);
    for (const { customers } of shown) expect(customers === 0 || customers >= 4).toBe(true);
    expect(asAdmin).toEqual(expect.arrayContaining(shown));
    expect(said).toEqual(shown.map(({ key }) => ({ key })));
    expect((keys as { key: string }[]).map(({ key }) => key)).toEqual(shown.map(({ key }) => key));
  });

  test("where all are too few only guests are left, without the share that would tell the others", async () => {
    const few = partner(6, scope("few", null, ["UNSCORED", "CHAMPIONS", "GUEST"]));
    const query = "{ segments { key customers revenueShare } revenueByCountry { country customers revenueShare } }";
    const { segments, revenueByCountry } = await dataOf(query, few);
    expect(segments).toEqual([{ key: "GUEST", customers: 0, revenueShare: null }]);
    for (const row of revenueByCountry as unknown[]) expect(row).toMatchObject({ customers: 0, revenueShare: null });
  });
});

test.each([
  ["revenueByMonth", RevenueByMonth],
  ["revenueByCountry", RevenueByCountry],
  ["segments", Segment],
])("every figure of %s can be asked for", async (field, type) => {
  const figures = [...measuresShownBy(type).keys()];
  const { [field]: rows } = await dataOf(`{ ${field} { ${figures.join(" ")} } }`, partner(3));
  expect(Object.keys((rows as object[])[0] ?? {})).toEqual(figures);
});

describe("everything else", () => {
  test.each([
    '{ revenueByMonth(from: "2024-01") { month } }',
    '{ revenueByMonth(to: "2024-08") { month grossRevenue } }',
    '{ revenueByMonth(from: "1990-01", to: "1990-02") { month } }',
    '{ revenueByMonth(where: { country: { eq: "France" } }) { month } }',
    "{ revenueByMonth(where: { customerType: IDENTIFIED }) { month grossRevenue } }",
    '{ revenueByCountry(where: { country: { in: ["France"] } }) { country } }',
    '{ revenueByCountry(where: { month: { gte: "2024-01" } }) { country grossRevenue } }',
    "{ segments(scheme: EXECUTIVE) { key } }",
    "{ segments(scheme: DETAILED) { key customers } }",
    "{ segments(where: { segment: { in: [GUEST] } }) { key } }",
    "{ segments { customersConnection { totalCount } } }",
    "{ segments { key customersConnection { nodes { id } } } }",
    "{ kpis { grossRevenue } }",
    "{ cohorts { month size } }",
    "{ metrics { nodes { month grossRevenue } } }",
    "{ metrics { totals { customers } } }",
    "{ customers { totalCount } }",
    '{ customer(id: "12001") { id } }',
    "{ factSales { totalCount } }",
    "{ churnRisk { totalCount } }",
  ])("is refused: %s", async (query) => {
    // The query floor holds it for a role that the graph alone would let pass.
    for (const customerLevel of [true, false]) {
      const found = await answer(query, { ...partner(3), customerLevel });
      expect(found.codes.length).toBeGreaterThan(0);
      expect(new Set(found.codes)).toEqual(new Set(["FORBIDDEN"]));
      expect(found.errors.map(({ message }) => message)).not.toContain("");
    }
  });

  test("an argument that says nothing is none", async () => {
    const { a, b } = await dataOf(
      "{ a: revenueByMonth(from: null, where: {}) { month orders } b: revenueByMonth { month orders } }",
      partner(3),
    );
    expect(a).toEqual(b);
  });
});
