// The special functions against published values and identities.
import fc from "fast-check";
import { expect, it } from "vitest";
import { betaNodes } from "../../src/intelligence/betaNodes.ts";
import { digamma, logGamma } from "../../src/intelligence/logGamma.ts";

/** |found − wanted| against the larger of 1 and |wanted|. */
const off = (found: number, wanted: number) => Math.abs(found - wanted) / Math.max(1, Math.abs(wanted));

it.each([
  [0.5, Math.log(Math.sqrt(Math.PI))],
  [1, 0],
  [2, 0],
  [10, Math.log(362_880)],
  // Abramowitz & Stegun, table 6.4 and 6.1: Γ(1.5), Γ(1.25)
  [1.5, Math.log(0.886226925452758)],
  [1.25, Math.log(0.9064024770554771)],
  [101, 363.7393755555635],
  [1e-8, 18.42068073818021],
  [1e6, 12815504.569147611],
])("ln Γ(%d)", (x, wanted) => {
  expect(off(logGamma(x), wanted)).toBeLessThan(2e-15);
});

it.each([
  [1, -0.5772156649015329],
  [0.5, -1.9635100260214235],
  [2, 0.4227843350984671],
  [10, 2.251752589066721],
  [1e-3, -1000.5755719318103],
])("ψ(%d)", (x, wanted) => {
  expect(off(digamma(x), wanted)).toBeLessThan(2e-15);
});

it("holds the recurrence everywhere", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (x) => {
      expect(off(logGamma(x + 1) - logGamma(x), Math.log(x))).toBeLessThan(1e-14 * Math.max(1, Math.abs(logGamma(x))));
      expect(off(digamma(x + 1) - digamma(x), 1 / x)).toBeLessThan(1e-13);
    }),
  );
});

it("takes means over a Beta distribution exactly, for powers", () => {
  const parts = fc.double({ min: 1e-6, max: 1e5, noNaN: true });
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const { places, weights } = betaNodes(a, b);
      let moment = 1;
      for (let power = 0; power < 8; power += 1) {
        const found = places.reduce((sum, place, at) => sum + (weights[at] as number) * place ** power, 0);
        expect(Math.abs(found - moment) / moment).toBeLessThan(1e-7);
        moment *= (a + power) / (a + b + power);
      }
    }),
  );
});
