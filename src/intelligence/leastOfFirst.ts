// The score that it takes to be among the first of a list, found in one go over it with no more memory than the first take: they stand in a
// heap, the least of them on top, and whoever is above it takes its place.
import { inSlices, type Steps, slow } from "./Steps.ts";

export type ScoreAt = (place: number) => number;

/** `first`: how many are looked for, at least one and no more than `size`. */
export function* leastOfFirst(scoreAt: ScoreAt, size: number, first: number): Steps<number> {
  const heap = new Float64Array(first).fill(Number.NEGATIVE_INFINITY);
  yield* inSlices(size, slow, (from, to) => {
    for (let at = from; at < to; at += 1) {
      const score = scoreAt(at);
      if (score > (heap[0] as number)) replaceTop(heap, score);
    }
  });
  return heap[0] as number;
}

function replaceTop(heap: Float64Array, score: number): void {
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
    if ((heap[child] as number) >= score) break;
    heap[place] = heap[child] as number;
    place = child;
  }
  heap[place] = score;
}
