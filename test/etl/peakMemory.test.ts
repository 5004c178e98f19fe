// How much memory a load needs does not depend on how much it loads: a file is streamed, and what is computed is computed in the database.
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import { startLoadProcess, transpileLoader } from "../support/loadProcess.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

const lines = 1_000_000;
const mebibyte = 1024 * 1024;

let warehouse: TestWarehouse;
let folder: string;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  folder = await mkdtemp(join(tmpdir(), "consumer360-memory-"));
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

test("the process that loads a million lines stays under 200 MB", async () => {
  const path = join(folder, "sample.csv");
  const [script] = await Promise.all([
    transpileLoader(join(folder, "loader")),
    pipeline(Readable.from(generateSample({ ...defaultSample, lines })), createWriteStream(path)),
  ]);
  const load = startLoadProcess(script, {
    url: warehouse.url,
    paths: [path],
    currency: "GBP",
    maxRejects: 0,
    snapshotsKept: 2,
  });
  const outcome = await load.ended;
  expect(outcome).toMatchObject({ report: { status: "PUBLISHED", account: { read: lines, loaded: lines } } });
  expect("peakBytes" in outcome ? outcome.peakBytes / mebibyte : 0).toBeGreaterThan(30);
  expect("peakBytes" in outcome ? outcome.peakBytes / mebibyte : Number.POSITIVE_INFINITY).toBeLessThan(200);
});
