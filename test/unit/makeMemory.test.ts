// A memory forgets: the oldest where it is full, everything in time.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeMemory } from "../../src/server/makeMemory.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const keptOf = (memory: ReturnType<typeof makeMemory<number>>, ...keys: string[]) => keys.map((key) => memory.get(key));

test("the oldest gives way; what is set again is the newest", () => {
  const memory = makeMemory<number>({ most: 2 });
  memory.set("a", 1);
  memory.set("b", 2);
  memory.set("a", 3);
  memory.set("c", 4);
  expect(keptOf(memory, "a", "b", "c")).toEqual([3, undefined, 4]);
});

test("each is forgotten after its time, counted from when it was last set", () => {
  const memory = makeMemory<number>({ most: 10, lasts: 100 });
  memory.set("a", 1);
  memory.set("b", 2);
  vi.advanceTimersByTime(60);
  memory.set("a", 3);
  vi.advanceTimersByTime(40);
  expect(keptOf(memory, "a", "b")).toEqual([3, undefined]);
  vi.advanceTimersByTime(60);
  expect(keptOf(memory, "a", "b")).toEqual([undefined, undefined]);
});
