// Every measure, cut and filtered in every way that the model offers, against SQL written by hand over the lines.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toDecimal } from "../../src/kernel/decimal.ts";
import { dimensionNames } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { MetricRow } from "../../src/query/answer.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
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

it("every measure and every dimension has its oracle, and every dimension is cut by", () => {
  expect(Object.keys(measureOracles).sort()).toEqual([...measureNames].sort());
  expect(Object.keys(dimensionOracles).sort()).toEqual([...dimensionNames].sort());
  const cutBy = new Set(
    cuts.filter((question) => question.dimensions.length === 1).flatMap(({ dimensions }) => dimensions),
  );
  expect([...cutBy].sort()).toEqual([...dimensionNames].sort());
});

describe.each(measureNames)("%s", (measure) => {
  it.each(scopeOracles.map((oracle) => [oracle.scope.role, oracle] as const))(
    "as %s",
    async (_, { scope, sql, named }) => {
      const answers = [...cuts, ...filters, ...named].map(async (question) => {
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

it("measures asked together are what they are alone", async () => {
  for (const question of [...cuts, ...filters]) {
    const together = await askRows(measureNames, question, shopScopes.twoCountries);
    const answers = measureNames.map(async (measure) => {
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
    key: dimensions.map((_, index) => row[`d${index}`] as string | null),
    value: answerOf(measure, row.value),
  }));
  keyed.sort((a, b) => dimensions.reduce((found, _, at) => found || compareKeys(a.key[at], b.key[at]), 0));
  return keyed.map(({ key, value }) =>
    Object.fromEntries([...dimensions.map((name, index) => [name, key[index]]), [measure, value]]),
  );
}

/** Nulls last, as in an answer. */
function compareKeys(a: string | null | undefined, b: string | null | undefined): number {
  if (typeof a !== "string" || typeof b !== "string")
    return Number(typeof a !== "string") - Number(typeof b !== "string");
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
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

it("the trailing year begins 365 days before asOf", async () => {
  const other = await makeTestWarehouse();
  try {
    await other.loadText(
      [
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "1,A,a,1,12/30/2022 23:59,100,c,X",
        "2,A,a,1,12/31/2022 0:00,10,c,X",
        "C3,A,a,-1,12/30/2022 12:00,7,c,X",
        "C4,A,a,-1,12/31/2022 12:00,3,c,X",
        "5,A,a,1,12/30/2023 12:00,1,c,X",
      ].join("\n"),
    );
    const answer = await other.ask({
      kind: "metrics",
      measures: ["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"],
      dimensions: [],
    });
    expect((await readSnapshot(other.read)).asOf).toBe("2023-12-31");
    expect(answer.rows).toEqual([{ trailingGrossRevenue: "11", trailingReturnsValue: "3", trailingNetRevenue: "8" }]);
  } finally {
    await other.close();
  }
});
