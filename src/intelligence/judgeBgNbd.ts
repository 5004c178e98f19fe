// Whether the purchase model of some customers can be believed, and in what: there are enough of them, the search came to an end, and what
// it found is no edge case that says nothing. Its rates and its leaving are judged apart, for one may be sound where the other is not.

import type { LeftOut, ModelFit } from "../kernel/ModelCard.ts";
import type { BgNbdFit } from "./fitBgNbd.ts";
import { customersOf, type Histories, returnersOf } from "./Histories.ts";

export type JudgedBgNbd = ModelFit &
  Readonly<{
    /** The chance of no order and the orders expected can be used; P(alive) only where the status is OK. */
    isUsable: boolean;
  }>;

const leastCustomers = 50;
const leastReturners = 20;
/** Below it hardly anyone is thought to leave: P(alive) is close to 1 of everyone, and its order is one of noise. */
const leastLeaving = 0.05;

/** Why there is too little to fit the model to; null where there is enough. */
export function tooFewFor(histories: Histories): string | null {
  const customers = customersOf(histories);
  if (customers < leastCustomers) return `${customers} customers have bought; it takes ${leastCustomers}.`;
  const returners = returnersOf(histories);
  if (returners < leastReturners)
    return `${returners} customers came again on another day; it takes ${leastReturners}.`;
  return null;
}

/** `fit`: null where there was too little to try it. */
export function judgeBgNbd(histories: Histories, fit: BgNbdFit | null, leftOut: readonly LeftOut[]): JudgedBgNbd {
  const base = { model: "BG_NBD", customersUsed: customersOf(histories), leftOut } as const;
  if (fit === null) {
    const nothing = { parameters: [], logLikelihood: null, converged: false, steps: 0 };
    const reason = tooFewFor(histories) ?? "Nothing was fitted.";
    return { ...base, ...nothing, status: "INSUFFICIENT_DATA", reason, isUsable: false };
  }

  const { parameters, logLikelihood, converged, steps, atBound } = fit;
  const { r, alpha, a, b } = parameters;
  const fitted = {
    ...base,
    parameters: Object.entries({ r, alpha, a, b }).map(([name, value]) => ({ name, value })),
    logLikelihood,
    converged,
    steps,
  };
  if (atBound.some((place) => place < 2) || !Number.isFinite(logLikelihood))
    return {
      ...fitted,
      status: "DEGENERATE",
      reason:
        "The rates at which customers order run away to nothing or to infinity: customers are too alike to tell, and no chance follows.",
      isUsable: false,
    };
  if (!converged)
    return {
      ...fitted,
      status: "DEGENERATE",
      reason: `The search had not come to an end after ${steps} steps: no chance is taken from it.`,
      isUsable: false,
    };
  if (a < leastLeaving)
    return {
      ...fitted,
      status: "DEGENERATE",
      reason: `a is ${a.toPrecision(2)}: the model sees hardly anyone leave, so P(alive) is close to 1 of everyone and is not shown. The chance of no order rests on how often each one orders, and holds.`,
      isUsable: true,
    };
  if (atBound.length > 0)
    return {
      ...fitted,
      status: "DEGENERATE",
      reason:
        "The chances that customers leave run away to nothing or to one value for all, so P(alive) tells nobody apart and is not shown. The chance of no order rests on how often each one orders, and holds.",
      isUsable: true,
    };
  return { ...fitted, status: "OK", reason: "Fitted.", isUsable: true };
}
