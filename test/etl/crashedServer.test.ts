// PostgreSQL dies under a load at random moments, or is stopped: after its recovery readers have the whole old snapshot, or the whole new one
// where its commit was answered, and the next load works. A server of the tests' own.
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allMigrations } from "../../migrations/allMigrations.ts";
import {
  acquireEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/warehouse/embedded/acquireEmbeddedPostgres.ts";
import { migrateWarehouse } from "../../src/warehouse/migrateWarehouse.ts";
import {
  expectWhole,
  holdOutcome,
  loadModes,
  loadOld,
  makeSubject,
  type Place,
  type Subject,
  startLoad,
} from "../support/interruptedLoad.ts";
import { createDraw } from "./mutated/createDraw.ts";

/** A whole number in CONSUMER360_SOAK multiplies the moments. */
const soak = Math.max(1, Math.trunc(Number(process.env.CONSUMER360_SOAK ?? 1)) || 1);

let folder: string;
let subject: Subject;
let server: EmbeddedPostgres;
let place: Place;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-crashed-"));
  // PostgreSQL, which root cannot run, must reach what is in it.
  await chmod(folder, 0o755);
  subject = await makeSubject(folder);
  await start();
  await migrateWarehouse(place.url, allMigrations);
});
afterAll(async () => {
  if (place && !place.owner.ended) await place.owner.end();
  await server?.release();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the server, or waits until it has recovered. */
async function start(): Promise<void> {
  server = await acquireEmbeddedPostgres({ home: join(folder, "home") });
  const owner = new pg.Pool({ connectionString: server.url, max: 2 });
  owner.on("error", () => {});
  place = { url: server.url, owner };
}

async function restart(): Promise<void> {
  await place.owner.end();
  // A server that was killed a moment ago cannot be stopped, and need not be.
  await server.release().catch(() => {});
  await start();
}

const ends = {
  "is killed": async () => process.kill(await postmaster(), "SIGKILL"),
  "is stopped at once": async () => process.kill(await postmaster(), "SIGQUIT"),
  "is stopped": async () => process.kill(await postmaster(), "SIGINT"),
  "loses a backend": async () => {
    const { rows } = await place.owner.query(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'consumer360-load' ORDER BY backend_start DESC LIMIT 1",
    );
    if (rows[0]) process.kill(rows[0].pid, "SIGKILL");
  },
} as const;
type End = keyof typeof ends;

const postmaster = async () =>
  Number.parseInt(await readFile(join(server.dataDirectory, "postmaster.pid"), "utf8"), 10);

const trials = Array.from({ length: 4 * soak }, (_, seed) => ({
  seed,
  end: Object.keys(ends)[seed % 4] as End,
  mode: loadModes[(seed + Math.floor(seed / 4)) % 2] as (typeof loadModes)[number],
}));

test.each(trials)("the server $end under a load ($mode) at the moment of seed $seed", async ({ seed, end, mode }) => {
  const before = await loadOld(place, subject);
  const load = startLoad(place, subject, mode);
  await sleep((createDraw(100 + seed).below(1000) / 1000) * subject.duration * 1.05);
  await ends[end]();
  holdOutcome(await load.ended);
  await restart();
  await expectWhole(place, subject, mode, before);
});

test.each(loadModes)(
  "the server is killed as soon as a load (%s) has committed: the new snapshot is there",
  async (mode) => {
    const before = await loadOld(place, subject);
    const load = startLoad(place, subject, mode, "clean");
    await load.reached("clean");
    await ends["is killed"]();
    await load.kill();
    await restart();
    expect(await expectWhole(place, subject, mode, before)).toBe("new");
  },
);
