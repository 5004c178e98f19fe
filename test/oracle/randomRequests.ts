// Random metrics questions over a fixture, and random scopes to ask them under: every measure and dimension, every kind of filter, every
// order, with spines, earlier rows and totals.
import fc from "fast-check";
import { type DimensionName, dimensionNames, dimensionOf } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { keysOf } from "../../src/model/segmentSchemes.ts";
import type { Having, MetricsRequest, Order, Shift, ValueCondition, Where } from "../../src/query/request.ts";
import { isUnit, periodOf, type Unit, units } from "./periods.ts";
import { keysBeside, scope, shopScopes } from "./shopLines.ts";

/** What questions over a fixture can name. */
export type Words = Readonly<{
  scopes: readonly Scope[];
  countries: readonly string[];
  customers: readonly string[];
  products: readonly string[];
  /** In order. Their weeks, months, quarters and years are asked for too. */
  days: readonly string[];
}>;

export const shopWords: Words = Object.freeze({
  scopes: Object.values(shopScopes),
  countries: [
    ...["United Kingdom", "France", "Germany", "Belgium", "Spain", "Netherlands"],
    ...['Åland, "Islands"', "Côte d'Ivoire"],
  ],
  customers: ["12001", "12002", "12003", "12004", "12005", "12018", "500010", "500006", "nobody"],
  products: ["85123A", "22423", 'CAFÉ,"1"', "POST", "M", "nothing"],
  days: [
    ...["2023-12-11", "2024-01-01", "2024-01-22", "2024-02-14", "2024-02-15", "2024-02-29", "2024-03-19"],
    ...["2024-04-01", "2024-05-20", "2024-06-11", "2024-08-14", "2024-09-02"],
  ],
});

const classicKeys = keysOf("CLASSIC");

const someOf = <T>(list: readonly T[], most: number) => fc.uniqueArray(fc.constantFrom(...list), { maxLength: most });

const scopeOver = ({ scopes, countries }: Words): fc.Arbitrary<Scope> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...scopes) },
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

/** `ends`: what a range may stop before. */
const range = (bounds: readonly string[], ends = bounds): fc.Arbitrary<ValueCondition> =>
  fc.oneof(
    fc.constantFrom(...bounds).map((eq) => ({ eq })),
    fc.record({ gte: fc.constantFrom(...bounds), lt: fc.constantFrom(...ends) }, { requiredKeys: [] }),
    someOf(bounds, 4).map((list) => ({ in: list })),
  );

const numbersTo = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index));

type Conditions = Readonly<Record<DimensionName, (scope: Scope) => fc.Arbitrary<ValueCondition>>>;
function conditionsOver({ countries, customers, products, days }: Words): Conditions {
  const periods = (unit: Unit) => () => range([...new Set(days.map((day) => periodOf(unit, day)))]);
  return {
    day: periods("day"),
    week: periods("week"),
    month: periods("month"),
    quarter: periods("quarter"),
    year: periods("year"),
    weekday: () => range(numbersTo(1, 7)),
    hour: () => range(numbersTo(0, 23)),
    cohortMonth: periods("month"),
    country: (asker) => oneOrSome(asker.countries ?? [...countries, "Nowhere"]),
    segment: (asker) => oneOrSome(asker.segments ?? classicKeys),
    segmentExecutive: (asker) => oneOrSome(keysBeside(asker.segments, "segmentExecutive")),
    segmentDetailed: (asker) => oneOrSome(keysBeside(asker.segments, "segmentDetailed")),
    customer: () => oneOrSome(customers),
    product: () => oneOrSome(products),
    category: () => oneOrSome(["Lamps"]),
    lineType: () => oneOrSome(["PRODUCT", "POSTAGE", "MANUAL", "DISCOUNT", "GIFT_CARD"]),
    customerType: () => oneOrSome(["IDENTIFIED", "GUEST"]),
  };
}

/** Often nothing, seldom much: most answers should hold rows. */
const fewNames = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: someOf(dimensionNames, 1) },
  { weight: 2, arbitrary: someOf(dimensionNames, 3) },
);

const whereOf = (asker: Scope, conditions: Conditions): fc.Arbitrary<Where> =>
  fewNames.chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, conditions[name](asker)]))));

