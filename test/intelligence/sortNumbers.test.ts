// Numbers sorted in steps, against sorting them at once.
import { expect, it } from "vitest";
import { slow } from "../../src/intelligence/Steps.ts";
import { sortNumbers } from "../../src/intelligence/sortNumbers.ts";
import { createRandom } from "./createRandom.ts";
import { finish } from "./finish.ts";

it.each([0, 1, 2, slow - 1, slow, slow + 1, 2 * slow, 2 * slow + 1, 7 * slow + 5])("%i of them", (size) => {
  const random = createRandom(size);
  // Many level ones, and both signs.
  const numbers = Float64Array.from({ length: size }, () => Math.round((random.uniform() - 0.5) * size) / 3);
  const given = numbers.slice();
  const sorted = finish(sortNumbers(numbers));
  expect(sorted).toHaveLength(size);
  const expected = given.toSorted();
  expect(sorted.findIndex((number, at) => number !== expected[at])).toBe(-1);
  // The list that was given stays as it is.
  expect(numbers.findIndex((number, at) => number !== given[at])).toBe(-1);
});
