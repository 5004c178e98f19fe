// A process that judges files one after the other, so that a file which crashes it, holds it up or fills its memory is found out instead
// of taking the tests with it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { JudgedColumn } from "../../etl/judge/judgedColumns.ts";
import type { Reject } from "../../etl/judge/rejectCodes.ts";
import type { ReadingOptions } from "../../etl/read/inspectFile.ts";
import { transpileLoader } from "./loadProcess.ts";

const script = `import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseMapping } from "./etl/layouts/readMapping.js";
import { inspectFile } from "./etl/read/inspectFile.js";
import { judgeRows } from "./etl/judge/judgeRows.js";
const customerIdOf = (name) => "N-" + Buffer.from(name).toString("hex");
function peakBytes() {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const own = /^VmHWM:\\s+(\\d+) kB$/m.exec(status)?.[1];
  return Number(own ?? process.resourceUsage().maxRSS) * 1024;
}
async function judge({ path, mapping, reading, columns, keepsOutput, chunkBytes }) {
  try {
    const layout = mapping === undefined ? undefined : parseMapping("mapping.json", mapping);
    const evidence = await inspectFile(path, { ...reading, layout, chunkBytes });
    const rejects = [];
    const chunks = [];
    const rows = judgeRows(evidence, {
      columns, customerIdOf, chunkBytes, onReject: (reject) => void (keepsOutput ? rejects.push(reject) : rejects.length < 5 && rejects.push({ ...reject, raw: reject.raw.slice(0, 100) })),
    });
    let step = await rows.next();
    for (; !step.done; step = await rows.next()) if (keepsOutput) chunks.push(Buffer.from(step.value));
    const { encoding, rows: read } = evidence;
    return { encoding, read, judgement: step.value, rejects, output: Buffer.concat(chunks).toString("latin1") };
  } catch (error) {
    const { name, code, message, remedy, stack } = error;
    return { refused: { name, code, message, remedy: remedy ?? null, stack } };
  }
}
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await judge(JSON.parse(line));
  process.stdout.write(JSON.stringify({ ...answer, peakBytes: peakBytes() }) + "\\n");
}
`;

export type JudgeRequest = Readonly<{
  path: string;
  /** The JSON of a mapping. */
  mapping?: string | undefined;
  reading?: Omit<ReadingOptions, "layout">;
  columns: readonly JudgedColumn[];
  /** Whether the output and all rejects are answered. */
  keepsOutput: boolean;
  chunkBytes?: number | undefined;
}>;

export type JudgeAnswer = Readonly<{ peakBytes: number }> &
  (
    | Readonly<{
        refused: Readonly<{ name: string; code: string; message: string; remedy: string | null; stack: string }>;
      }>
    | Readonly<{
        refused?: undefined;
        encoding: "UTF8" | "WIN1252";
        read: number;
        judgement: Readonly<{ accepted: number; rejected: number; amount: string; edgeSpaces: number }>;
        rejects: readonly Reject[];
        output: string;
      }>
  );

export type JudgeProcess = Readonly<{
  /** Throws where the process has died, or does not answer in time. */
  judge(request: JudgeRequest): Promise<JudgeAnswer>;
  stop(): Promise<void>;
}>;

/** Starts a process by the modules that are written to `directory`. */
export async function startJudgeProcess(directory: string, milliseconds = 20_000): Promise<JudgeProcess> {
  const path = join(dirname(await transpileLoader(directory)), "judge.js");
  await writeFile(path, script);
  const child = spawn(process.execPath, [path], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close").then(([code, signal]) => {
    throw new Error(`The judging process ended (${signal ?? code}).`);
  });
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async judge(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`No answer within ${milliseconds} ms.`)), milliseconds);
      });
      try {
        const { value } = await Promise.race([lines.next(), ended, late]);
        if (value === undefined) return await ended;
        return JSON.parse(value);
      } catch (cause) {
        child.kill("SIGKILL");
        throw cause;
      } finally {
        clearTimeout(timer);
      }
    },
    async stop() {
      child.kill("SIGKILL");
      await ended.catch(() => {});
    },
  };
}
