// Parts add up to the whole, to the last decimal, over every dimension that the model says a measure adds up over: on the fixtures and on
// a generated sample, for whoever asks, filtered or not. And where it says that they do not, they need not.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import { type Decimal, subtractDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import { sumsOver } from "../../src/model/additivity.ts";
import { type DimensionName, dimensionNames, dimensionOf, timeDimensions } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { keysOf } from "../../src/model/segmentSchemes.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { Where } from "../../src/query/request.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { mixedFile } from "./mixedShop.ts";
import { scope, segmentNames, shopFile, shopScopes } from "./shopLines.ts";

const personal = (name: MeasureName) => measureOf(name).sensitivity === "personal";
/** Sums of lines: their parts add up over everything. */
const additive = measureNames.filter(
  (name) => ["sum", "count", "difference"].includes(measureOf(name).kind) && !personal(name),
);
/** Every customer, and every invoice of one, has one segment, so these add up over segments and cohorts too. */
const perCustomer: readonly MeasureName[] = ["customers", "newCustomers", "repeatCustomers"];
const filters: readonly Where[] = [{}, { lineType: { eq: "PRODUCT" } }, { country: { in: ["France", "Germany"] } }];

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
  [
    "the mixed shop",
    (warehouse: TestWarehouse) => warehouse.loadText(mixedFile),
    scope("mixed", ["France", "Germany", "Spain"], ["CHAMPIONS", "CHURN_RISK", "GUEST"]),
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
  it.each(scopes.map((each) => [each.role, each] as const))(
    "adds up where the model says so, as %s",
    async (__, asked) => {
      const as = await asker(asked);
      const wide = asked.countries === null ? filters : filters.slice(0, 2);
      for (const where of wide)
        for (const dimension of dimensionNames) {
          const measures = measureNames.filter((name) => sumsOver(name).includes(dimension) && name !== "revenueShare");
          expect(measures).toEqual(expect.arrayContaining([...additive]));
          for (const [names, beside] of [
            [measures.filter((name) => !personal(name)), []],
            [measures.filter(personal), ["customer"]],
          ] as [MeasureName[], DimensionName[]][]) {
            const whole = await ask({ kind: "metrics", measures: names, dimensions: beside, where }, as);
            const dimensions = [...new Set([...beside, dimension])];
            const parts = await ask({ kind: "metrics", measures: names, dimensions, where }, as);
            for (const name of names)
              expect(sum(parts.rows.map((row) => row[name])), `${name} by ${dimensions}`).toBe(
                sum(whole.rows.map((row) => row[name])),
              );
          }
          const shares = await ask({ kind: "metrics", measures: ["revenueShare"], dimensions: [dimension], where }, as);
          const share = shares.rows.reduce((total, row) => total + Number(row.revenueShare), 0);
          if (shares.rows.some((row) => row.revenueShare !== null)) expect(share, dimension).toBeCloseTo(1, 12);
        }
    },
  );

  it.each(scopes.map((each) => [each.role, each] as const))(
    "counts each customer in one segment, as %s",
    async (__, asked) => {
      const as = await asker(asked);
      const [whole] = (await ask({ kind: "metrics", measures: perCustomer, dimensions: [] }, as)).rows;
      const onePerCustomer: DimensionName[] = [...segmentNames, "cohortMonth", "customer"];
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

describe("what the model does not add up", () => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.loadText(mixedFile);
  });
  afterAll(() => warehouse.close());

  it("counts more, or fewer, in the rows than in the whole", async () => {
    const counts: readonly MeasureName[] = ["orders", "customers", "newCustomers", "repeatCustomers"];
    for (const measure of counts) {
      // New customers are not cut by what is no period.
      const cut = dimensionNames.filter(
        (name) =>
          !sumsOver(measure).includes(name) &&
          !(
            measure === "newCustomers" &&
            (timeDimensions.includes(name as never) || dimensionOf(name).kind === "clock")
          ),
      );
      expect(cut.length).toBeGreaterThan(2);
      const [whole] = (await warehouse.ask({ kind: "metrics", measures: [measure], dimensions: [] })).rows;
      for (const dimension of cut) {
        const parts = await warehouse.ask({ kind: "metrics", measures: [measure], dimensions: [dimension] });
        // A column that says nothing of any line here, as of a category, cuts nothing.
        const values = parts.rows.map((row) => row[dimension]);
        if (dimensionOf(dimension).kind === "column" && values.every((value) => value === null)) continue;
        expect(sum(parts.rows.map((row) => row[measure])), `${measure} by ${dimension}`).not.toBe(
          String(whole?.[measure]),
        );
      }
    }
  });

  it("new customers add up over periods only while nothing is filtered", async () => {
    const by = (dimensions: DimensionName[], where: Where) =>
      warehouse.ask({ kind: "metrics", measures: ["newCustomers"], dimensions, where });
    const total = async (dimensions: DimensionName[], where: Where) =>
      sum((await by(dimensions, where)).rows.map((row) => row.newCustomers));
    for (const unit of timeDimensions) expect(await total([unit], {})).toBe(await total([], {}));
    const where: Where = { product: { eq: "A" } };
    expect(await total(["month"], where)).not.toBe(await total([], where));
  });
});
