// What every measure is asked: cuts and filters, each beside the same condition in hand-written SQL.
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { Where } from "../../src/query/request.ts";
import { shopScopes } from "./shopLines.ts";

export type Question = Readonly<{
  dimensions: readonly DimensionName[];
  where: Where;
  /** The filter, on the columns of the oracle's lines. */
  filter: string;
  /** The customer's first order lies in the row's period. */
  period: string;
}>;

const cut = (...dimensions: DimensionName[]): Question => ({
  dimensions,
  where: {},
  filter: "true",
  period: dimensions.includes("day")
    ? "first_at::date = day"
    : dimensions.includes("month")
      ? "first_month = month"
      : "true",
});

/** Every cut of one dimension, and some of two. */
export const cuts: readonly Question[] = [
  cut(),
  cut("day"),
  cut("month"),
  cut("country"),
  cut("segment"),
  cut("segmentExecutive"),
  cut("segmentDetailed"),
  cut("customer"),
  cut("product"),
  cut("category"),
  cut("lineType"),
  cut("customerType"),
  cut("cohortMonth"),
  cut("month", "country"),
  cut("segment", "customerType"),
  cut("cohortMonth", "month"),
  cut("customer", "country"),
  cut("product", "day"),
];

export const filters: readonly Question[] = [
  { dimensions: [], where: { lineType: { eq: "PRODUCT" } }, filter: "line_type = 'PRODUCT'", period: "true" },
  {
    dimensions: ["month"],
    where: { lineType: { in: ["POSTAGE", "MANUAL"] } },
    filter: "line_type IN ('POSTAGE', 'MANUAL')",
    period: "first_month = month",
  },
  {
    dimensions: ["country"],
    where: { product: { in: ['CAFÉ,"1"', "22423", "POST"] } },
    filter: `product IN ('CAFÉ,"1"', '22423', 'POST')`,
    period: "true",
  },
  {
    dimensions: [],
    where: { month: { gte: "2024-02", lt: "2024-06" } },
    filter: "ordered_at >= '2024-02-01' AND ordered_at < '2024-06-01'",
    period: "first_at >= '2024-02-01' AND first_at < '2024-06-01'",
  },
  {
    dimensions: ["segment"],
    where: { month: { eq: "2024-03" } },
    filter: "ordered_at >= '2024-03-01' AND ordered_at < '2024-04-01'",
    period: "first_at >= '2024-03-01' AND first_at < '2024-04-01'",
  },
  {
    dimensions: ["country"],
    where: { day: { gte: "2024-02-15", lt: "2024-03-19" } },
    filter: "ordered_at >= '2024-02-15' AND ordered_at < '2024-03-19'",
    period: "first_at >= '2024-02-15' AND first_at < '2024-03-19'",
  },
  {
    dimensions: ["month"],
    where: { customerType: { eq: "IDENTIFIED" } },
    filter: "customer IS NOT NULL",
    period: "first_month = month",
  },
  { dimensions: ["month"], where: { customerType: { eq: "GUEST" } }, filter: "customer IS NULL", period: "true" },
  {
    dimensions: ["customer"],
    where: { cohortMonth: { gte: "2024-02", lt: "2024-05" } },
    filter: "first_at >= '2024-02-01' AND first_at < '2024-05-01'",
    period: "true",
  },
  {
    dimensions: ["cohortMonth"],
    where: { customer: { in: ["12002", "12004", "12018", "500010"] }, month: { lt: "2024-07" } },
    filter: "customer IN ('12002', '12004', '12018', '500010') AND ordered_at < '2024-07-01'",
    period: "first_at < '2024-07-01'",
  },
  {
    dimensions: ["product"],
    where: { segmentDetailed: { in: ["HIBERNATING", "CHAMPIONS", "GUEST"] } },
    filter: "segment_detailed IN ('HIBERNATING', 'CHAMPIONS', 'GUEST')",
    period: "true",
  },
  { dimensions: ["month"], where: { product: { eq: "no such product" } }, filter: "false", period: "true" },
  { dimensions: [], where: { product: { eq: "no such product" } }, filter: "false", period: "true" },
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
        period: "first_month = month",
      },
      {
        dimensions: ["country"],
        where: { segment: { in: ["CHAMPIONS", "UNSCORED"] } },
        filter: "segment IN ('CHAMPIONS', 'UNSCORED')",
        period: "true",
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
        period: "first_month = month",
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
        period: "true",
      },
    ],
  },
  {
    scope: shopScopes.winBack,
    sql: "segment IN ('AT_RISK', 'CHURN_RISK')",
    named: [
      { dimensions: ["country"], where: { segment: { eq: "AT_RISK" } }, filter: "segment = 'AT_RISK'", period: "true" },
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
        period: "true",
      },
    ],
  },
];
