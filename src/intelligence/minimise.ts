// Finds the least value of a smooth function of a few positive parameters: a quasi-Newton search (BFGS) with a backtracking line search over
// their logarithms, which are kept within wide bounds smoothly, so that a likelihood that runs away ends at a bound instead of at infinity.
import type { Steps } from "./Steps.ts";

/** The value at these parameters; writes the derivatives into `slope`. */
export type Objective = (parameters: Float64Array, slope: Float64Array) => Steps<number>;

export type Minimum = Readonly<{
  parameters: readonly number[];
  value: number;
  /** Steps that were taken. */
  steps: number;
  converged: boolean;
  /** Places of the parameters that ended beside a bound. */
  atBound: readonly number[];
  /** What the search knows of the curvature where it ended: a good beginning for a search nearby. */
  inverse: readonly Float64Array[];
}>;

/** A parameter lies between e^−limit and e^limit. */
const limit = 14;
const nearBound = 13;
const mostSteps = 200;
const enough = 1e-4;

/** `known`: of a search that ended at `start`, or near it. */
export function* minimise(
  objective: Objective,
  start: readonly number[],
  known?: readonly Float64Array[],
): Steps<Minimum> {
  const size = start.length;
  const parameters = new Float64Array(size);
  const raw = new Float64Array(size);
  const evaluate = function* (at: Float64Array, slope: Float64Array): Steps<number> {
    at.forEach((value, place) => {
      parameters[place] = Math.exp(limit * Math.tanh(value / limit));
    });
    const value = yield* objective(parameters, raw);
    at.forEach((place, nth) => {
      slope[nth] = (raw[nth] ?? 0) * (parameters[nth] ?? 0) * (1 - Math.tanh(place / limit) ** 2);
    });
    return value;
  };

  let at = Float64Array.from(start, (value) => limit * Math.atanh(Math.log(value) / limit));
  let slope: Float64Array<ArrayBuffer> = new Float64Array(size);
  let value = yield* evaluate(at, slope);
  let inverse = known ?? scaledIdentity(slope);
  let steps = 0;
  let still = 0;
  let converged = isFlat(slope, value);
  while (!converged && steps < mostSteps) {
    let direction = times(inverse, slope).map((part) => -part);
    let descent = dot(direction, slope);
    if (!(descent < 0)) {
      inverse = scaledIdentity(slope);
      direction = times(inverse, slope).map((part) => -part);
      descent = dot(direction, slope);
    }
    const longest = Math.max(...direction.map(Math.abs));
    let length = longest > 2 ? 2 / longest : 1;
    const nextSlope = new Float64Array(size);
    let next = at;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 25; tries += 1) {
      next = at.map((part, nth) => part + length * (direction[nth] ?? 0));
      nextValue = yield* evaluate(next, nextSlope);
      if (nextValue <= value + enough * length * descent) break;
      length /= Number.isFinite(nextValue) ? 2 : 4;
    }
    // No better place along the steepest way that rounding lets it see.
    if (!(nextValue < value)) {
      converged = isFlat(slope, value, 1e-5);
      break;
    }
    steps += 1;
    inverse = updated(inverse, difference(next, at), difference(nextSlope, slope));
    still = value - nextValue < 1e-12 * Math.abs(value) ? still + 1 : 0;
    [at, value, slope] = [next, nextValue, nextSlope];
    converged = isFlat(slope, value) || still >= 2;
  }
  const found = Array.from(at, (part) => limit * Math.tanh(part / limit));
  return {
    parameters: found.map(Math.exp),
    value,
    steps,
    converged,
    inverse,
    atBound: found.flatMap((part, nth) => (Math.abs(part) > nearBound ? [nth] : [])),
  };
}

const isFlat = (slope: Float64Array, value: number, tolerance = 3e-9) =>
  slope.every((part) => Math.abs(part) <= tolerance * (1 + Math.abs(value)));

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, part, nth) => sum + part * (b[nth] ?? 0), 0);
const difference = (a: Float64Array, b: Float64Array) => a.map((part, nth) => part - (b[nth] ?? 0));
const times = (rows: readonly Float64Array[], vector: Float64Array) =>
  Float64Array.from(rows, (row) => dot(row, vector));

/** A first step of length one at most. */
function scaledIdentity(slope: Float64Array): Float64Array[] {
  const scale = 1 / Math.max(1e-12, Math.sqrt(dot(slope, slope)));
  return Array.from(slope, (_, row) => Float64Array.from(slope, (__, column) => (row === column ? scale : 0)));
}

/** The BFGS update of the inverse Hessian; the same matrix where the curvature is not positive. */
function updated(inverse: readonly Float64Array[], step: Float64Array, change: Float64Array): Float64Array[] {
  const curvature = dot(step, change);
  if (!(curvature > 1e-300)) return [...inverse];
  const turned = times(inverse, change);
  const factor = (1 + dot(change, turned) / curvature) / curvature;
  return inverse.map((row, i) =>
    row.map(
      (part, j) =>
        part +
        factor * (step[i] ?? 0) * (step[j] ?? 0) -
        ((turned[i] ?? 0) * (step[j] ?? 0) + (step[i] ?? 0) * (turned[j] ?? 0)) / curvature,
    ),
  );
}
