// The three tables of a scope with a smallest cell, against the rules worked out over the lines in memory, with sets of customers; and
// every other question, which is refused.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MeasureName } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { MetricsAnswer } from "../../src/query/answer.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest, Request } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { evaluate, keepsLine, type Row } from "./evaluate.ts";
import { sales, sum } from "./figures.ts";
import { mixedFile, mixedWords, readMixedLines } from "./mixedShop.ts";
import { questionsOver, shopWords } from "./randomRequests.ts";
import { settleFractions } from "./settleFractions.ts";
import { readLines, readShopLines, type ShopLine, scope, shopFile, shopScopes } from "./shopLines.ts";

type Dimension = "month" | "country" | "segment";
const figures = {
  month: [
    ...(["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "newCustomers", "units"] as const),
    "averageOrderValue",
  ],
  country: [
    ...(["grossRevenue", "netRevenue", "returnsValue", "orders", "customers", "units"] as const),
    ...(["averageOrderValue", "revenueShare"] as const),
  ],
  segment: [
    ...(["customers", "orders", "grossRevenue", "netRevenue", "revenueShare", "averageOrderValue"] as const),
    "medianRecencyDays",
  ],
} as const satisfies Record<Dimension, readonly MeasureName[]>;
const tables = ["month", "country", "segment"] as const;

const question = (dimension: Dimension, measures: readonly MeasureName[] = figures[dimension]): MetricsRequest => ({
  kind: "metrics",
  measures,
  dimensions: [dimension],
  ...(dimension === "country" && {
    orderBy: [
      { member: "grossRevenue", direction: "DESC" },
      { member: "country", direction: "ASC" },
    ],
  }),
});

const withMinimum = (of: Scope, minimumCustomers: number): Scope => ({
  ...of,
  customerLevel: false,
  minimumCustomers,
  fingerprint: `${of.fingerprint}, ${minimumCustomers}`,
});

const cellOf = (dimension: Dimension, line: ShopLine) =>
  dimension === "month" ? line.at.slice(0, 7) : line[dimension];

/** The rules in the words of their definition. */
function expected(dimension: Dimension, lines: readonly ShopLine[], minimum: number) {
  const linesOf = (keys: ReadonlySet<string>) => lines.filter((line) => keys.has(cellOf(dimension, line)));
  const anyCustomers = (some: readonly ShopLine[]) => new Set(some.flatMap((line) => line.customer ?? [])).size;
  const isShort = (count: number) => count >= 1 && count < minimum;
  const isTooFew = (keys: ReadonlySet<string>) =>
    isShort(anyCustomers(linesOf(keys))) || isShort(anyCustomers(sales(linesOf(keys))));
  const all = [...new Set(lines.map((line) => cellOf(dimension, line)))];
  const size = (key: string) => anyCustomers(linesOf(new Set([key])));
  const withCustomers = all.filter((key) => size(key) > 0);
  const hidden = new Set(withCustomers.filter((key) => isTooFew(new Set([key]))));
  const hides = hidden.size > 0;
  if (hides && dimension === "country" && withCustomers.includes("OTHER")) hidden.add("OTHER");
  const waiting = withCustomers.filter((key) => !hidden.has(key)).sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1));
  while (hides && (hidden.size < 2 || isTooFew(hidden)) && waiting.length > 0) hidden.add(String(waiting.shift()));
  const enough = !hides || (hidden.size > 1 && !isTooFew(hidden));
  if (hides && dimension === "country" && all.includes("OTHER")) hidden.add("OTHER");
  return { hidden: [...hidden].sort(), enough };
}

