// Ten thousand ways to spoil a file: none may crash the reader, hold it up or fill its memory, and each is either refused with a code and a
// remedy, or accounted for row by row exactly as a second, simple judge does.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JudgedColumn } from "../../etl/judge/judgedColumns.ts";
import { readCopyRows } from "../../etl/judge/readCopyRows.ts";
import { decodeText } from "../../etl/read/decodeText.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import { errorCodes } from "../../src/kernel/errors.ts";
import { type JudgeAnswer, type JudgeProcess, startJudgeProcess } from "../support/judgeProcess.ts";
import { createDraw } from "./mutated/createDraw.ts";
import { shopMapping } from "./mutated/inventFile.ts";
import { mutateText } from "./mutated/mutateText.ts";
import { mutateWorkbook } from "./mutated/mutateWorkbook.ts";
import { judgeSlowly, type SlowLine } from "./slowJudge/judgeSlowly.ts";
import type { SlowEncoding } from "./slowJudge/readSlowly.ts";

/** A whole number in CONSUMER360_SOAK multiplies the files; CONSUMER360_SEED tries the files of these seeds alone. */
const soak = Math.max(1, Math.trunc(Number(process.env.CONSUMER360_SOAK ?? 1)) || 1);
const only = process.env.CONSUMER360_SEED;
const textFiles = 1_600 * soak;
const workbooks = 400 * soak;
/** So many are told at once. */
const mostFailures = 12;
const mebibyte = 1024 * 1024;

const columns = [
  "line",
  "line_no",
  "customer_key",
  "guest",
  "ordered_at",
  "invoice",
  "country",
  "product",
  "description",
  "category",
  "quantity",
  "unit_price",
  "amount",
  "kind",
  "line_type",
  "customer_name",
] as const satisfies readonly JudgedColumn[];

