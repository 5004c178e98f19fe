// What counts as arrived: files that have stopped growing, in natural order, and nothing that a program is still at.
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { watchArrivals } from "../../../bin/unattended/watchArrivals.ts";

let folder: string;
let at: number;
let warnings: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-arrivals-"));
  at = 0;
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = (name: string, text = "x") => writeFile(join(folder, name), text);

function start() {
  const arrivals = watchArrivals({
    folder,
    steadyFor: 5_000,
    emptyFor: 60_000,
    warn: (message) => warnings.push(message),
    now: () => at,
  });
  return async (seconds: number) => {
    at = seconds * 1000;
    return (await arrivals.next())?.name ?? null;
  };
}

describe("a file", () => {
  test("has arrived once it has not changed for some seconds", async () => {
    const look = start();
    await put("a.csv");
    expect([await look(0), await look(4.9), await look(5)]).toEqual([null, null, "a.csv"]);
  });

  test("that grows has not", async () => {
    const look = start();
    await put("a.csv");
    for (let seconds = 0; seconds < 40; seconds += 4) {
      await appendFile(join(folder, "a.csv"), "more");
      expect(await look(seconds)).toBeNull();
    }
    expect(await look(41)).toBe("a.csv");
  });

  test("that is exchanged for another has come anew", async () => {
    const look = start();
    await put("a.csv");
    await look(0);
    await put("b.tmp");
    await rename(join(folder, "b.tmp"), join(folder, "a.csv"));
    expect([await look(6), await look(10), await look(11)]).toEqual([null, null, "a.csv"]);
  });

  test("that went and came back begins anew", async () => {
    const look = start();
    await put("a.csv");
    await look(0);
    await rename(join(folder, "a.csv"), join(folder, ".a.csv"));
    expect(await look(3)).toBeNull();
    await rename(join(folder, ".a.csv"), join(folder, "a.csv"));
    expect([await look(6), await look(11)]).toEqual([null, "a.csv"]);
  });

  test("without a byte is given a minute", async () => {
    const look = start();
    await put("a.csv", "");
    expect([await look(0), await look(59), await look(60)]).toEqual([null, null, "a.csv"]);
  });

  test.each([
    ".a.csv",
    "a.tmp",
    "a.part",
    "a.csv.PARTIAL",
    "a.crdownload",
    "a.csv~",
    "~$a.xlsx",
    "Thumbs.db",
    "a.csv.report.json",
  ])("called %s is none", async (name) => {
    const look = start();
    await put(name);
    expect([await look(0), await look(3600), warnings]).toEqual([null, null, []]);
  });

  test("must be an ordinary one, and what is not is told of once", async () => {
    const look = start();
    await mkdir(join(folder, "2011"));
    await put(".secret");
    await symlink(join(folder, ".secret"), join(folder, "link.csv"));
    expect([await look(0), await look(10), await look(20)]).toEqual([null, null, null]);
    expect(warnings).toEqual([
      "2011 is no ordinary file and is left alone",
      "link.csv is no ordinary file and is left alone",
    ]);
  });
});

describe("several files", () => {
  test("come in natural order", async () => {
    const look = start();
    const names = ["2011-10.csv", "2011-9.csv", "B.csv", "a.csv", "2010-12.csv"];
    for (const name of names) await put(name);
    await look(0);
    const order: (string | null)[] = [];
    for (const _ of names) {
      const name = await look(10);
      order.push(name);
      await rm(join(folder, name ?? ""));
    }
    expect(order).toEqual(["2010-12.csv", "2011-9.csv", "2011-10.csv", "a.csv", "B.csv"]);
  });

  test("wait for an earlier one that still grows, and after a minute that is told", async () => {
    const look = start();
    await put("2.csv");
    await look(0);
    for (let seconds = 1; seconds < 70; seconds += 4) {
      await appendFile(join(folder, "1.csv"), "more");
      expect(await look(seconds)).toBeNull();
    }
    expect(warnings).toEqual(["1.csv is still being written to, or held open; what comes after it waits"]);
    expect(await look(80)).toBe("1.csv");
  });
});
