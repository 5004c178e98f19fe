// What is worth saying on the executive's page, and from when on: declared once, so that whoever reads a sentence can look up its bar.

export const insightKinds = [
  "CONCENTRATION",
  "COUNTRY_MOVED",
  "SEGMENT_MOVED",
  "COHORT_KEPT",
  "COHORT_LOST",
  "PRODUCT_RETURNS",
  "REVENUE_AT_RISK",
  "LAST_MONTH",
] as const;
export type InsightKind = (typeof insightKinds)[number];

export const insightSeverities = ["INFO", "NOTICE", "WARNING"] as const;
export type InsightSeverity = (typeof insightSeverities)[number];

export const insightUnits = ["FRACTION", "MONEY", "CUSTOMERS"] as const;
export type InsightUnit = (typeof insightUnits)[number];

/** Nothing is said of fewer customers than this. */
export const leastCustomers = 20;

/** From which deviation on something is said, and from which on it is a warning; how many of a kind. */
export const insightBars = Object.freeze({
  topFifthShare: { notice: 0.7, warning: 0.8 },
  topTenShare: { notice: 0.15, warning: 0.3 },
  /** Change of a month's revenue, up or down. */
  country: { notice: 0.25, warning: 0.5, most: 3 },
  /** Change of a segment's customers. */
  segment: { notice: 0.1, warning: 0.3, most: 3 },
  /** Customers who came back in the month after their first, against all cohorts. */
  cohort: { notice: 0.25, warning: 0.5, most: 1 },
  /** Share of the trailing net revenue of those who have any that is at risk. */
  risk: { notice: 0.2, warning: 0.4 },
  /** How many times the return rate of all goods. */
  returns: { notice: 3, warning: 6, most: 3 },
});

/** Of a deviation that has reached the first bar. */
export function severityOf(deviation: number, { warning }: Readonly<{ warning: number }>): InsightSeverity {
  return deviation >= warning ? "WARNING" : "NOTICE";
}
