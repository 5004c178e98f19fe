// The summary line of a load: what a monitor splits at blanks and equals signs must come out as it went in.
import { describe, expect, test } from "vitest";
import { formatSummary } from "../../bin/formatSummary.ts";
import { type FinishedLoad, failureOf } from "../../bin/loadEnd.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";

const report: FinishedLoad = {
  status: "PUBLISHED",
  mode: "APPEND",
  loadRunId: 12,
  snapshotId: 12,
  files: [{ name: "2011-03.csv" }],
  account: { read: 41_000, loaded: 40_990, duplicate: 1, superseded: 2, rejected: 7, replaced: 3 },
  warnings: [{}, {}],
  seconds: 4.1234,
};

const failed = (message: string, files = ["/data/a.csv"]) =>
  ({ kind: "failed", failure: { code: "LAYOUT_UNKNOWN", message }, files, seconds: 0.26 }) as const;

describe("the summary of a load", () => {
  test("that was published", () => {
    expect(formatSummary({ kind: "finished", report })).toBe(
      "consumer360 load status=PUBLISHED mode=APPEND load=12 snapshot=12 files=1 file=2011-03.csv read=41000 loaded=40990 duplicate=1 superseded=2 rejected=7 replaced=3 warnings=2 seconds=4.1",
    );
  });

  test("of several files names none of them", () => {
    const line = formatSummary({ kind: "finished", report: { ...report, files: [{ name: "a" }, { name: "b" }] } });
    expect(line).toContain(" files=2 read=");
  });

  test("that failed", () => {
    expect(formatSummary(failed('/data/a.csv is of "no" known layout'))).toBe(
      String.raw`consumer360 load status=FAILED code=LAYOUT_UNKNOWN files=1 file=a.csv seconds=0.3 message="/data/a.csv is of \"no\" known layout"`,
    );
  });

  test.each([
    ["plain.csv", "plain.csv"],
    ["Ümläut.csv", "Ümläut.csv"],
    ["", '""'],
    ["two words.csv", '"two words.csv"'],
    ["a=b.csv", '"a=b.csv"'],
    ["back\\slash", String.raw`"back\\slash"`],
    ["two\nlines\tand \u001b[31mred", String.raw`"two\nlines\tand \u001b[31mred"`],
    ["right\u202eleft", String.raw`"right\u202eleft"`],
    ["separated\u2028here", String.raw`"separated\u2028here"`],
    ["half \ud800 a letter", '"half \ufffd a letter"'],
    ["non\u00a0breaking", '"non\u00a0breaking"'],
  ])("writes %j as %s, on one line", (name, written) => {
    const line = formatSummary({ kind: "finished", report: { ...report, files: [{ name }] } });
    expect(line).toContain(` file=${written} read=`);
    expect(line).not.toMatch(/[\p{Cc}\p{Zl}]/u);
  });
});

test("a failure is told in the words of the command line, a fault of ours by its message", () => {
  const error = new Consumer360Error("FILE_EMPTY", "The file a.csv has no bytes.", { remedy: "Export it again." });
  expect(failureOf(error)).toEqual({
    code: "FILE_EMPTY",
    message: "The file a.csv has no bytes",
    remedy: "Export it again.",
  });
  expect(failureOf(new TypeError("x is not a function"))).toEqual({
    code: "INTERNAL",
    message: "x is not a function",
  });
});
