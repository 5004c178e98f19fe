// Whether the model of what an order is worth can be believed.

import type { LeftOut, ModelFit } from "../kernel/ModelCard.ts";
import type { GammaGammaFit, OrderValues } from "./fitGammaGamma.ts";

export const leastValues = 20;

/** `fit`: null where none was tried. */
export function judgeGammaGamma(
  { orders, means }: OrderValues,
  fit: GammaGammaFit | null,
  leftOut: readonly LeftOut[],
): ModelFit {
  const base = { model: "GAMMA_GAMMA", customersUsed: means.length, leftOut } as const;
  if (means.length < leastValues || fit === null) {
    const reason = `${means.length} customers came again and paid something for it; it takes ${leastValues}.`;
    const nothing = { parameters: [], logLikelihood: null, converged: false, steps: 0 };
    return { ...base, ...nothing, status: "INSUFFICIENT_DATA", reason };
  }
  const { parameters, logLikelihood, converged, steps, atBound } = fit;
  const { p, q, v } = parameters;
  const fitted = {
    ...base,
    parameters: Object.entries({ p, q, v }).map(([name, value]) => ({ name, value })),
    logLikelihood,
    converged,
    steps,
  };
  const degenerate = (reason: string) => ({ ...fitted, status: "DEGENERATE", reason }) as const;
  if (atBound.length > 0 || !Number.isFinite(logLikelihood))
    return degenerate(
      "The parameters run away: orders are too alike in value to tell customers apart. No order value is expected.",
    );
  if (!converged)
    return degenerate(`The search had not come to an end after ${steps} steps. No order value is expected.`);
  if (q <= 1)
    return degenerate(
      `q is ${q.toPrecision(2)}: with so few very large customers the mean over all has no bound. No order value is expected.`,
    );
  const correlation = correlationOf(orders, means);
  return {
    ...fitted,
    status: "OK",
    reason: `Fitted. It takes it that what an order is worth does not hang on how many there are: here their correlation is ${correlation.toFixed(2)}.`,
  };
}

/** Pearson's; 0 where one of them does not vary. */
function correlationOf(orders: Int32Array, means: Float64Array): number {
  const size = means.length;
  // Their unit does not matter, and squares of very large ones would have no bound.
  let unit = 0;
  for (let at = 0; at < size; at += 1) unit = Math.max(unit, means[at] as number);
  if (unit === 0) return 0;
  let [x, y] = [0, 0];
  for (let at = 0; at < size; at += 1) {
    x += orders[at] as number;
    y += (means[at] as number) / unit;
  }
  x /= size;
  y /= size;
  let [xx, xy, yy] = [0, 0, 0];
  for (let at = 0; at < size; at += 1) {
    const [dx, dy] = [(orders[at] as number) - x, (means[at] as number) / unit - y];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}
