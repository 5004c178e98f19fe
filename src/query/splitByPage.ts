// A page of customers is made by the figures that it is picked and ordered by. What only a bigger source can tell is asked afterwards, of the
// customers on the page alone: a list grows with its customers, and not with all that they ever bought.
import { decidingDimensions } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import { comparedMeasures } from "./compile/compileMetrics.ts";
import type { Source } from "./compile/source.ts";
import { onlyIdentified, planMetrics } from "./plan.ts";
import type { MetricsRequest } from "./request.ts";

export type SplitRequest = Readonly<{
  page: MetricsRequest;
  /** Of these customers: one row each, in any order. */
  afterwards(customers: readonly string[]): MetricsRequest;
}>;

/** Null where one statement does as well. */
export function splitByPage(request: MetricsRequest, sources: readonly Source[]): SplitRequest | null {
  const { dimensions, measures, where = {} } = request;
  if (!request.page || request.earlier?.length || where.customer || !onlyIdentified(where)) return null;
  const [deciding, ...others] = decidingDimensions(dimensions);
  if (deciding !== "customer" || others.length > 0) return null;

  const compared = comparedMeasures(request);
  const sourceOf = (names: readonly MeasureName[]) =>
    planMetrics({ measures: names, dimensions, where }, sources).figures.source;
  const source = sourceOf(compared);
  const isLate = (name: MeasureName) => !compared.includes(name) && sourceOf([...compared, name]) !== source;
  const late = measures.filter(isLate);
  if (late.length === 0) return null;
  return {
    page: { ...request, measures: measures.filter((name) => !late.includes(name)) },
    afterwards: (customers) => ({
      kind: "metrics",
      measures: late,
      dimensions: ["customer"],
      where: { ...where, customer: { in: customers } },
    }),
  };
}
