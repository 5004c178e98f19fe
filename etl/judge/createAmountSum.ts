// Adds up amounts exactly: whole numbers per scale, as JavaScript numbers while they are safe and as BigInt beyond, so that the
// ordinary row costs a multiplication and an addition.
import { type Decimal, toDecimal } from "../../src/kernel/decimal.ts";

const scales = 11;
/** Two numbers below it add up without loss. */
const half = 2 ** 52;
export type AmountSum = {
  /** Adds `units` · 10^-`scale`, which is exact. */
  readonly add: (units: number | bigint, scale: number) => void;
  readonly total: () => Decimal;
};

export function createAmountSum(): AmountSum {
  const sums = new Float64Array(scales);
  const large = new Array<bigint>(scales).fill(0n);

  function settle(scale: number): void {
    large[scale] = (large[scale] as bigint) + BigInt(sums[scale] as number);
    sums[scale] = 0;
  }

  return {
    add(units, scale) {
      if (typeof units === "bigint" || units >= half || units <= -half) {
        large[scale] = (large[scale] as bigint) + BigInt(units);
        return;
      }
      const sum = (sums[scale] as number) + units;
      sums[scale] = sum;
      if (sum >= half || sum <= -half) settle(scale);
    },
    total() {
      let units = 0n;
      for (let scale = 0; scale < scales; scale++) {
        settle(scale);
        units += (large[scale] as bigint) * 10n ** BigInt(scales - 1 - scale);
      }
      const digits = (units < 0n ? -units : units).toString().padStart(scales, "0");
      const point = digits.length - (scales - 1);
      return toDecimal(`${units < 0n ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`);
    },
  };
}
