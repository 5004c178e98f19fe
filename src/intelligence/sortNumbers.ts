// Sorts many numbers without keeping others waiting: pieces are sorted natively, which is many times faster than any comparison of ours,
// and merged two by two.
import { quick, type Steps, slow } from "./Steps.ts";

/** A sorted copy. */
export function* sortNumbers(numbers: Float64Array): Steps<Float64Array> {
  let sorted = numbers.slice();
  let merged = new Float64Array(sorted.length <= slow ? 0 : sorted.length);
  for (let from = 0; from < sorted.length; from += slow) {
    sorted.subarray(from, from + slow).sort();
    yield;
  }
  for (let width = slow; width < sorted.length; width *= 2) {
    for (let from = 0; from < sorted.length; from += 2 * width) yield* merge(sorted, merged, from, width);
    [sorted, merged] = [merged, sorted];
  }
  return sorted;
}

/** Two neighbors of that width, the second of which may be shorter or missing, into the same places of another list. */
function* merge(list: Float64Array, into: Float64Array, from: number, width: number): Steps<void> {
  const middle = Math.min(list.length, from + width);
  const end = Math.min(list.length, from + 2 * width);
  const heads = { one: from, other: middle };
  for (let start = from; start < end; start += quick) {
    mergePart(list, into, heads, { start, stop: Math.min(end, start + quick), middle, end });
    yield;
  }
}

function mergePart(
  list: Float64Array,
  into: Float64Array,
  heads: { one: number; other: number },
  { start, stop, middle, end }: Readonly<{ start: number; stop: number; middle: number; end: number }>,
): void {
  let { one, other } = heads;
  for (let at = start; at < stop; at += 1) {
    const isOne = one < middle && (other >= end || (list[one] as number) <= (list[other] as number));
    into[at] = list[isOne ? one : other] as number;
    if (isOne) one += 1;
    else other += 1;
  }
  heads.one = one;
  heads.other = other;
}