let folder: string;
let judge: JudgeProcess;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-mutated-"));
  judge = await startJudgeProcess(join(folder, "judge"));
});
afterAll(async () => {
  await judge?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What COPY would get of an accepted row. */
const valuesOf = (line: SlowLine, encoding: SlowEncoding) =>
  [
    line.line,
    line.lineNo,
    line.customerKey,
    line.guest,
    line.orderedAt,
    line.invoice,
    line.country,
    line.product,
    line.description,
    line.category,
    line.quantity,
    line.unitPrice,
    line.amount,
    line.kind,
    line.lineType,
    line.customerName,
  ].map((value) => decodeText(Buffer.from(value, "latin1"), encoding));

const rowsOf = (output: string, encoding: SlowEncoding) =>
  readCopyRows(Buffer.from(output, "latin1"), columns, encoding).map((row) => row.map((value) => value ?? ""));

/** Throws with the first of them that differs. */
function holdSame(what: string, found: readonly unknown[], expected: readonly unknown[]): void {
  const texts = [found, expected].map((list) => list.map((each) => JSON.stringify(each)));
  const [these = [], those = []] = texts;
  const at = Array.from({ length: Math.max(these.length, those.length) }).findIndex((_, k) => these[k] !== those[k]);
  if (at >= 0) throw new Error(`${what} ${at}: ${these[at]} instead of ${those[at]}`);
}

/** In ten-thousand-millionths. */
function unitsOf(amount: string): bigint {
  const [, sign, whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(toDecimal(amount)) ?? [];
  return BigInt(whole + fraction.padEnd(10, "0")) * (sign === "-" ? -1n : 1n);
}

function holdRefusal(refused: NonNullable<JudgeAnswer["refused"]>): void {
  if (refused.name !== "Consumer360Error") throw new Error(refused.stack);
  expect(errorCodes).toContain(refused.code);
  expect(refused.remedy).toMatch(/\w/);
  // What the file itself says stands in quotes.
  const own = refused.message.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
  if (/undefined|NaN|\[object/.test(own)) throw new Error(`it is refused with ${own}`);
}

/** How many files ended how; throws with the seeds of those that ended otherwise than they should. */
async function tryFiles(count: number, tryFile: (seed: number) => Promise<string>): Promise<Map<string, number>> {
  const outcomes = new Map<string, number>();
  const failures: string[] = [];
  const seeds = only === undefined ? Array.from({ length: count }, (_, k) => k) : only.split(",").map(Number);
  for (const seed of seeds) {
    try {
      const outcome = await tryFile(seed);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      failures.push(`CONSUMER360_SEED=${seed}: ${only === undefined ? why.slice(0, 900) : why}`);
      if (failures.length >= mostFailures || /process ended|No answer/.test(why)) break;
    }
  }
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return outcomes;
}

describe("mutated text files", () => {
  let most = 0;

  async function tryText(seed: number): Promise<string> {
    const { file, bytes } = mutateText(createDraw(seed));
    const path = join(folder, "mutated.csv");
    await writeFile(path, bytes);
    const { encoding, ...asked } = file.asked;
    const answer = await judge.judge({
      path,
      mapping: file.isMapped ? shopMapping : undefined,
      reading: { ...asked, ...(encoding ? { encoding: encoding === "UTF8" ? "utf8" : "windows-1252" } : {}) },
      columns,
      keepsOutput: true,
      ...(seed % 5 === 0 ? { chunkBytes: 64 + (seed % 1000) } : {}),
    });
    most = Math.max(most, answer.peakBytes);
    const verdict = judgeSlowly(bytes, { ...file.asked, layout: file.isMapped ? file.layout : undefined });
    if (answer.refused !== undefined) {
      holdRefusal(answer.refused);
      if (!("refused" in verdict))
        throw new Error(`${answer.refused.code}, but it can be read: ${answer.refused.message}`);
      expect(verdict.refused).toContain(answer.refused.code);
      return answer.refused.code;
    }
    if ("refused" in verdict) throw new Error(`read, instead of ${verdict.refused.join(" or ")}`);
    const { judgement, read, rejects } = answer;
    expect(answer.encoding).toBe(verdict.encoding);
    holdSame("rejects", rejects, verdict.rejects);
    holdSame(
      "rows",
      rowsOf(answer.output, answer.encoding),
      verdict.lines.map((line) => valuesOf(line, answer.encoding)),
    );
    expect(read).toBe(verdict.lines.length + verdict.rejects.length);
    expect(judgement).toMatchObject({ accepted: verdict.lines.length, rejected: verdict.rejects.length });
    expect(unitsOf(judgement.amount)).toBe(verdict.amount);
    return verdict.rejects.length === 0 ? "read whole" : "read, with rejects";
  }

  it(
    "are refused, or judged as the slow judge does",
    async () => {
      const outcomes = await tryFiles(textFiles, tryText);
      console.info(Object.fromEntries([...outcomes].toSorted(([, a], [, b]) => b - a)));
      console.info(`${Math.round(most / mebibyte)} MiB at most`);
      if (only !== undefined) return;
      expect(outcomes.size).toBeGreaterThan(8);
      expect(most / mebibyte).toBeLessThan(200);
    },
    120_000 * soak,
  );
});

describe("mutated workbooks", () => {
  let most = 0;

  async function tryWorkbook(seed: number): Promise<string> {
    const { file, bytes } = mutateWorkbook(createDraw(seed));
    const path = join(folder, "mutated.xlsx");
    await writeFile(path, bytes);
    const { dateOrder, decimalComma } = file.asked;
    const answer = await judge.judge({
      path,
      mapping: file.isMapped ? shopMapping : undefined,
      reading: { dateOrder, decimalComma },
      columns,
      keepsOutput: true,
    });
    most = Math.max(most, answer.peakBytes);
    if (answer.refused !== undefined) {
      holdRefusal(answer.refused);
      return answer.refused.code;
    }
    const { judgement, read, rejects } = answer;
    const rows = rowsOf(answer.output, answer.encoding);
    expect([rows.length, rejects.length]).toEqual([judgement.accepted, judgement.rejected]);
    expect(read).toBe(rows.length + rejects.length);
    const places = [...rows.map(([line]) => Number(line)), ...rejects.map(({ line }) => line)];
    expect(new Set(places).size).toBe(read);
    expect(rejects.map(({ line }) => line)).toEqual(rejects.map(({ line }) => line).toSorted((a, b) => a - b));
    for (const { code, raw } of rejects) expect(`${code} ${raw}`).toMatch(/^[A-Z_]+ /);
    expect(unitsOf(judgement.amount)).toBe(rows.reduce((sum, row) => sum + unitsOf(row[12] as string), 0n));
    return rejects.length === 0 ? "read whole" : "read, with rejects";
  }

  it(
    "are refused, or accounted for",
    async () => {
      const outcomes = await tryFiles(workbooks, tryWorkbook);
      console.info(Object.fromEntries([...outcomes].toSorted(([, a], [, b]) => b - a)));
      console.info(`${Math.round(most / mebibyte)} MiB at most`);
      if (only !== undefined) return;
      expect(outcomes.size).toBeGreaterThan(4);
      expect(most / mebibyte).toBeLessThan(200);
    },
    120_000 * soak,
  );
});
