// The watched folder on a real file system: where files end up, what is told, and who loads where two servers watch. Loads are fake ones.
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ProcessEnd } from "../../../bin/unattended/runLoadProcess.ts";
import { prepareFolder, type WatchedEnd, watchFolder } from "../../../bin/unattended/watchFolder.ts";
import { fakeLog } from "./fakeLog.ts";
import { failed, finished } from "./loadEnds.ts";

let folder: string;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-watch-"));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true, force: true });
  await rm(`${folder}.away`, { recursive: true, force: true });
});

const times = { pollEvery: 20, steadyFor: 100, emptyFor: 200, silentAfter: 1_000 };

type Load = (name: string, path: string) => ProcessEnd | Promise<ProcessEnd>;

/** Watches in the background until the test ends; `loads` are the names that were loaded, in order. */
async function startWatch(load: Load = () => finished, silentAfter = times.silentAfter) {
  await prepareFolder(folder);
  const log = fakeLog();
  const stopping = new AbortController();
  const loads: string[] = [];
  const told: WatchedEnd["kind"][] = [];
  const watching = watchFolder({
    folder,
    log,
    signal: stopping.signal,
    times: { ...times, silentAfter },
    load: async (path) => {
      loads.push(basename(path));
      return load(basename(path), path);
    },
    reportsOf: (end) => ({ ".report.json": JSON.stringify(end), ".report.txt": `${end.kind}\n` }),
    onEnd: async ({ kind }) => {
      told.push(kind);
    },
  });
  const stop = async () => {
    stopping.abort();
    await watching;
  };
  stops.push(stop);
  return { log: log.lines, loads, told, stop };
}

const put = (name: string, text = "rows") => writeFile(join(folder, "incoming", name), text);
const listed = (place: string) => readdir(join(folder, place)).then((names) => names.sort());
const until = (place: string, ...names: string[]) =>
  expect.poll(() => listed(place), { timeout: 15_000, interval: 20 }).toEqual(names.sort());
const withReports = (...names: string[]) =>
  names.flatMap((name) => [name, `${name}.report.json`, `${name}.report.txt`]);

describe("a watched folder", () => {
  test("loads what arrives, one after the other in natural order, and moves it with its report", async () => {
    await prepareFolder(folder);
    for (const name of ["2011-10.csv", "2011-9.csv", ".hidden", "half.part"]) await put(name);
    let inside = 0;
    const watch = await startWatch(async () => {
      inside += 1;
      await sleep(50);
      expect(inside).toBe(1);
      inside -= 1;
      return finished;
    });
    await until("done", ...withReports("2011-9.csv", "2011-10.csv"));
    await put("2011-11.csv");
    await until("done", ...withReports("2011-9.csv", "2011-10.csv", "2011-11.csv"));
    expect(watch.loads).toEqual(["2011-9.csv", "2011-10.csv", "2011-11.csv"]);
    expect(watch.told).toEqual(["finished", "finished", "finished"]);
    expect(await listed("incoming")).toEqual([".hidden", "half.part"]);
    expect(await listed("failed")).toEqual([]);
    expect(JSON.parse(await readFile(join(folder, "done", "2011-9.csv.report.json"), "utf8"))).toEqual(finished);
  });

  test("puts what cannot be loaded aside, says why, and goes on", async () => {
    const watch = await startWatch((name) => (name === "1.csv" ? failed("LAYOUT_UNKNOWN", "1.csv is odd") : finished));
    await put("1.csv");
    await put("2.csv");
    await until("done", ...withReports("2.csv"));
    await until("failed", ...withReports("1.csv"));
    expect(watch.told).toEqual(["failed", "finished"]);
    expect(watch.log).toContainEqual(
      `error 1.csv was not loaded and is now ${join(folder, "failed", "1.csv")}: LAYOUT_UNKNOWN 1.csv is odd`,
    );
  });

  test("does not touch a file that is still being written", async () => {
    const texts: string[] = [];
    await startWatch(async (_, path) => {
      texts.push(await readFile(path, "utf8"));
      return finished;
    });
    await put("a.csv", "0");
    for (let part = 1; part <= 10; part += 1) {
      await sleep(40);
      await appendFile(join(folder, "incoming", "a.csv"), String(part));
    }
    await until("done", ...withReports("a.csv"));
    expect(texts).toEqual(["012345678910"]);
  });

  test("never overwrites: the same name again is kept under another", async () => {
    await startWatch();
    await put("a.csv", "first");
    await until("done", ...withReports("a.csv"));
    await put("a.csv", "second");
    await expect.poll(() => listed("done").then((names) => names.length), { timeout: 15_000 }).toBe(6);
    const other = (await listed("done")).find((name) => /^a\.\d{8}T\d{6}Z\.csv$/.test(name)) ?? "";
    expect(await readFile(join(folder, "done", "a.csv"), "utf8")).toBe("first");
    expect(await readFile(join(folder, "done", other), "utf8")).toBe("second");
  });

  test("leaves a file that was written to while it was loaded, and loads it again", async () => {
    let first = true;
    const watch = await startWatch(async (_, path) => {
      if (!first) return finished;
      first = false;
      await appendFile(path, "more");
      return failed("FILE_DAMAGED");
    });
    await put("a.csv");
    await until("done", ...withReports("a.csv"));
    expect(watch.loads).toEqual(["a.csv", "a.csv"]);
    expect(watch.told).toEqual(["finished"]);
    expect(watch.log).toContainEqual(expect.stringMatching(/^warn a\.csv was written to while it was loaded/));
  });

  test("takes a file that vanishes for what it is", async () => {
    const watch = await startWatch(async (_, path) => {
      await rm(path);
      return failed("FILE_NOT_FOUND");
    });
    await put("a.csv");
    await expect.poll(() => watch.log).toContainEqual("warn a.csv went away while it was loaded");
    expect([watch.told, await listed("failed"), await listed("done")]).toEqual([[], [], []]);
  });

  test("does not load once more what it only cannot move", async () => {
    const watch = await startWatch(async () => {
      await rm(join(folder, "done"), { recursive: true });
      await writeFile(join(folder, "done"), "a file in the way");
      return finished;
    });
    await put("a.csv");
    await expect.poll(() => watch.told).toEqual(["finished"]);
    await sleep(300);
    await rm(join(folder, "done"));
    await until("done", ...withReports("a.csv"));
    expect([watch.loads, watch.told]).toEqual([["a.csv"], ["finished"]]);
    expect(watch.log.filter((line) => line.startsWith("error "))).toEqual([
      expect.stringMatching(/^error a\.csv cannot be moved to done\/ now, and is tried again: /),
    ]);
  });

  test("that goes away is told of once, and watched again when it is back", async () => {
    const watch = await startWatch();
    await rename(folder, `${folder}.away`);
    await expect.poll(() => watch.log).toContainEqual(expect.stringMatching(/^error .* cannot be watched now/));
    await sleep(200);
    await mkdir(folder);
    await expect.poll(() => watch.log).toContainEqual(`warn ${folder} is watched again`);
    await put("a.csv");
    await until("done", ...withReports("a.csv"));
    expect(watch.log.filter((line) => line.startsWith("error ")).length).toBe(1);
  });

  test("stops once the load under way has ended, and leaves its file for the next time", async () => {
    let hasEnded = false;
    const watch = await startWatch(async () => {
      await sleep(300);
      hasEnded = true;
      return { kind: "stopped" };
    });
    await put("a.csv");
    await expect.poll(() => watch.loads).toEqual(["a.csv"]);
    await watch.stop();
    expect([hasEnded, await listed("incoming"), watch.told]).toEqual([true, ["a.csv"], []]);
    expect(await readdir(folder)).toEqual(["done", "failed", "incoming"]);
  });

  test("moves what was published even where all is to stop", async () => {
    const watch = await startWatch(async () => {
      void watch.stop();
      await sleep(50);
      return finished;
    });
    await put("a.csv");
    await until("done", ...withReports("a.csv"));
  });
});

