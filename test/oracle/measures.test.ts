// Every measure, cut and filtered in every way that the model offers, against SQL written by hand over the lines; its total and the
// number of rows as well.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import { type DimensionName, dimensionNames, dimensionOf } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { MetricRow } from "../../src/query/answer.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { dimensionOracles, measureOracles, oracleSql } from "./measureOracles.ts";
import { cuts, filters, type Question, scopeOracles } from "./questions.ts";
import { settleFractions } from "./settleFractions.ts";
import { shopFile, shopScopes } from "./shopLines.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

it("every measure and every dimension has its oracle", () => {
  expect(Object.keys(measureOracles).sort()).toEqual([...measureNames].sort());
  expect(Object.keys(dimensionOracles).sort()).toEqual([...dimensionNames].sort());
});

/** Figures of single customers are cut by customer; first orders are of a period, which weekdays and hours are not. */
const canBeCut = (measure: MeasureName, { dimensions }: Question) =>
  (measureOf(measure).sensitivity !== "personal" || dimensions.includes("customer")) &&
  (measure !== "newCustomers" || !dimensions.some((name) => dimensionOf(name).kind === "clock"));

describe.each(measureNames)("%s", (measure) => {
  it.each(scopeOracles.map((oracle) => [oracle.scope.role, oracle] as const))(
    "as %s",
    async (_, { scope, sql, named }) => {
      const asked = [...cuts, ...filters, ...named].filter((question) => canBeCut(measure, question));
      expect(asked.length).toBeGreaterThan(8);
      const answers = asked.map(async (question) => {
        const [wanted, found] = await Promise.all([
          oracleRows(measure, question, sql),
          askRows([measure], question, scope),
        ]);
        expect(settleFractions(found, wanted), JSON.stringify(question)).toEqual(wanted);
      });
      await Promise.all(answers);
    },
  );
});

describe("beside the rows", () => {
  const whole = measureNames.filter((name) => measureOf(name).sensitivity !== "personal");

  it.each(scopeOracles.map((oracle) => [oracle.scope.role, oracle] as const))(
    "totals and the number of rows are of everything asked, as %s",
    async (_, { scope, sql, named }) => {
      const answers = [...cuts.slice(0, 3), ...filters, ...named].map(async (question) => {
        const { dimensions, where } = question;
        const asker = { warehouse: warehouse.read, snapshot, scope };
        const beside = { count: true, totals: whole };
        const request = { kind: "metrics" as const, measures: ["grossRevenue" as const], dimensions, where, ...beside };
        const paged = await ask({ ...request, page: { first: 1 } }, asker);
        const bare = await ask({ ...request, rows: false }, asker);
        const parts = await Promise.all(whole.map((name) => oracleRows(name, { ...question, dimensions: [] }, sql)));
        const wanted = Object.assign({}, ...parts.flat());
        expect(parts.flat().length).toBe(whole.length);
        for (const answer of [paged, bare]) {
          const totals = settleFractions([{ ...answer.totals }], [wanted]);
          expect(totals, JSON.stringify(question)).toEqual([wanted]);
          expect(answer.totalCount).toBe((await oracleRows("lines", question, sql)).length);
        }
        expect(bare.rows).toEqual([]);
        expect(paged.rows.length).toBe(Math.min(1, Number(paged.totalCount)));
      });
      await Promise.all(answers);
    },
  );
});

it("measures asked together are what they are alone", async () => {
  for (const question of [...cuts, ...filters]) {
    const some = measureNames.filter((measure) => canBeCut(measure, question));
    const together = await askRows(some, question, shopScopes.twoCountries);
    const answers = some.map(async (measure) => {
      const alone = await askRows([measure], question, shopScopes.twoCountries);
      const part = together.map((row) =>
        Object.fromEntries([...question.dimensions, measure].map((member) => [member, row[member] ?? null])),
      );
      expect(part, `${measure} ${JSON.stringify(question)}`).toEqual(alone);
    });
    await Promise.all(answers);
  }
});

