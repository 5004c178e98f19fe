// What is known of the published snapshot between two readings: for how long, by whom it is read, and what a doubt changes.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { followPublished, type Published } from "../../src/server/followPublished.ts";

type Reading = Readonly<{ answer(snapshotId: number): void; fail(): void }>;

let readings: Reading[];
let published: Published;
let changes: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  readings = [];
  changes = [];
  published = followPublished(
    () =>
      new Promise((resolve, reject) => {
        readings.push({
          answer: (snapshotId) => resolve({ snapshotId, publishedAt: "then" }),
          fail: () => reject(new Error("away")),
        });
      }),
  );
  published.onChange((name) => void changes.push(name));
});
afterEach(() => {
  vi.useRealTimers();
});

async function readAs(snapshotId: number): Promise<void> {
  const read = published.read();
  readings.at(-1)?.answer(snapshotId);
  await read;
}

test("one reading serves all who wait, and is believed for a second from its beginning", async () => {
  expect(published.known()).toBeNull();
  const waiting = [published.read(), published.read()];
  vi.advanceTimersByTime(300);
  readings[0]?.answer(7);
  expect(await Promise.all(waiting)).toEqual(["7 then", "7 then"]);
  expect([published.known(), readings.length]).toEqual(["7 then", 1]);
  vi.advanceTimersByTime(700);
  expect(published.known()).toBe("7 then");
  vi.advanceTimersByTime(1);
  expect([published.known(), published.last()]).toEqual([null, "7 then"]);
});

test("while questions come it is read beside them, so that none waits", async () => {
  await readAs(7);
  vi.advanceTimersByTime(501);
  expect([published.known(), published.known(), readings.length]).toEqual(["7 then", "7 then", 2]);
  readings[1]?.answer(8);
  await expect.poll(() => published.known()).toBe("8 then");
  expect(changes).toEqual(["7 then", "8 then"]);
});

test("a doubt makes everybody wait for what is read from then on, whatever an older reading says", async () => {
  await readAs(7);
  vi.advanceTimersByTime(600);
  published.known();
  published.doubt();
  expect(published.known()).toBeNull();
  const later = published.read();
  readings[1]?.answer(7);
  await expect.poll(() => readings.length).toBe(3);
  expect(published.known()).toBeNull();
  readings[2]?.answer(8);
  expect(await later).toBe("8 then");
  expect([published.known(), changes]).toEqual(["8 then", ["7 then", "8 then"]]);
});

test("doubts without end make one more reading, not one each", async () => {
  await readAs(7);
  for (let nth = 0; nth < 1000; nth += 1) published.doubt();
  expect(readings).toHaveLength(2);
  const waiting = [published.read(), published.read()];
  readings[1]?.fail();
  await expect.poll(() => readings.length).toBe(3);
  readings[2]?.answer(8);
  expect([await Promise.all(waiting), readings.length]).toEqual([["8 then", "8 then"], 3]);
  published.doubt();
  expect([published.known(), readings.length]).toEqual([null, 4]);
});

test("a reading that hangs before it fails counts as failed from its end", async () => {
  const first = published.read();
  vi.advanceTimersByTime(10_000);
  readings[0]?.fail();
  expect([await first, await published.read(), readings.length]).toEqual([null, null, 1]);
});

test("a reading that fails is not tried again for a second, and changes nothing", async () => {
  const first = published.read();
  readings[0]?.fail();
  expect(await first).toBeNull();
  expect([await published.read(), readings.length]).toEqual([null, 1]);
  vi.advanceTimersByTime(1001);
  await readAs(7);
  vi.advanceTimersByTime(501);
  published.known();
  readings[2]?.fail();
  await Promise.resolve();
  expect([published.known(), changes]).toEqual(["7 then", ["7 then"]]);
});
