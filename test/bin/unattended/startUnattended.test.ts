// The watched folder and the schedule together: one load at a time between them, what each passes on, and what is told of it. Loads are fake.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RunLoad } from "../../../bin/unattended/runLoadProcess.ts";
import { prepareUnattended } from "../../../bin/unattended/startUnattended.ts";
import { fakeLog } from "./fakeLog.ts";
import { failed, finished } from "./loadEnds.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-together-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Due at once, and then every 100 ms. */
const schedule = { text: "often", after: (moment: Date) => new Date(moment.getTime() + 100) };

async function start(runLoad: RunLoad, scheduled: readonly string[] | null) {
  const log = fakeLog();
  const said: string[] = [];
  const unattended = await prepareUnattended(
    {
      folder,
      scheduled: scheduled && { schedule, timeZone: "UTC", files: scheduled, append: false },
      flags: ["--date-order=mdy"],
    },
    {
      loadWebhook: null,
      log,
      say: (line) => said.push(line),
      runLoad,
      times: { pollEvery: 20, steadyFor: 40 },
      firstPause: 20,
    },
  );
  return { unattended, log: log.lines, said };
}

test("they take turns, and pass on what they were told", async () => {
  let inside = 0;
  const asked = new Set<string>();
  const { unattended, said } = await start(
    async (files, flags) => {
      inside += 1;
      expect(inside).toBe(1);
      asked.add([...flags, ...files].join(" "));
      await sleep(30);
      inside -= 1;
      return finished;
    },
    ["all.csv"],
  );
  unattended.begin();
  const path = join(folder, "incoming", "a.csv");
  await writeFile(path, "rows");
  const both = ["--date-order=mdy all.csv", `--append --date-order=mdy ${path}`];
  await expect.poll(() => [...asked].sort(), { timeout: 15_000 }).toEqual(both.sort());
  await expect.poll(() => readdir(join(folder, "done")), { timeout: 15_000 }).toContain("a.csv");
  await unattended.stop();
  expect(said[0]).toBe(`Watching ${folder}: what appears in incoming/ is appended`);
  expect(said[1]).toMatch(/^The next scheduled load is due at .* UTC$/);
  expect(said[2]).toMatch(/^consumer360 load status=PUBLISHED mode=APPEND /);
});

test("a load that waits for its turn is told of once, when it has had it", async () => {
  let tries = 0;
  const { unattended, said } = await start(async () => {
    tries += 1;
    return tries < 3 ? failed("WAREHOUSE_UNAVAILABLE") : failed("FILE_EMPTY", "It is empty", "Export it again.");
  }, null);
  unattended.begin();
  await writeFile(join(folder, "incoming", "a.csv"), "x");
  await expect.poll(() => readdir(join(folder, "failed")), { timeout: 15_000 }).toContain("a.csv");
  await unattended.stop();
  expect(said.slice(1)).toEqual([expect.stringMatching(/^consumer360 load status=FAILED code=FILE_EMPTY /)]);
  expect(await readFile(join(folder, "failed", "a.csv.report.txt"), "utf8")).toBe(
    "FILE_EMPTY It is empty\nExport it again.\n",
  );
});

test("stopping ends the load under way, and nothing begins after it", async () => {
  let wasStopped = false;
  const { unattended } = await start(async (_files, _flags, signal) => {
    await sleep(60_000, undefined, { signal }).catch(() => undefined);
    await sleep(50);
    wasStopped = true;
    return { kind: "stopped" };
  }, null);
  unattended.begin();
  await writeFile(join(folder, "incoming", "a.csv"), "x");
  await sleep(400);
  await unattended.stop();
  expect(wasStopped).toBe(true);
  unattended.begin();
  await sleep(200);
  expect(await readdir(join(folder, "incoming"))).toEqual(["a.csv"]);
});
