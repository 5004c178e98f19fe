// A long computation as small steps: a generator that gives way between them. Whoever runs it decides what else gets a turn in between, and
// the functions stay pure: they know no clock and no event loop.

export type Steps<Result> = Generator<void, Result, void>;

/** Goes through so many places, a slice at a time. A slice is to take a few milliseconds at most. */
export function* inSlices(size: number, slice: number, work: (from: number, to: number) => void): Steps<void> {
  for (let from = 0; from < size; from += slice) {
    work(from, Math.min(size, from + slice));
    yield;
  }
}

/** Places in a slice where each of them is a few plain operations. */
export const quick = 32_768;
/** Where each is a logarithm or two, or a look-up. */
export const slow = 8192;
