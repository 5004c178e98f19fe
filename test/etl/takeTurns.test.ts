// The models of many customers, computed where others wait for the same thread: nobody waits long, and what comes out is what comes out of
// computing it at once.
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { takeTurns } from "../../etl/expect/takeTurns.ts";
import { makeCard } from "../../src/intelligence/makeCard.ts";
import { measureHoldout } from "../../src/intelligence/measureHoldout.ts";
import type { Population } from "../../src/intelligence/Population.ts";
import type { Steps } from "../../src/intelligence/Steps.ts";
import { useModels } from "../../src/intelligence/useModels.ts";
import { finish } from "../intelligence/finish.ts";
import { days, inventPopulation } from "../intelligence/inventPopulation.ts";

const held = 91;
const customers = 220_000;
/** Milliseconds, on a machine that others use; a step takes a few. */
const longestWait = 100;

let before: Population;
let now: Population;
beforeAll(() => {
  before = inventPopulation(customers, days - held);
  now = inventPopulation(customers, days);
}, 120_000);

/** What a load computes, from first to last. */
function* models(): Steps<readonly unknown[]> {
  const measured = yield* measureHoldout(before, { from: "2011-09-10", days: held });
  const card = yield* makeCard(now, measured, { horizonDays: held, discountRate: 0.1, leftOut: [] });
  return [card, yield* useModels(card, now.histories)];
}

it("nobody waits long for the models of more than 100,000 histories, which are those computed at once", async () => {
  expect(now.histories.repeats.length).toBeGreaterThan(100_000);
  const atOnce = await measured(async () => finish(models()));
  const inTurns = await measured(() => takeTurns(models()));
  // Not by toEqual: lists are long.
  expect(isDeepStrictEqual(inTurns.result, atOnce.result)).toBe(true);
  expect(JSON.stringify(inTurns.result[0])).toContain("MODEL");
  expect(inTurns.result[1]).not.toBeNull();
  console.info(
    `${now.histories.repeats.length} histories: others waited ${Math.round(atOnce.longestMs)} ms for all at once, ${Math.round(inTurns.longestMs)} ms in turns.`,
  );
  // Else the measure would not see anything.
  expect(atOnce.longestMs).toBeGreaterThan(longestWait);
  expect(inTurns.longestMs).toBeLessThan(longestWait);
}, 240_000);

/** By a timer that is due again and again: how late it came at the worst. */
async function measured<Result>(work: () => Promise<Result>): Promise<{ result: Result; longestMs: number }> {
  let longestMs = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
  }, 1);
  await sleep(20);
  const result = await work();
  await sleep(20);
  clearInterval(timer);
  return { result, longestMs };
}
