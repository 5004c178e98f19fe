// Everything that the executive's page can say, in the order in which it is said. Another insight is another file and another line here.
import type { InsightFunction } from "./InsightFunction.ts";
import { tellCohorts } from "./tellCohorts.ts";
import { tellConcentration } from "./tellConcentration.ts";
import { tellCountries } from "./tellCountries.ts";
import { tellLastMonth } from "./tellLastMonth.ts";
import { tellReturns } from "./tellReturns.ts";
import { tellRevenueAtRisk } from "./tellRevenueAtRisk.ts";
import { tellSegments } from "./tellSegments.ts";

export const insightFunctions: readonly InsightFunction[] = Object.freeze([
  tellConcentration,
  tellCountries,
  tellSegments,
  tellCohorts,
  tellReturns,
  tellRevenueAtRisk,
  tellLastMonth,
]);
