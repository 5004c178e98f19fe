// The sample's own random numbers: sfc32 on 32-bit integers, so that the same seed gives the same file on every
// engine. Each use draws from its own stream, so that a change in one leaves the others as they were.

export type Random = {
  /** 32 random bits, as a signed integer. */
  readonly bits: () => number;
  /** A whole number from 0 up to, but not including, `limit` (at most 2^21). */
  readonly below: (limit: number) => number;
};

export function createRandom(seed: number, stream: number): Random {
  const state = new Int32Array([seed, stream, 0x9e3779b9, 1]);
  const bits = () => {
    const a = state[0] as number;
    const b = state[1] as number;
    const c = state[2] as number;
    const counter = state[3] as number;
    const drawn = (a + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = (c + (c << 3)) | 0;
    state[2] = (((c << 21) | (c >>> 11)) + drawn) | 0;
    state[3] = (counter + 1) | 0;
    return drawn;
  };
  for (let round = 0; round < 16; round += 1) bits();
  return { bits, below: (limit) => Math.floor(((bits() >>> 0) * limit) / 4_294_967_296) };
}
