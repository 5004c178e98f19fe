// Where to look, and with which weight, to take the mean of a smooth function over a Beta distribution: Gauss's quadrature for Jacobi's
// weight, by the eigenvalues of its recurrence (Golub & Welsch 1969). Written for the interval from 0 to 1, so that nodes that crowd at 0,
// as they do where hardly anyone leaves, keep their digits.

export type Nodes = Readonly<{ places: Float64Array; weights: Float64Array }>;

/** Exact for polynomials up to a degree of twice this, less one. */
const count = 36;

/** The weights add up to 1. */
export function betaNodes(a: number, b: number, nodes = count): Nodes {
  // The weight is p^(a − 1) (1 − p)^(b − 1).
  const beta = a - 1;
  const alpha = b - 1;
  const sum = alpha + beta;
  const diagonal = new Float64Array(nodes);
  const beside = new Float64Array(nodes);
  diagonal[0] = a / (a + b);
  for (let n = 1; n < nodes; n += 1) {
    const twice = 2 * n + sum;
    diagonal[n] = (2 * n * n + 2 * n + 2 * n * sum + sum + beta * sum) / (twice * (twice + 2));
    // The factor n + sum of the general term meets the same one below where n is 1, and either may be 0.
    const last = n === 1 ? 1 : (n + sum) / (twice - 1);
    beside[n - 1] = Math.sqrt((n * (n + alpha) * (n + beta) * last) / (twice * twice * (twice + 1)));
  }
  const first = new Float64Array(nodes);
  first[0] = 1;
  diagonalise(diagonal, beside, first);
  return {
    // Rounding may put a node that stands at an end a little outside.
    places: diagonal.map((place) => Math.min(1, Math.max(0, place))),
    weights: first.map((part) => part * part),
  };
}

/**
 * Eigenvalues of a symmetric tridiagonal matrix, into `diagonal`, and the first component of each eigenvector, into `first`: the QL method
 * with implicit shifts.
 */
function diagonalise(diagonal: Float64Array, beside: Float64Array, first: Float64Array): void {
  const size = diagonal.length;
  const d = (at: number) => diagonal[at] as number;
  const e = (at: number) => beside[at] as number;
  const f = (at: number) => first[at] as number;
  beside[size - 1] = 0;
  for (let low = 0; low < size; low += 1) {
    for (let turns = 0; turns < 60; turns += 1) {
      let high = low;
      while (high < size - 1 && Math.abs(e(high)) > Number.EPSILON * (Math.abs(d(high)) + Math.abs(d(high + 1))))
        high += 1;
      if (high === low) break;
      let g = (d(low + 1) - d(low)) / (2 * e(low));
      const root = Math.hypot(g, 1);
      g = d(high) - d(low) + e(low) / (g + (g >= 0 ? root : -root));
      let [sine, cosine, p] = [1, 1, 0];
      let at = high - 1;
      for (; at >= low; at -= 1) {
        const passing = sine * e(at);
        const b = cosine * e(at);
        const r = Math.hypot(passing, g);
        beside[at + 1] = r;
        if (r === 0) {
          diagonal[at + 1] = d(at + 1) - p;
          beside[high] = 0;
          break;
        }
        sine = passing / r;
        cosine = g / r;
        const moved = d(at + 1) - p;
        const turned = (d(at) - moved) * sine + 2 * cosine * b;
        p = sine * turned;
        diagonal[at + 1] = moved + p;
        g = cosine * turned - b;
        const component = f(at + 1);
        first[at + 1] = sine * f(at) + cosine * component;
        first[at] = cosine * f(at) - sine * component;
      }
      if (at >= low) continue;
      diagonal[low] = d(low) - p;
      beside[low] = g;
      beside[high] = 0;
    }
  }
}
