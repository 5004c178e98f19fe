// What must hold once a load has been interrupted, wherever it was: readers have the whole old snapshot or the whole new one, nothing else
// is left, the records are settled by the next load, and that one makes what an undisturbed load makes.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { expect } from "vitest";
import { gateNames } from "../../etl/gate/gates.ts";
import { loadFiles } from "../../etl/loadFiles.ts";
import type { LoadOptions } from "../../etl/loadOptions.ts";
import { defaultSample, generateSample } from "../../etl/sample/generateSample.ts";
import { type LoadOutcome, startLoadProcess, transpileLoader } from "./loadProcess.ts";
import { makeTestWarehouse } from "./testWarehouse.ts";
import { readContent, type WarehouseContent } from "./warehouseContent.ts";
import { loadersGone, readLoadRuns, readWarehouseState, type WarehouseState } from "./warehouseState.ts";

export const loadModes = ["REPLACE", "APPEND"] as const;
export type LoadMode = (typeof loadModes)[number];

export type Subject = Readonly<{
  script: string;
  oldFile: string;
  newFile: string;
  /** What undisturbed loads make: of the old file, and of the new one in its place or added to it. */
  contents: Readonly<Record<"old" | LoadMode, WarehouseContent>>;
  /** How long a process takes for such a load, in milliseconds. */
  duration: number;
}>;

export type Place = Readonly<{ url: string; owner: pg.Pool }>;

const optionsOf = (url: string, path: string, mode: LoadMode): Omit<LoadOptions, "onProgress"> => ({
  url,
  paths: [path],
  currency: "GBP",
  maxRejects: 0.01,
  allow: gateNames,
  snapshotsKept: 2,
  append: mode === "APPEND",
});

/** Two files that share invoices, and what they make; written to `folder`. */
export async function makeSubject(folder: string, newLines = 6_000): Promise<Subject> {
  const write = async (name: string, seed: number, lines: number) => {
    const path = join(folder, name);
    await writeFile(path, Buffer.concat([...generateSample({ ...defaultSample, seed, lines })]));
    return path;
  };
  const [oldFile, newFile, script] = await Promise.all([
    write("old.csv", 1, 1_500),
    write("new.csv", 2, newLines),
    transpileLoader(join(folder, "loader")),
  ]);
  const warehouse = await makeTestWarehouse();
  try {
    await loadFiles(optionsOf(warehouse.url, oldFile, "REPLACE"));
    const old = await readContent(warehouse.owner);
    const added = await startLoadProcess(script, optionsOf(warehouse.url, newFile, "APPEND")).ended;
    expect(added).toHaveProperty("report");
    const appended = await readContent(warehouse.owner);
    const began = performance.now();
    expect(await startLoadProcess(script, optionsOf(warehouse.url, newFile, "REPLACE")).ended).toHaveProperty("report");
    const duration = performance.now() - began;
    const replaced = await readContent(warehouse.owner);
    return { script, oldFile, newFile, contents: { old, REPLACE: replaced, APPEND: appended }, duration };
  } finally {
    await warehouse.close();
  }
}

/** Publishes the old file alone; nothing of loads before it is left then. */
export async function loadOld({ owner, url }: Place, { oldFile, contents }: Subject): Promise<WarehouseState> {
  await loadFiles({ ...optionsOf(url, oldFile, "REPLACE"), again: true });
  expect(await readContent(owner)).toEqual(contents.old);
  const state = await readWarehouseState(owner);
  const made = state.tables.filter((name) => /^fact_sales_|^load_(?!run$)/.test(name));
  expect(made).toEqual([...state.partitions].sort());
  expect(state.partitions.length).toBeLessThanOrEqual(2);
  return state;
}

/** A load of the new file in a process of its own, into a warehouse with the old one. */
export const startLoad = ({ url }: Place, { script, newFile }: Subject, mode: LoadMode, pauseAt?: string) =>
  startLoadProcess(script, optionsOf(url, newFile, mode), pauseAt);

/** Ended by itself, or died, or says that the server is gone: nothing else may come of an interruption. */
export function holdOutcome(outcome: LoadOutcome): void {
  if ("code" in outcome && outcome.code !== "WAREHOUSE_UNAVAILABLE")
    throw new Error(`${outcome.code}: ${outcome.message}`);
}

/** Answers which snapshot the interrupted load left. */
export async function expectWhole(
  place: Place,
  subject: Subject,
  mode: LoadMode,
  before: WarehouseState,
): Promise<"old" | "new"> {
  const { owner, url } = place;
  await loadersGone(owner);
  const content = await readContent(owner);
  const left = isDeepStrictEqual(content, subject.contents.old) ? "old" : "new";
  if (left === "old") expect(await readWarehouseState(owner)).toEqual(before);
  else expect(content).toEqual(subject.contents[mode]);
  const { rows } = await owner.query(
    "SELECT relname FROM pg_class WHERE relpersistence = 't' OR relname = 'load_stage'",
  );
  expect(rows).toEqual([]);

  const runsBefore = await readLoadRuns(owner);
  const report = await loadFiles(optionsOf(url, subject.newFile, mode));
  expect(report.status).toBe(left === "old" ? "PUBLISHED" : "UNCHANGED");
  expect(await readContent(owner)).toEqual(subject.contents[mode]);
  const runs = await readLoadRuns(owner);
  expect(runs).toHaveLength(runsBefore.length + 1);
  expect(runs.filter(({ status, finished }) => status === "RUNNING" || !finished)).toEqual([]);
  const interrupted = runs.at(-2);
  // It may have been ended before it had a record: the last one then is that of the old file.
  if (left === "new") expect(interrupted).toMatchObject({ status: "PUBLISHED", snapshotId: report.snapshotId });
  else if (interrupted?.status === "PUBLISHED") expect(interrupted.snapshotId).toBe(before.pointer);
  else expect(interrupted).toMatchObject({ status: "FAILED", snapshotId: null });
  return left;
}
