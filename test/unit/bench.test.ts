// What the bench concludes from its samples, and how it splits a file by month.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findDifference } from "../../bench/answers/findDifference.ts";
import { formatResults } from "../../bench/report/formatResults.ts";
import { changeOf, verdictOf } from "../../bench/report/judgeFigure.ts";
import { type StoredFigure, type StoredResults, storedFigure } from "../../bench/report/StoredResults.ts";
import { spreadOf } from "../../bench/report/spreadOf.ts";
import { splitLastMonth } from "../../bench/setting/splitLastMonth.ts";

const common = {
  kind: "measured",
  key: "load.refresh",
  title: "refresh",
  meaning: "What it means.",
  unit: "×",
} as const;
const lower = (samples: readonly number[]) =>
  storedFigure({ ...common, better: "lower", bar: 6, goal: 4, samples }) as StoredFigure;
const higher = (samples: readonly number[]) =>
  storedFigure({ ...common, better: "higher", bar: 5, samples }) as StoredFigure;

test("median and spread", () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
  expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4 });
});

test("a figure against its bar and its goal", () => {
  expect(verdictOf(lower([9]))).toBe("**no**, by 50 %");
  expect(verdictOf(lower([6]))).toBe("yes, not the goal");
  expect(verdictOf(lower([4]))).toBe("yes, the goal too");
  expect(verdictOf(higher([4]))).toBe("**no**, by 20 %");
  expect(verdictOf({ ...lower([3]), bar: 0 })).toBe("**no**, by 3");
  expect(verdictOf(higher([5]))).toBe("yes");
});

test("a figure against the one before: worse by a tenth is pointed out, in whichever direction worse lies", () => {
  expect(changeOf(lower([5]), lower([4.6, 4.7, 4.8])).verdict).toBe("FINE");
  expect(changeOf(lower([5.5]), lower([4.6, 4.7, 4.8])).verdict).toBe("REGRESSION");
  expect(changeOf(lower([5.5]), lower([4, 4.7, 5.6])).verdict).toBe("WORSE_WITHIN_SPREAD");
  expect(changeOf(lower([2]), lower([4.7])).verdict).toBe("FINE");
  expect(changeOf(higher([4]), higher([5])).verdict).toBe("REGRESSION");
  expect(changeOf(higher([9]), higher([5])).verdict).toBe("FINE");
  expect(changeOf(lower([0]), lower([0])).verdict).toBe("FINE");
  expect(changeOf(lower([1]), lower([0])).verdict).toBe("REGRESSION");
});

test("answers are the same however they write numbers and times, and not where one says less or other", () => {
  const ours = [["581179", "2011-12-07T15:43:00", "15.6", 24, null, true]];
  expect(findDifference(ours, [["581179", "2011-12-07T15:43:00.000000", "15.60", "24", null, true]])).toBeNull();
  expect(findDifference([["90"]], [["90.00"]])).toBeNull();
  expect(findDifference([["900"]], [["9"]])).toBe('row 0: ["900"] against ["9"]');
  expect(findDifference([["a"], ["b"]], [["a"]])).toBe("2 rows against 1");
  expect(findDifference([[null]], [[""]])).toBe('row 0: [null] against [""]');
});

test("the results say what was not measured, and why", () => {
  const run = {
    date: "2026-01-01",
    commit: "abc",
    command: "npm run bench",
    machine: "2 cores",
    loadBefore: 0,
    versions: {},
  };
  const skipped = { kind: "skipped", key: "load.append", title: "append", because: "it is not known yet" } as const;
  const results: StoredResults = { "load/refresh": { run, figures: [lower([7, 7, 8]), skipped], details: [] } };
  const steps = [{ name: "refresh", quick: true, measure: async () => ({ outcomes: [], details: [] }) }];
  const text = formatResults([{ name: "load", title: "The load", steps }], results, {
    "load/refresh": { run, figures: [lower([5])], details: [] },
  });
  expect(text).toContain(
    "| refresh | 7.00 × | 7.00 – 8.00 | 3 | ≤ 6 × | ≤ 4 × | **no**, by 17 % | 5.00 ×: **40 % worse** |",
  );
  expect(text).toContain("| append | not measured: it is not known yet |");
});

test("a file splits into all but its last month, and the last month, header and all", async () => {
  const folder = await mkdtemp(join(tmpdir(), "bench-test-"));
  try {
    const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
    const row = (day: string, text = "A") => `1,2,${text},3,${day} 8:05,1.00,,France\n`;
    const rows = [
      row("9/30/2025"),
      row("10/1/2025"),
      row("10/20/2025", '"x, ""y"""'),
      row("2/1/2025"),
      row("10/2/2025"),
    ];
    const path = join(folder, "all.csv");
    await writeFile(path, header + rows.join(""));
    const split = await splitLastMonth({ path, name: "all", encoding: "UTF8", bytes: 0 }, folder);
    expect(split.month).toBe("2025-10");
    expect(split.lastRows).toBe(3);
    expect(await readFile(split.before.path, "utf8")).toBe(header + rows[0] + rows[3]);
    expect(await readFile(split.last.path, "utf8")).toBe(header + rows[1] + rows[2] + rows[4]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
