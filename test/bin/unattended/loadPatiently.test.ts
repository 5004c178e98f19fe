// A load that waits for its turn: what is waited for, how it is told, and when the waiting ends.
import { describe, expect, test } from "vitest";
import { loadPatiently } from "../../../bin/unattended/loadPatiently.ts";
import type { ProcessEnd } from "../../../bin/unattended/runLoadProcess.ts";
import { fakeLog } from "./fakeLog.ts";
import { failed, finished } from "./loadEnds.ts";

async function wait(
  ends: ProcessEnd[],
  options: { signal?: AbortSignal; goesOn?: () => boolean; firstPause?: number } = {},
) {
  const log = fakeLog();
  let tries = 0;
  const load = async () => {
    tries += 1;
    return ends[Math.min(tries, ends.length) - 1] ?? finished;
  };
  const { signal = new AbortController().signal, goesOn = () => true, firstPause = 2 } = options;
  const end = await loadPatiently(load, { log, signal, name: "a.csv", goesOn, firstPause });
  return { end, tries, log: log.lines };
}

describe("a load that waits for its turn", () => {
  test("is tried again while another is under way or PostgreSQL is away, and says so once for each", async () => {
    const { end, tries, log } = await wait([
      failed("LOAD_IN_PROGRESS"),
      failed("LOAD_IN_PROGRESS"),
      failed("WAREHOUSE_UNAVAILABLE"),
      finished,
    ]);
    expect([end, tries]).toEqual([finished, 4]);
    expect(log).toEqual([
      "warn a.csv waits and is tried again in 1 s: LOAD_IN_PROGRESS it is so",
      "info a.csv waits and is tried again in 1 s: LOAD_IN_PROGRESS it is so",
      "warn a.csv waits and is tried again in 1 s: WAREHOUSE_UNAVAILABLE it is so",
    ]);
  });

  test("waits longer each time", async () => {
    const began = performance.now();
    await wait([failed("LOAD_IN_PROGRESS"), failed("LOAD_IN_PROGRESS"), failed("LOAD_IN_PROGRESS"), finished], {
      firstPause: 40,
    });
    expect(performance.now() - began).toBeGreaterThan(40 + 80 + 160 - 20);
  });

  test("fails at once where the file is to blame", async () => {
    expect(await wait([failed("LAYOUT_UNKNOWN")])).toEqual({ end: failed("LAYOUT_UNKNOWN"), tries: 1, log: [] });
  });

  test("stops waiting when all is to stop", async () => {
    const { end, tries } = await wait([failed("LOAD_IN_PROGRESS")], {
      signal: AbortSignal.timeout(50),
      firstPause: 60_000,
    });
    expect([end, tries]).toEqual([{ kind: "stopped" }, 1]);
  });

  test("ends as it last failed once nothing is left to wait for", async () => {
    let left = 2;
    const { end, tries } = await wait([failed("WAREHOUSE_UNAVAILABLE")], { goesOn: () => left-- > 0 });
    expect([end, tries]).toEqual([failed("WAREHOUSE_UNAVAILABLE"), 3]);
  });
});
