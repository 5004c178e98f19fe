// What every measure is asked: cuts and filters, each beside the same condition in hand-written SQL.
import { type DimensionName, dimensionNames } from "../../src/model/dimensions.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { Where } from "../../src/query/request.ts";
import { shopScopes } from "./shopLines.ts";

export type Question = Readonly<{
  dimensions: readonly DimensionName[];
  where: Where;
  /** The filter, on the columns of the oracle's lines. */
  filter: string;
  /** What it says of time, on the customer's first order. */
  firstIn: string;
}>;

const cut = (...dimensions: DimensionName[]): Question => ({ dimensions, where: {}, filter: "true", firstIn: "true" });

/** Every cut of one dimension, and some of several. */
export const cuts: readonly Question[] = [
  cut(),
  ...dimensionNames.map((name) => cut(name)),
  cut("month", "country"),
  cut("segment", "customerType"),
  cut("cohortMonth", "month"),
  cut("customer", "country"),
  cut("product", "day"),
  cut("quarter", "segment"),
  cut("week", "month"),
  cut("year", "weekday", "hour"),
  cut("customer", "week"),
  cut("hour", "customer"),
  cut("customer", "quarter", "lineType"),
];

export const filters: readonly Question[] = [
  { dimensions: [], where: { lineType: { eq: "PRODUCT" } }, filter: "line_type = 'PRODUCT'", firstIn: "true" },
  {
    dimensions: ["month"],
    where: { lineType: { in: ["POSTAGE", "MANUAL"] } },
    filter: "line_type IN ('POSTAGE', 'MANUAL')",
    firstIn: "true",
  },
  {
    dimensions: ["country"],
    where: { product: { in: ['CAFÉ,"1"', "22423", "POST"] } },
    filter: `product IN ('CAFÉ,"1"', '22423', 'POST')`,
    firstIn: "true",
  },
  {
    dimensions: [],
    where: { month: { gte: "2024-02", lt: "2024-06" } },
    filter: "ordered_at >= '2024-02-01' AND ordered_at < '2024-06-01'",
    firstIn: "first_at >= '2024-02-01' AND first_at < '2024-06-01'",
  },
  {
    dimensions: ["segment"],
    where: { month: { eq: "2024-03" } },
    filter: "ordered_at >= '2024-03-01' AND ordered_at < '2024-04-01'",
    firstIn: "first_at >= '2024-03-01' AND first_at < '2024-04-01'",
  },
  {
    dimensions: ["country"],
    where: { day: { gte: "2024-02-15", lt: "2024-03-19" } },
    filter: "ordered_at >= '2024-02-15' AND ordered_at < '2024-03-19'",
    firstIn: "first_at >= '2024-02-15' AND first_at < '2024-03-19'",
  },
  {
    dimensions: ["month"],
    where: { customerType: { eq: "IDENTIFIED" } },
    filter: "customer IS NOT NULL",
    firstIn: "true",
  },
  { dimensions: ["month"], where: { customerType: { eq: "GUEST" } }, filter: "customer IS NULL", firstIn: "true" },
  {
    dimensions: ["customer"],
    where: { cohortMonth: { gte: "2024-02", lt: "2024-05" } },
    filter: "first_at >= '2024-02-01' AND first_at < '2024-05-01'",
    firstIn: "true",
  },
  {
    dimensions: ["cohortMonth"],
    where: { customer: { in: ["12002", "12004", "12018", "500010"] }, month: { lt: "2024-07" } },
    filter: "customer IN ('12002', '12004', '12018', '500010') AND ordered_at < '2024-07-01'",
    firstIn: "first_at < '2024-07-01'",
  },
  {
    dimensions: ["product"],
    where: { segmentDetailed: { in: ["HIBERNATING", "ABOUT_TO_SLEEP"] } },
    filter: "segment_detailed IN ('HIBERNATING', 'ABOUT_TO_SLEEP')",
    firstIn: "true",
  },
  {
    dimensions: ["country"],
    where: { week: { gte: "2024-W07", lt: "2024-W13" } },
    filter: "day BETWEEN '2024-02-12' AND '2024-03-24'",
    firstIn: "first_at >= '2024-02-12' AND first_at < '2024-03-25'",
  },
  {
    dimensions: ["customer", "month"],
    where: { week: { eq: "2024-W09" } },
    filter: "day BETWEEN '2024-02-26' AND '2024-03-03'",
    firstIn: "first_at >= '2024-02-26' AND first_at < '2024-03-04'",
  },
  {
    dimensions: ["week"],
    where: { quarter: { eq: "2024-Q1" } },
    filter: "day < '2024-04-01'",
    firstIn: "first_at < '2024-04-01'",
  },
  {
    dimensions: ["customer"],
    where: { year: { gte: "2024", lt: "2025" }, quarter: { gte: "2024-Q2" } },
    filter: "day >= '2024-04-01'",
    firstIn: "first_at >= '2024-04-01'",
  },
  { dimensions: ["quarter"], where: { year: { eq: "2023" } }, filter: "false", firstIn: "false" },
  {
    dimensions: ["customer", "weekday"],
    where: { weekday: { gte: "2", lt: "6" } },
    filter: "to_char(ordered_at, 'Dy') IN ('Tue', 'Wed', 'Thu', 'Fri')",
    firstIn: "true",
  },
  {
    dimensions: ["month"],
    where: { weekday: { in: ["1", "7"] } },
    filter: "to_char(ordered_at, 'Dy') IN ('Mon', 'Sun')",
    firstIn: "true",
  },
  {
    dimensions: ["segment"],
    where: { hour: { gte: "9", lt: "11" } },
    filter: "ordered_at::time >= '09:00' AND ordered_at::time < '11:00'",
    firstIn: "true",
  },
  {
    dimensions: ["customer", "day"],
    where: { hour: { eq: "0" } },
    filter: "ordered_at::time < '01:00'",
    firstIn: "true",
  },
  { dimensions: ["month"], where: { product: { eq: "no such product" } }, filter: "false", firstIn: "true" },
  { dimensions: [], where: { product: { eq: "no such product" } }, filter: "false", firstIn: "true" },
];