describe("two servers on one folder", () => {
  test("load each file once between them, and the second takes over when the first stops", async () => {
    const slowly = async () => {
      await sleep(30);
      return finished;
    };
    const first = await startWatch(slowly);
    await sleep(100);
    const second = await startWatch(slowly);
    const names = Array.from({ length: 6 }, (_, at) => `${at}.csv`);
    for (const name of names) await put(name);
    await until("done", ...withReports(...names));
    expect([first.loads, second.loads]).toEqual([names, []]);
    await expect
      .poll(() => second.log)
      .toEqual([`warn ${folder} is watched by process ${process.pid} already; standing by`]);
    await first.stop();
    await put("more.csv");
    await until("done", ...withReports(...names, "more.csv"));
    expect(second.loads).toEqual(["more.csv"]);
  });

  test("a lock that a dead one left behind is taken over", async () => {
    const left = { pid: 2 ** 30, host: hostname(), token: "x" };
    await writeFile(join(folder, ".consumer360-watch.lock"), JSON.stringify(left));
    const watch = await startWatch();
    await put("a.csv");
    await until("done", ...withReports("a.csv"));
    expect(watch.loads).toEqual(["a.csv"]);
  });

  test("one that lost its lock moves nothing any more", async () => {
    const watch = await startWatch(async () => {
      // as where this machine slept, and another took the lock over and died
      await writeFile(
        join(folder, ".consumer360-watch.lock"),
        JSON.stringify({ pid: 1, host: "elsewhere", token: "y" }),
      );
      await sleep(50);
      return finished;
    }, 600_000);
    await put("a.csv");
    await expect
      .poll(() => watch.log)
      .toContainEqual(expect.stringMatching(/^warn .* was taken over by another server/));
    expect([await listed("incoming"), watch.told]).toEqual([["a.csv"], []]);
  });
});

describe("a folder that cannot be watched", () => {
  test.each([
    ["does not exist", "gone", "it does not exist"],
    ["is a file", "file", "it is a file"],
  ])("as it %s is refused at the start", async (_, name, why) => {
    await writeFile(join(folder, "file"), "");
    const path = join(folder, name);
    await expect(prepareFolder(path)).rejects.toMatchObject({
      code: "FOLDER_UNUSABLE",
      message: `The folder ${path} cannot be watched: ${why}.`,
    });
  });

  test("as one of its places is a file is refused at the start", async () => {
    await writeFile(join(folder, "incoming"), "");
    await expect(prepareFolder(folder)).rejects.toMatchObject({ code: "FOLDER_UNUSABLE" });
  });
});
