// Loads that are ended at random moments, replacing and appending ones: the process is killed, or its connections are, one or all of them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  expectWhole,
  holdOutcome,
  loadModes,
  loadOld,
  makeSubject,
  type Subject,
  startLoad,
} from "../support/interruptedLoad.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { createDraw } from "./mutated/createDraw.ts";

/** A whole number in CONSUMER360_SOAK multiplies the moments. */
const soak = Math.max(1, Math.trunc(Number(process.env.CONSUMER360_SOAK ?? 1)) || 1);

let folder: string;
let subject: Subject;
let warehouse: TestWarehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-killed-"));
  subject = await makeSubject(folder);
  warehouse = await makeTestWarehouse();
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

const victims = ["the process", "its transaction", "its record", "both connections"] as const;

/** Ends connections of the load on the server; which are there yet, or still, is chance. */
async function terminate(victim: (typeof victims)[number]): Promise<void> {
  const which = { "its transaction": "work", "its record": "records", "both connections": "both", "the process": "" }[
    victim
  ];
  await warehouse.owner.query(
    `SELECT pg_terminate_backend(pid) FROM (
       SELECT pid, row_number() OVER (ORDER BY backend_start) AS nth FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = 'consumer360-load') each
     WHERE $1 = 'both' OR nth = CASE $1 WHEN 'records' THEN 1 ELSE 2 END`,
    [which],
  );
}

const trials = Array.from({ length: 8 * soak }, (_, seed) => ({
  seed,
  victim: victims[seed % victims.length] as (typeof victims)[number],
  mode: loadModes[Math.floor(seed / victims.length) % 2] as (typeof loadModes)[number],
}));
const left: string[] = [];

test.each(trials)("$victim of a load ($mode) is ended at the moment of seed $seed", async ({ seed, victim, mode }) => {
  const before = await loadOld(warehouse, subject);
  const load = startLoad(warehouse, subject, mode);
  await sleep((createDraw(seed).below(1000) / 1000) * subject.duration * 1.05);
  if (victim === "the process") await load.kill();
  else await terminate(victim);
  holdOutcome(await load.ended);
  left.push(await expectWhole(warehouse, subject, mode, before));
});

test("some of them were ended before they published", () => {
  expect(left).toHaveLength(trials.length);
  expect(left).toContain("old");
});
