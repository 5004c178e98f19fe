// Adds up amounts exactly: whole numbers per scale, as JavaScript numbers while they are safe and as BigInt beyond, so that the
// ordinary row costs a multiplication and an addition.
import { type Decimal, toDecimal } from "../../src/kernel/decimal.ts";
import type { NumberParts } from "./readNumber.ts";

const scales = 11;
/** Two numbers below it add up without loss. */
const half = 2 ** 52;
/** So many digits a number always holds exactly. */
const exactDigits = 15;

export type AmountSum = {
  /** Adds `price × times`; the bytes are the price's, without edges. */
  readonly add: (price: NumberParts, times: number, bytes: Uint8Array, from: number, to: number) => void;
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
    add(price, times, bytes, from, to) {
      const { scale } = price;
      const product = price.value * times;
      if (price.digits <= exactDigits && product < half && product > -half) {
        const sum = (sums[scale] as number) + product;
        sums[scale] = sum;
        if (sum >= half || sum <= -half) settle(scale);
        return;
      }
      const digits = Buffer.from(bytes.subarray(from, to)).toString("latin1").replace(/[^\d]/g, "");
      const units = BigInt(digits) * BigInt(times);
      large[scale] = (large[scale] as bigint) + (bytes[from] === 45 ? -units : units);
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
