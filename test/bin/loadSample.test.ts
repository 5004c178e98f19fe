// Two starts on one empty warehouse: the second waits for the load of the first, says so once, and goes on from what it finds.
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSample } from "../../bin/loadSample.ts";
import { isLoadUnderWay } from "../../etl/record/isLoadUnderWay.ts";
import { type LoadSession, openLoadSession } from "../../etl/record/loadSession.ts";
import { readConfig } from "../../src/server/readConfig.ts";
import { reasonNotReady } from "../../src/server/reasonNotReady.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let home: string;
let warehouse: TestWarehouse;
let other: LoadSession;
let said: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "consumer360-sample-"));
  await chmod(home, 0o755);
  warehouse = await makeTestWarehouse();
  other = await openLoadSession(warehouse.url);
  said = [];
});
afterEach(async () => {
  await other.close();
  await warehouse.close();
  await rm(home, { recursive: true, force: true });
});

const load = (isEmpty: () => Promise<boolean>) =>
  loadSample(
    readConfig({}, { CONSUMER360_HOME: home }),
    { url: warehouse.url, isEmpty },
    {
      show: ({ stage }) => said.push(stage),
      say: (message) => said.push(message),
      end: () => undefined,
    },
  );

test("where the other load fills the warehouse, there is nothing left to do", async () => {
  expect(await isLoadUnderWay(warehouse.url)).toBe(true);
  let asked = 0;
  await load(async () => {
    asked += 1;
    return asked < 4;
  });
  expect(said).toEqual(["Waiting for the load that is under way"]);
  expect(await readdir(home)).toEqual([]);
});

test("where the other load fails, the sample is loaded after all", async () => {
  let asked = 0;
  await load(async () => {
    asked += 1;
    if (asked === 3) await other.close();
    return true;
  });
  expect(await isLoadUnderWay(warehouse.url)).toBe(false);
  expect(said.slice(0, 3)).toEqual([
    "Waiting for the load that is under way",
    "The warehouse is empty: making and loading a sample",
    "read",
  ]);
  expect(await reasonNotReady(warehouse.read)).toBeNull();
  expect(await readdir(home)).toEqual([]);
});
