// Rows of a key are numbered through a whole file, however the file scatters them.
import fc from "fast-check";
import { expect, it } from "vitest";
import { createRunCounter } from "../../etl/judge/createRunCounter.ts";

const bytesOf = (key: string) => [Buffer.from(`<${key}>`), 1, 1 + Buffer.byteLength(key)] as const;

it("numbers each row of a key once, from 1 on, also where the table has to grow", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(400), fc.integer({ min: 1, max: 4 })), { maxLength: 900 }), (runs) => {
      const counter = createRunCounter();
      const counts = new Map<string, number>();
      for (const [key, rows] of runs) {
        const name = `${key % 3}invoice${key}`;
        counter.enter(...bytesOf(name));
        for (let row = 0; row < rows; row++) {
          const expected = (counts.get(name) ?? 0) + 1;
          counts.set(name, expected);
          expect(counter.next()).toBe(expected);
        }
      }
      expect(counter.isSettled()).toBe(true);
    }),
    { numRuns: 50 },
  );
  const many = createRunCounter();
  for (const round of [1, 2]) {
    for (let key = 0; key < 60_000; key++) {
      many.enter(...bytesOf(String(key)));
      expect(many.next()).toBe(round);
    }
  }
});

it("says where there were more keys than it can remember", () => {
  const counter = createRunCounter(2);
  const numbers = ["a", "b", "c", "a", "c"].map((key) => {
    counter.enter(...bytesOf(key));
    return counter.next();
  });
  expect(numbers).toEqual([1, 1, 1, 2, 1]);
  expect(counter.isSettled()).toBe(false);
});
