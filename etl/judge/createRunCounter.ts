// Numbers the rows of each invoice, customer and country through a whole file, also where it scatters them: the invoices are remembered
// by a hash, as numbers, so that half a million of them take some twelve megabytes.

/** The most that are remembered, whatever the file: some 40 MB. */
const mostRuns = 2_000_000;
const firstSlots = 1 << 14;

export type RunCounter = {
  /** Begins with the rows of the key in these bytes, or goes on with them. */
  readonly enter: (bytes: Uint8Array, from: number, to: number) => void;
  /** The number of the next row of the key that was entered last, from 1 on. */
  readonly next: () => number;
  /**
   * Whether all rows of a key have numbers of their own. Not so where there are more keys than can be remembered: then one that is
   * entered again may be numbered from 1 again.
   */
  readonly isSettled: () => boolean;
};

/**
 * Two keys of one hash share their numbers: each row's is still its own, only that one of the keys does not begin with 1. Of a million
 * keys, that happens in one file of thirty million.
 */
export function createRunCounter(most = mostRuns): RunCounter {
  let slots = firstSlots;
  let high = new Int32Array(slots);
  let low = new Int32Array(slots);
  /** How many rows a key has; 0 where the slot is free. */
  let counts = new Int32Array(slots);
  let used = 0;
  let isSettled = true;
  let at = 0;
  /** The count of a key that is not remembered. */
  let passing = 0;

  function find(a: number, b: number): number {
    let slot = (a ^ (b >>> 7)) & (slots - 1);
    while (counts[slot] !== 0 && (high[slot] !== a || low[slot] !== b)) slot = (slot + 1) & (slots - 1);
    return slot;
  }

  function grow(): void {
    const [oldHigh, oldLow, oldCounts] = [high, low, counts];
    slots *= 2;
    high = new Int32Array(slots);
    low = new Int32Array(slots);
    counts = new Int32Array(slots);
    for (let k = 0; k < oldCounts.length; k++) {
      if (oldCounts[k] === 0) continue;
      const slot = find(oldHigh[k] as number, oldLow[k] as number);
      high[slot] = oldHigh[k] as number;
      low[slot] = oldLow[k] as number;
      counts[slot] = oldCounts[k] as number;
    }
  }

  return {
    enter(bytes, from, to) {
      let a = 0x811c9dc5;
      let b = 0x2c1b3c6d;
      for (let i = from; i < to; i++) {
        const byte = bytes[i] as number;
        a = Math.imul(a ^ byte, 0x01000193);
        b = Math.imul(b ^ byte, 0x5bd1e995);
        b ^= b >>> 15;
      }
      at = find(a, b);
      if (counts[at] !== 0) return;
      if (used === most) {
        isSettled = false;
        passing = 0;
        at = -1;
        return;
      }
      used++;
      if (used * 4 > slots * 3) {
        grow();
        at = find(a, b);
      }
      high[at] = a;
      low[at] = b;
    },
    next() {
      if (at < 0) return ++passing;
      const count = (counts[at] as number) + 1;
      counts[at] = count;
      return count;
    },
    isSettled: () => isSettled,
  };
}