/** The rows as they must come, from an evaluation of the lines. */
function expectedRows(dimension: Dimension, asScope: Scope, lines: readonly ShopLine[], minimum: number) {
  const open = { ...asScope, customerLevel: true, minimumCustomers: null };
  const { hidden, enough } = expected(
    dimension,
    lines.filter((line) => keepsLine(open, line)),
    minimum,
  );
  const whole = evaluate(question(dimension), open, lines);
  const rows = whole.filter((row) => !hidden.includes(String(row[dimension])));
  const unshared = rows.map((row) => ("revenueShare" in row && !enough ? { ...row, revenueShare: null } : row));
  if (dimension !== "country" || hidden.length === 0 || !enough)
    return { rows: unshared, withheld: dimension === "country" ? [] : hidden };
  const merged = { ...question(dimension), dimensions: [], orderBy: [], where: { country: { in: hidden } } };
  const [other = {}] = evaluate(merged, open, lines);
  const grossOf = (some: readonly ShopLine[]) => Number(sum(sales(some)));
  const kept = lines.filter((line) => keepsLine(open, line));
  const total = grossOf(kept);
  const share = total === 0 ? null : grossOf(kept.filter(({ country }) => hidden.includes(country))) / total;
  const row: Row = { ...other, country: "OTHER", revenueShare: share };
  const inOrder = [...rows, row].sort(
    (a, b) => Number(b.grossRevenue) - Number(a.grossRevenue) || (String(a.country) < String(b.country) ? -1 : 1),
  );
  return { rows: inOrder, withheld: [] };
}

const settled = ({ rows, withheld }: MetricsAnswer, wanted: { rows: readonly Row[] }) => ({
  rows: settleFractions(rows as Row[], wanted.rows),
  withheld,
});

const shops = [
  [
    "the fixture",
    (warehouse: TestWarehouse) => warehouse.load(shopFile),
    readShopLines(),
    [
      shopScopes.everything,
      shopScopes.twoCountries,
      shopScopes.winBack,
      shopScopes.oddKeys,
      shopScopes.both,
      shopScopes.noCountry,
      scope("who never bought, and guests", null, ["UNSCORED", "GUEST"]),
    ],
    shopWords,
  ],
  [
    "the mixed shop",
    (warehouse: TestWarehouse) => warehouse.loadText(mixedFile),
    readMixedLines(),
    [
      ...mixedWords.scopes,
      scope("two segments", null, ["CHAMPIONS", "CHURN_RISK"]),
      scope("one segment", null, ["POTENTIAL_LOYALISTS"]),
    ],
    mixedWords,
  ],
] as const;