/** Scopes, each as a condition written by hand, with what they let a question name. */
export const scopeOracles: readonly Readonly<{ scope: Scope; sql: string; named: readonly Question[] }>[] = [
  {
    scope: shopScopes.everything,
    sql: "true",
    named: [
      {
        dimensions: ["month"],
        where: { country: { eq: "Germany" } },
        filter: "country = 'Germany'",
        firstIn: "true",
      },
      {
        dimensions: ["country"],
        where: { segment: { in: ["CHAMPIONS", "UNSCORED"] } },
        filter: "segment IN ('CHAMPIONS', 'UNSCORED')",
        firstIn: "true",
      },
      {
        dimensions: ["month"],
        where: { segmentDetailed: { in: ["CHAMPIONS", "GUEST"] }, segmentExecutive: { in: ["HIGH_VALUE", "GUEST"] } },
        filter: "segment_detailed IN ('CHAMPIONS', 'GUEST') AND segment_executive IN ('HIGH_VALUE', 'GUEST')",
        firstIn: "true",
      },
    ],
  },
  {
    scope: shopScopes.twoCountries,
    sql: "country IN ('France', 'Belgium')",
    named: [
      {
        dimensions: ["month"],
        where: { country: { eq: "France" } },
        filter: "country = 'France'",
        firstIn: "true",
      },
    ],
  },
  {
    scope: shopScopes.quotedCountry,
    sql: `country IN ('Åland, "Islands"', 'Netherlands', 'Spain')`,
    named: [
      {
        dimensions: ["segment"],
        where: { country: { in: ['Åland, "Islands"'] } },
        filter: `country = 'Åland, "Islands"'`,
        firstIn: "true",
      },
    ],
  },
  {
    scope: shopScopes.winBack,
    sql: "segment IN ('AT_RISK', 'CHURN_RISK')",
    named: [
      {
        dimensions: ["country"],
        where: { segment: { eq: "AT_RISK" } },
        filter: "segment = 'AT_RISK'",
        firstIn: "true",
      },
    ],
  },
  {
    scope: shopScopes.both,
    sql: "country IN ('United Kingdom', 'Germany', 'France') AND segment IN ('LOYAL_CUSTOMERS', 'CHURN_RISK', 'GUEST')",
    named: [
      {
        dimensions: ["customer"],
        where: { country: { eq: "France" }, segment: { in: ["LOYAL_CUSTOMERS", "GUEST"] } },
        filter: "country = 'France' AND segment IN ('LOYAL_CUSTOMERS', 'GUEST')",
        firstIn: "true",
      },
    ],
  },
];
