// Parts add up to the whole, to the last decimal: segments, months, countries, line types and cohorts, on the fixture and on a
// generated sample, for whoever asks.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import { type Decimal, subtractDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import { type DimensionName, dimensionNames } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { keysOf } from "../../src/model/segmentSchemes.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { scope, shopFile, shopScopes } from "./shopLines.ts";

/** Measures whose parts add up, whatever they are parted by. */
const additive = measureNames.filter((name) => ["sum", "count", "difference"].includes(measureOf(name).kind));
/** Every customer, and every invoice of one, has one segment, so these add up over segments and cohorts too. */
const perCustomer: readonly MeasureName[] = ["customers", "newCustomers", "repeatCustomers"];

const sum = (values: readonly unknown[]): Decimal =>
  values.reduce<Decimal>((total, value) => subtractDecimals(total, negative(toDecimal(String(value)))), toDecimal("0"));
const negative = (value: Decimal) => subtractDecimals(toDecimal("0"), value);

const sources = [
  ["the fixture", (warehouse: TestWarehouse) => warehouse.load(shopFile), shopScopes.both],
  [
    "a generated sample",
    (warehouse: TestWarehouse) =>
      warehouse.loadText(Buffer.concat([...generateSample({ ...defaultSample, lines: 5_000, seed: 7 })])),
    scope("sample", ["United Kingdom", "Germany", "France"], ["CHAMPIONS", "AT_RISK", "GUEST", "UNSCORED"]),
  ],
] as const;

describe.each(sources)("%s", (_, load, narrow) => {
  let warehouse: TestWarehouse;
  const asker = async (asked: Scope): Promise<Asker> => ({
    warehouse: warehouse.read,
    snapshot: await readSnapshot(warehouse.read),
    scope: asked,
  });
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await load(warehouse);
  });
  afterAll(() => warehouse.close());

  const scopes = [shopScopes.everything, shopScopes.winBack, narrow];
  it.each(scopes.map((each) => [each.role, each] as const))("adds up by every dimension, as %s", async (__, asked) => {
    const as = await asker(asked);
    const [whole] = (await ask({ kind: "metrics", measures: additive, dimensions: [] }, as)).rows;
    expect(Number(whole?.lines)).toBeGreaterThan(0);
    for (const dimension of dimensionNames) {
      const parts = await ask({ kind: "metrics", measures: additive, dimensions: [dimension] }, as);
      for (const measure of additive)
        expect(sum(parts.rows.map((row) => row[measure])), `${measure} by ${dimension}`).toBe(
          toDecimal(String(whole?.[measure])),
        );
    }
  });

  it.each(scopes.map((each) => [each.role, each] as const))(
    "counts each customer in one segment, as %s",
    async (__, asked) => {
      const as = await asker(asked);
      const [whole] = (await ask({ kind: "metrics", measures: perCustomer, dimensions: [] }, as)).rows;
      const onePerCustomer: DimensionName[] = [
        "segment",
        "segmentExecutive",
        "segmentDetailed",
        "cohortMonth",
        "customer",
      ];
      for (const dimension of onePerCustomer) {
        const parts = await ask({ kind: "metrics", measures: perCustomer, dimensions: [dimension] }, as);
        for (const measure of perCustomer)
          expect(sum(parts.rows.map((row) => row[measure])), `${measure} by ${dimension}`).toBe(
            String(whole?.[measure]),
          );
      }
    },
  );

  it("agrees with the load's report, and with the sum of the lines themselves", async () => {
    const as = await asker(shopScopes.everything);
    const [whole] = (
      await ask({ kind: "metrics", measures: ["grossRevenue", "returnsValue", "lines"], dimensions: [] }, as)
    ).rows;
    const { rows } = await warehouse.owner.query(
      "SELECT kind, sum(quantity * unit_price)::text AS amount, count(*)::text AS lines FROM fact_sales GROUP BY kind",
    );
    const amountOf = (kind: string) => toDecimal(rows.find((row) => row.kind === kind)?.amount ?? "0");
    expect(whole?.grossRevenue).toBe(amountOf("SALE"));
    expect(whole?.returnsValue).toBe(negative(amountOf("RETURN")));
    const {
      rows: [run],
    } = await warehouse.owner.query("SELECT account FROM load_run");
    const { read, loaded, duplicate, superseded, rejected } = run.account;
    expect(read).toBe(loaded + duplicate + superseded + rejected);
    expect(whole?.lines).toBe(loaded);
  });

  it("a scope and its complement make up the whole", async () => {
    const keys = keysOf("CLASSIC");
    const measures = additive;
    const totals = async (asked: Scope) =>
      (await ask({ kind: "metrics", measures, dimensions: [] }, await asker(asked))).rows[0];
    const whole = await totals(shopScopes.everything);
    const some = await totals(scope("some", null, keys.slice(0, 3)));
    const rest = await totals(scope("rest", null, keys.slice(3)));
    for (const measure of measures)
      expect(sum([some?.[measure], rest?.[measure]])).toBe(toDecimal(String(whole?.[measure])));
  });
});