describe.each(shops)("%s", (_, load, lines, scopes, words) => {
  let warehouse: TestWarehouse;
  let snapshot: SnapshotFacts;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await load(warehouse);
    snapshot = await readSnapshot(warehouse.read);
  });
  afterAll(() => warehouse.close());
  const as = (asked: Scope): Asker => ({ warehouse: warehouse.read, snapshot, scope: asked });

  it.each([2, 3, 4, 5, 6])("shows nothing of fewer than %i customers", async (minimum) => {
    const seen = { rows: 0, hidden: 0 };
    for (const each of scopes) {
      for (const dimension of tables) {
        const wanted = expectedRows(dimension, each, lines, minimum);
        const found = await ask(question(dimension), as(withMinimum(each, minimum)));
        expect(settled(found, wanted), `${each.role} by ${dimension}`).toEqual(wanted);
        expect(found).toMatchObject({ totals: null, totalCount: null, hasNextPage: false, cursors: [] });
        seen.rows += wanted.rows.length;
        seen.hidden += wanted.withheld.length + Number(wanted.rows.some(({ country }) => country === "OTHER"));
      }
    }
    expect(seen.rows).toBeGreaterThan(10);
    expect(seen.hidden).toBeGreaterThan(3);
  });

  it("the same rows are there whatever is selected of them", async () => {
    for (const each of scopes) {
      for (const dimension of tables) {
        const asker = as(withMinimum(each, 4));
        const whole = await ask(question(dimension), asker);
        for (const measures of [[], ...figures[dimension].map((name) => [name])]) {
          const part = await ask(question(dimension, measures), asker);
          expect(part.withheld).toEqual(whole.withheld);
          expect(part.rows).toEqual(
            whole.rows.map((row) => Object.fromEntries([dimension, ...measures].map((name) => [name, row[name]]))),
          );
        }
      }
    }
  });

  it("a smallest cell of one customer withholds nothing", async () => {
    for (const dimension of tables) {
      const asked = question(dimension);
      const wanted = await ask(asked, as(scopes[0]));
      expect(await ask(asked, as(withMinimum(scopes[0], 1)))).toEqual(wanted);
    }
  });

  const refusal = { code: "FORBIDDEN", message: "This is outside of what you may see." };

  it("refuses every random question but the tables", async () => {
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(questionsOver(words), async ({ scope: any, request }) => {
        const [dimension, ...more] = request.dimensions;
        const isTable =
          more.length === 0 &&
          tables.some((name) => name === dimension) &&
          request.measures.every((name) => (figures[dimension as Dimension] as readonly string[]).includes(name)) &&
          !request.spine &&
          ![request.having, request.earlier, request.totals, request.orderBy, Object.keys(request.where ?? {})].some(
            (list) => list?.length,
          );
        if (isTable) return;
        asked += 1;
        // A role that may see single customers is held as well.
        const asker = as({ ...withMinimum(any, 3), customerLevel: true });
        await expect(ask(request, asker)).rejects.toMatchObject(refusal);
      }),
      { seed: 46, numRuns: 300 },
    );
    expect(asked).toBeGreaterThan(250);
  });

  it("refuses a table as soon as anything is laid beside it, and every other kind of question", async () => {
    const table = question("country");
    const others: Request[] = [
      { ...table, where: { country: { eq: "France" } } },
      { ...table, where: { customerType: { eq: "IDENTIFIED" } } },
      { ...table, where: { country: {} } },
      { ...table, having: [{ measure: "customers", gte: "2" }] },
      { ...table, orderBy: [{ member: "orders", direction: "DESC" }] },
      { ...table, orderBy: [{ member: "grossRevenue", direction: "ASC" }] },
      { ...table, page: { first: 1 } },
      { ...table, count: true },
      { ...table, totals: ["customers"] },
      { ...table, rows: false },
      { ...table, measures: ["customersWithLines"] },
      { ...table, measures: ["repeatCustomers"] },
      { ...table, measures: ["newCustomers"] },
      { ...table, dimensions: ["country", "country"] },
      { ...table, dimensions: ["country", "month"] },
      { ...question("month"), earlier: [{ periods: 1, years: 0 }] },
      { ...question("month"), spine: true },
      { ...question("month"), dimensions: ["quarter"] },
      { ...question("segment"), dimensions: ["segmentExecutive"] },
      { kind: "metrics", measures: ["grossRevenue"], dimensions: [] },
      { kind: "metrics", measures: ["orders"], dimensions: ["customer"], where: { customer: { in: ["12001"] } } },
      { kind: "lines", page: { first: 1 } },
      { kind: "customerLines", ids: ["12001"], page: { first: 1 } },
      { kind: "customerAttributes", ids: ["12001"] },
    ];
    for (const request of others)
      for (const customerLevel of [true, false]) {
        const asker = as({ ...withMinimum(scopes[0], 3), customerLevel });
        await expect(ask(request, asker), JSON.stringify(request)).rejects.toMatchObject(refusal);
      }
  });
});

describe("a country that is called OTHER", () => {
  const line = (nth: number, customer: string, country: string) =>
    `${800_000 + nth},P,CUP,1,1/${13 + (nth % 15)}/2011 10:00,${nth + 1},${customer},${country}`;
  const fileOf = (countries: Readonly<Record<string, readonly string[]>>) =>
    [
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
      ...Object.entries(countries)
        .flatMap(([country, customers]) => customers.map((customer) => [customer, country] as const))
        .map(([customer, country], nth) => line(nth, customer, country)),
    ].join("\n");
  const four = ["a", "b", "c", "d"];
  const five = ["e", "f", "g", "h", "i"];

  it.each([
    ["goes with the small ones", { OTHER: four, Peru: five, Chad: ["x"] }, ["OTHER", "Peru"]],
    ["of guests alone as well", { OTHER: ["", ""], Peru: five, Fiji: four, Chad: ["x"] }, ["OTHER", "Peru"]],
    ["stands for itself where none is small", { OTHER: four, Peru: five, Other: four }, ["OTHER", "Other", "Peru"]],
    ["is no row where all are too few", { OTHER: ["x"], Chad: ["y"], Mali: [""] }, ["Mali"]],
  ])("%s", async (_, countries, wanted) => {
    const warehouse = await makeTestWarehouse();
    try {
      const text = fileOf(countries);
      await warehouse.loadText(text);
      const asked = withMinimum(scope("all", null, null), 4);
      const found = await warehouse.ask(question("country"), asked);
      const rows = expectedRows("country", asked, readLines(text), 4);
      expect(settled(found, rows)).toEqual(rows);
      expect(found.rows.map(({ country }) => String(country)).sort()).toEqual(wanted);
    } finally {
      await warehouse.close();
    }
  });
});
