// Random choices of a seed: the same seed makes the same choices everywhere.
import { createRandom } from "../../../etl/sample/createRandom.ts";

export type Draw = Readonly<{
  /** A whole number from 0 up to, but not including, `limit`. */
  below: (limit: number) => number;
  chance: (share: number) => boolean;
  of: <T>(items: readonly T[]) => T;
  shuffled: <T>(items: readonly T[]) => T[];
  /** As many bytes, any of them. */
  bytes: (count: number) => Buffer;
}>;

export function createDraw(seed: number): Draw {
  const { below } = createRandom(seed, 5);
  return {
    below,
    chance: (share) => below(1000) < share * 1000,
    of: (items) => items[below(items.length)] as (typeof items)[number],
    shuffled(items) {
      const left = [...items];
      return items.map(() => left.splice(below(left.length), 1)[0] as (typeof items)[number]);
    },
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  };
}