/** Measures that may be cut so: figures of single customers by customer, first orders by no weekday or hour. */
const measuresBy = (dimensions: readonly DimensionName[]) =>
  measureNames.filter(
    (name) =>
      (measureOf(name).sensitivity !== "personal" || dimensions.includes("customer")) &&
      (name !== "newCustomers" || !dimensions.some((cut) => dimensionOf(cut).kind === "clock")),
  );
/** Dimensions of few values, so that rows have something to be held against a year before. */
const coarseDimensions: readonly DimensionName[] = ["country", "segment", "customerType"];
/** Sets have no order, and texts are not compared. */
const inOrder = (name: MeasureName) => measureOf(name).kind !== "set";
const comparable = (name: MeasureName) => inOrder(name) && measureOf(name).format !== "text";
const numbers = [
  ...["-30", "0", "0.1", "0.25", "0.5", "1", "2", "3", "5", "12.75", "24.15", "50", "82.65", "100.001", "500"],
];

const havingOf = (measures: readonly MeasureName[], days: readonly string[]): fc.Arbitrary<Having> =>
  fc.constantFrom(...measures.filter(comparable)).chain((measure) => {
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

const orderOf = (
  measures: readonly MeasureName[],
  dimensions: readonly DimensionName[],
): fc.Arbitrary<readonly Order[]> =>
  fc.uniqueArray(
    fc.record({
      member: fc.constantFrom<MeasureName | DimensionName>(...measures.filter(inOrder), ...dimensions, ...dimensions),
      direction: fc.constantFrom("ASC" as const, "DESC" as const),
    }),
    { maxLength: 3, selector: (order) => order.member },
  );

const shifts = fc.uniqueArray(
  fc.constantFrom<Shift[]>(
    { periods: 1, years: 0 },
    { periods: 0, years: 1 },
    { periods: 2, years: 0 },
    { periods: 12, years: 0 },
    { periods: 1, years: 1 },
    { periods: 0, years: 2 },
  ),
  { maxLength: 2 },
);

const someDimensions = fc.oneof(
  { weight: 1, arbitrary: fc.constant<DimensionName[]>([]) },
  { weight: 6, arbitrary: fc.uniqueArray(fc.constantFrom(...dimensionNames), { minLength: 1, maxLength: 3 }) },
  {
    weight: 3,
    arbitrary: fc.uniqueArray(fc.constantFrom<DimensionName>(...units, ...coarseDimensions), {
      minLength: 1,
      maxLength: 2,
    }),
  },
);

/** Spines and earlier rows go by one calendar unit, and by a range: a list of periods leaves gaps, a week may lie in two months. */
const goesByPeriod = ({ dimensions, where }: MetricsRequest) =>
  dimensions.some(isUnit) &&
  units.every((unit) => where?.[unit]?.in === undefined) &&
  !(dimensions.includes("week") && !dimensions.includes("day") && dimensions.filter(isUnit).length > 1);

/** A question that may be asked under the scope; without a page. */
function requestUnder(asker: Scope, { days }: Words, conditions: Conditions): fc.Arbitrary<MetricsRequest> {
  const request = (dimensions: DimensionName[]) => {
    const measures = measuresBy(dimensions);
    return fc.record({
      kind: fc.constant("metrics" as const),
      dimensions: fc.constant(dimensions),
      measures: someOf(measures, 5),
      where: whereOf(asker, conditions),
      having: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        fc.array(havingOf(measures, days), { minLength: 1, maxLength: 2 }),
      ),
      orderBy: orderOf(measures, dimensions),
      spine: fc.boolean(),
      earlier: shifts,
      totals: fc.option(someOf(measuresBy([]), 4), { nil: undefined }),
    });
  };
  return someDimensions
    .chain(request)
    .map(({ spine, earlier, ...rest }) => (goesByPeriod(rest) ? { ...rest, spine, earlier } : rest));
}

export type RandomQuestion = Readonly<{ scope: Scope; request: MetricsRequest; pages: number }>;

export function questionsOver(words: Words): fc.Arbitrary<RandomQuestion> {
  const conditions = conditionsOver(words);
  return scopeOver(words).chain((asker) =>
    fc.record({
      scope: fc.constant(asker),
      request: requestUnder(asker, words, conditions),
      pages: fc.integer({ min: 1, max: 6 }),
    }),
  );
}
