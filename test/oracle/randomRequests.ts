// Random metrics questions over the fixture, and random scopes to ask them under: every measure and dimension, every kind of filter.
import fc from "fast-check";
import { type DimensionName, dimensionNames } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { keysOf } from "../../src/model/segmentSchemes.ts";
import type { Having, MetricsRequest, Order, ValueCondition, Where } from "../../src/query/request.ts";
import { scope, shopScopes } from "./shopLines.ts";

const countries = [
  "United Kingdom",
  "France",
  "Germany",
  "Belgium",
  "Spain",
  "Netherlands",
  'Åland, "Islands"',
  "Côte d'Ivoire",
] as const;
const classicKeys = keysOf("CLASSIC");
const days = ["2024-01-01", "2024-01-22", "2024-02-14", "2024-02-15", "2024-02-29", "2024-04-01", "2024-08-14"];
const months = ["2023-12", "2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06", "2024-08", "2024-09"];

const someOf = <T>(list: readonly T[], most: number) => fc.uniqueArray(fc.constantFrom(...list), { maxLength: most });

const someScope: fc.Arbitrary<Scope> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...Object.values(shopScopes)) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        countries: fc.option(fc.subarray([...countries], { minLength: 1 })),
        segments: fc.option(fc.subarray(classicKeys, { minLength: 1 })),
      })
      .map((lists) => scope(JSON.stringify(lists), lists.countries, lists.segments)),
  },
);

function oneOrSome(known: readonly string[]): fc.Arbitrary<ValueCondition> {
  if (known.length === 0) return fc.constant({ in: [] });
  const one = fc.constantFrom(...known);
  return fc.oneof(
    one.map((eq) => ({ eq })),
    someOf(known, 4).map((list) => ({ in: list })),
    fc.record({ eq: one, in: someOf(known, 4) }),
  );
}

const range = (bounds: readonly string[]): fc.Arbitrary<ValueCondition> =>
  fc.oneof(
    fc.constantFrom(...bounds).map((eq) => ({ eq })),
    fc.record({ gte: fc.constantFrom(...bounds), lt: fc.constantFrom(...bounds) }, { requiredKeys: [] }),
    someOf(bounds, 4).map((list) => ({ in: list })),
  );

const conditions: Readonly<Record<DimensionName, (scope: Scope) => fc.Arbitrary<ValueCondition>>> = {
  day: () => range(days),
  month: () => range(months),
  cohortMonth: () => range(months),
  country: (asker) => oneOrSome(asker.countries ?? [...countries, "Nowhere"]),
  segment: (asker) => oneOrSome(asker.segments ?? classicKeys),
  segmentExecutive: () => oneOrSome(keysOf("EXECUTIVE")),
  segmentDetailed: () => oneOrSome(keysOf("DETAILED")),
  customer: () => oneOrSome(["12001", "12002", "12003", "12004", "12005", "12018", "500010", "500006", "nobody"]),
  product: () => oneOrSome(["85123A", "22423", 'CAFÉ,"1"', "POST", "M", "nothing"]),
  category: () => oneOrSome(["Lamps"]),
  lineType: () => oneOrSome(["PRODUCT", "POSTAGE", "MANUAL", "DISCOUNT", "GIFT_CARD"]),
  customerType: () => oneOrSome(["IDENTIFIED", "GUEST"]),
};

/** Often nothing, seldom much: most answers should hold rows. */
const fewNames = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: someOf(dimensionNames, 1) },
  { weight: 2, arbitrary: someOf(dimensionNames, 3) },
);

const whereOf = (asker: Scope): fc.Arbitrary<Where> =>
  fewNames.chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, conditions[name](asker)]))));

/** Ratios are divided after the statement: they are neither compared nor ordered by in it. */
const inStatement = measureNames.filter((name) => !["ratio", "shareOfTotal", "set"].includes(measureOf(name).kind));
const comparable = inStatement.filter((name) => measureOf(name).format !== "text");
const numbers = ["-30", "0", "1", "2", "3", "5", "12.75", "24.15", "50", "82.65", "100.001", "500"];

const having: fc.Arbitrary<Having> = fc.constantFrom(...comparable).chain((measure) => {
  const bounds = measureOf(measure).format === "date" ? days : numbers;
  return fc
    .record(
      { eq: fc.constantFrom(...bounds), gte: fc.constantFrom(...bounds), lt: fc.constantFrom(...bounds) },
      { requiredKeys: [] },
    )
    .map(
      ({ eq, ...ends }): Having =>
        eq !== undefined && bounds.indexOf(eq) % 3 === 0 ? { measure, eq } : { measure, ...ends },
    );
});

const orderOf = (dimensions: readonly DimensionName[]): fc.Arbitrary<Order[]> =>
  fc.uniqueArray(
    fc.record({
      member: fc.constantFrom<MeasureName | DimensionName>(...inStatement, ...dimensions, ...dimensions),
      direction: fc.constantFrom("ASC" as const, "DESC" as const),
    }),
    { maxLength: 3, selector: (order) => order.member },
  );

const someDimensions = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 6, arbitrary: fc.uniqueArray(fc.constantFrom(...dimensionNames), { minLength: 1, maxLength: 3 }) },
);

/** A question that may be asked under the scope; without a page. */
const requestUnder = (asker: Scope): fc.Arbitrary<MetricsRequest> =>
  someDimensions.chain((dimensions) =>
    fc.record({
      kind: fc.constant("metrics" as const),
      dimensions: fc.constant(dimensions),
      measures: someOf(measureNames, 5),
      where: whereOf(asker),
      having: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, fc.array(having, { minLength: 1, maxLength: 2 })),
      orderBy: orderOf(dimensions),
    }),
  );

export const questions: fc.Arbitrary<{ scope: Scope; request: MetricsRequest; pages: number }> = someScope.chain(
  (asker) =>
    fc.record({ scope: fc.constant(asker), request: requestUnder(asker), pages: fc.integer({ min: 1, max: 6 }) }),
);
