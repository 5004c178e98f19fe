// The logarithm of the gamma function and its derivative, for positive numbers: small ones are carried up by the recurrence until Stirling's
// series holds to the last digit. Held against published values and numerical quadrature by the tests; no library kept today offers these
// two without a chain of some thirty packages or native code (decision 0014).

/** From here on eight terms of the series are exact to the last digit of a double. */
const far = 10;
const halfLogTwoPi = 0.9189385332046728;
/** Bernoulli numbers B2, B4, … over 2k (2k − 1). */
const ofLog = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156, -3617 / 122_400];
/** Bernoulli numbers B2, B4, … over 2k. */
const ofDerivative = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32_760, 1 / 12, -3617 / 8160];

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < far) {
    product *= shifted;
    shifted += 1;
  }
  const series = seriesOf(ofLog, shifted) * shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + halfLogTwoPi + series - Math.log(product);
}

/** The derivative of ln Γ at x > 0. */
export function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  while (shifted < far) {
    sum += 1 / shifted;
    shifted += 1;
  }
  return Math.log(shifted) - 0.5 / shifted - seriesOf(ofDerivative, shifted) - sum;
}

/** Σ terms[k] / x^(2k + 2), smallest first. */
function seriesOf(terms: readonly number[], x: number): number {
  const square = 1 / (x * x);
  let sum = 0;
  for (let at = terms.length - 1; at >= 0; at -= 1) sum = (sum + (terms[at] ?? 0)) * square;
  return sum;
}