async function askRows(measures: readonly MeasureName[], { dimensions, where }: Question, scope: Scope) {
  const answer = await ask(
    { kind: "metrics", measures, dimensions, where },
    { warehouse: warehouse.read, snapshot, scope },
  );
  return answer.rows.map(
    (row) => ({ ...row }) as Record<string, MetricRow[keyof MetricRow] & (string | number | null)>,
  );
}

async function oracleRows(measure: MeasureName, question: Question, scope: string) {
  const { rows } = await warehouse.owner.query({
    text: oracleSql(measureOracles[measure], { ...question, scope }),
    types: { getTypeParser: () => String },
  });
  const dimensions = question.dimensions;
  const keyed = rows.map((row) => ({
    key: dimensions.map((name, index) => keyOf(name, row[`d${index}`] as string | null)),
    value: answerOf(measure, row.value),
  }));
  keyed.sort((a, b) => dimensions.reduce((found, _, at) => found || compareKeys(a.key[at], b.key[at]), 0));
  return keyed.map(({ key, value }) =>
    Object.fromEntries([...dimensions.map((name, index) => [name, key[index]]), [measure, value]]),
  );
}

type Key = string | number | null;
const keyOf = (name: DimensionName, text: string | null): Key =>
  text !== null && (name === "year" || dimensionOf(name).kind === "clock") ? Number(text) : text;

/** Nulls last, as in an answer. */
function compareKeys(a: Key = null, b: Key = null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return typeof a === "number" ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
}

/** The oracle's text as the answer shows it. */
function answerOf(measure: MeasureName, text: string | null) {
  const { format, kind } = measureOf(measure);
  if (text === null) return null;
  if (kind === "set") return JSON.parse(text);
  if (format === "currency") return kind === "ratio" ? halfEven(text, 4) : toDecimal(text);
  return format === "date" || format === "text" ? text : Number(text);
}

function halfEven(text: string, places: number): string {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const kept = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
  const rest = fraction.slice(places).replace(/0+$/, "");
  const up = rest > "5" || (rest === "5" && kept % 2n === 1n);
  const digits = String(up ? kept + 1n : kept).padStart(places + 1, "0");
  return toDecimal(`${text.startsWith("-") ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`);
}

it("the trailing year begins 365 days before asOf, and ends before it", async () => {
  const other = await makeTestWarehouse();
  try {
    const lines = [
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
      "1,A,a,1,12/30/2022 23:59,100,c,X",
      "2,A,a,1,12/31/2022 0:00,10,c,X",
      "C3,A,a,-1,12/30/2022 12:00,7,c,X",
      "C4,A,a,-1,12/31/2022 12:00,3,c,X",
      "5,A,a,1,12/30/2023 12:00,1,c,X",
    ].join("\n");
    await other.loadText(lines);
    const request: MetricsRequest = {
      kind: "metrics",
      measures: ["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"],
      dimensions: ["customer"],
    };
    const answer = await other.ask(request);
    expect((await readSnapshot(other.read)).asOf).toBe("2023-12-31");
    expect(answer.rows).toEqual([
      { customer: "c", trailingGrossRevenue: "11", trailingReturnsValue: "3", trailingNetRevenue: "8" },
    ]);

    // An earlier day may be set: what came on it and after it is no past.
    await other.loadText(lines, { asOf: "2023-12-30" as IsoDate });
    const earlier = await other.ask(request);
    expect((await readSnapshot(other.read)).asOf).toBe("2023-12-30");
    expect(earlier.rows).toEqual([
      { customer: "c", trailingGrossRevenue: "110", trailingReturnsValue: "10", trailingNetRevenue: "100" },
    ]);
    const { rows: stored } = await other.owner.query(
      "SELECT trailing_net_revenue::text AS stake FROM customer_outlook ORDER BY snapshot_id DESC LIMIT 1",
    );
    expect(stored).toEqual([{ stake: "100" }]);
  } finally {
    await other.close();
  }
});
