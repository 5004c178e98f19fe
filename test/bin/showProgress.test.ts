// Progress as text: what a line says, and when it is written to a terminal and to a file.
import { afterEach, describe, expect, test, vi } from "vitest";
import { formatEnded, formatProgress, formatSeconds } from "../../bin/formatProgress.ts";
import { showProgress } from "../../bin/showProgress.ts";

describe("a line of progress", () => {
  test.each([
    [{ stage: "derive" }, 0.2, "deriving orders, segments and cells"],
    [{ stage: "derive" }, 3.14, "deriving orders, segments and cells  3.1 s"],
    [{ stage: "copy", done: 0, total: 0, unit: "bytes" }, 0, "copying rows  0.0 MB"],
    [{ stage: "copy", done: 250_000, total: 1_000_000, unit: "bytes" }, 0.5, "copying rows  25 %  0.3 MB"],
    [
      { stage: "copy", done: 2_500_000, total: 10_000_000, unit: "bytes" },
      2,
      "copying rows  25 %  2.5 MB  1.3 MB/s  6.0 s left",
    ],
    [
      { stage: "conform", done: 1_234_567, total: 2_000_000, unit: "rows" },
      10,
      "making lines  61 %  1,234,567 rows  123,457 rows/s  6.2 s left",
    ],
    [{ stage: "copy", done: 12, unit: "rows" }, 4, "copying rows  12 rows  3 rows/s"],
    [{ stage: "copy", done: 11, total: 10, unit: "rows" }, 1, "copying rows  100 %  11 rows  11 rows/s"],
    [{ stage: "a new stage" }, 0, "a new stage"],
    [
      { stage: "copy", done: 25e6, total: 100e6, unit: "bytes", rows: 200_000, fileNumber: 1, files: 1, file: "a.csv" },
      2,
      "copying rows  25 %  200,000 rows  100,000 rows/s  6.0 s left",
    ],
    [
      {
        stage: "copy",
        done: 25e6,
        total: 100e6,
        unit: "bytes",
        rows: 1,
        fileNumber: 3,
        files: 13,
        file: "a\u001b.csv",
      },
      0.5,
      "copying rows  file 3 of 13 (a\\u001b.csv)  25 %  1 row",
    ],
    [{ stage: "read", fileNumber: 2, files: 2 }, 1, "reading the file  file 2 of 2  1.0 s"],
  ] as const)("%j after %d s", (progress, seconds, line) => {
    expect(formatProgress(progress, seconds)).toBe(line);
  });

  test("names the file where there is room", () => {
    const progress = { stage: "copy", done: 1, total: 4, rows: 5, fileNumber: 3, files: 13, file: "2011-03.csv" };
    const long = "copying rows  file 3 of 13 (2011-03.csv)  25 %  5 rows";
    expect(formatProgress(progress, 0, long.length)).toBe(long);
    expect(formatProgress(progress, 0, long.length - 1)).toBe("copying rows  file 3 of 13  25 %  5 rows");
  });

  test.each([
    [{ stage: "derive" }, 3.14, "deriving orders, segments and cells: 3.1 s"],
    [{ stage: "copy", done: 5e6, total: 5e6, unit: "bytes" }, 3, "copying rows: 3.0 s"],
    [
      { stage: "copy", done: 5e6, total: 5e6, unit: "bytes", rows: 541_909 },
      3,
      "copying rows: 541,909 rows in 3.0 s, 180,636 rows/s",
    ],
    [{ stage: "copy", rows: 40_000, fileNumber: 13, files: 13 }, 0.4, "copying rows: 40,000 rows of 13 files in 0.4 s"],
    [{ stage: "conform", done: 1, unit: "rows" }, 0.1, "making lines: 1 row in 0.1 s"],
  ] as const)("of an ended stage: %j after %d s", (last, seconds, line) => {
    expect(formatEnded(last, seconds)).toBe(line);
  });

  test.each([
    [0.04, "0.0 s"],
    [9.94, "9.9 s"],
    [42.4, "42 s"],
    [150, "3 min"],
    [9000, "2.5 h"],
  ])("%d s is %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});

afterEach(() => {
  vi.useRealTimers();
});

/** What is written for a story of moments and steps. */
function told(
  isTTY: boolean,
  story: [at: number, step: (progress: ReturnType<typeof showProgress>) => void][],
): string[] {
  let at = 0;
  const written: string[] = [];
  const out = { isTTY, columns: 30, write: (text: string) => written.push(text) };
  const progress = showProgress(out, () => at);
  for (const [moment, step] of story) {
    at = moment;
    step(progress);
  }
  return written;
}

const bytes = (done: number) => ({ stage: "copy", done, total: 100e6, unit: "bytes" as const });

describe("progress", () => {
  test("elsewhere than on a terminal is a line per stage, and one now and then in a long one", () => {
    expect(
      told(false, [
        [0, ({ say }) => say("Starting")],
        [0, ({ show }) => show({ stage: "read" })],
        [2, ({ show }) => show(bytes(0))],
        [7, ({ show }) => show(bytes(20e6))],
        [12, ({ show }) => show(bytes(40e6))],
        [13, ({ show }) => show(bytes(45e6))],
        [22, ({ end }) => end()],
      ]),
    ).toEqual([
      "Starting\n",
      "  reading the file: 2.0 s\n",
      "  copying rows  40 %  40.0 MB  4.0 MB/s  15 s left\n",
      "  copying rows: 20 s\n",
    ]);
  });

  test("on a terminal is one line that changes, cut to its width, at most ten times a second", () => {
    expect(
      told(true, [
        [0, ({ show }) => show(bytes(0))],
        [0.05, ({ show }) => show(bytes(1e6))],
        [2, ({ show }) => show(bytes(20e6))],
        [4, ({ end }) => end()],
      ]),
    ).toEqual([
      "\r  copying rows  0 %  0.0 MB\x1b[K",
      "\r  copying rows  20 %  20.0 MB\x1b[K",
      "\r\x1b[K",
      "  copying rows: 4.0 s\n",
    ]);
  });

  test.each([true, false])("of a stage that tells nothing goes on by itself (terminal: %s)", (isTTY) => {
    vi.useFakeTimers();
    const written: string[] = [];
    const out = { isTTY, write: (text: string) => written.push(text) };
    const { show, end } = showProgress(out, () => Date.now() / 1000);
    show({ stage: "derive" });
    vi.advanceTimersByTime(12_000);
    end();
    vi.advanceTimersByTime(60_000);
    expect(written.length).toBe(isTTY ? 15 : 2);
    expect(written).toContain(
      isTTY ? "\r  deriving orders, segments and cells  12 s\x1b[K" : "  deriving orders, segments and cells  10 s\n",
    );
  });

  test("of a load that failed does not claim its last stage", () => {
    expect(
      told(false, [
        [0, ({ show }) => show(bytes(0))],
        [1, ({ end }) => end("failed")],
      ]),
    ).toEqual([]);
    expect(
      told(true, [
        [0, ({ show }) => show(bytes(0))],
        [1, ({ end }) => end("failed")],
      ]).at(-1),
    ).toBe("\r\x1b[K");
  });
});
