// A load in a process of its own, so that a test can kill it at a given point or measure its memory. Node 20 does not run
// TypeScript, so the rooms that a load needs are transpiled to plain modules first.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { LoadOptions } from "../../etl/loadOptions.ts";
import type { LoadReport } from "../../etl/loadReport.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rooms = ["etl", "src/kernel", "src/intelligence", "src/model", "src/warehouse", "src/query"];

const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
  experimentalDecorators: true,
  useDefineForClassFields: false,
};

// What a load tells is written at once, because the process may be stopped or killed right after.
const script = `import { existsSync, readFileSync, writeSync } from "node:fs";
import { loadFiles } from "./etl/loadFiles.js";
const tell = (message) => writeSync(1, JSON.stringify(message) + "\\n");
const { options, pauseAt, resumeFile } = JSON.parse(process.argv[2]);
const told = new Set();
function onProgress({ stage, done, total }) {
  const point = done === undefined ? stage : done * 2 >= total ? stage + " midway" : stage;
  if (told.has(point)) return;
  told.add(point);
  tell({ reached: point });
  const cell = new Int32Array(new SharedArrayBuffer(4));
  if (point === pauseAt) while (!existsSync(resumeFile)) Atomics.wait(cell, 0, 0, 20);
}
// The largest resident set since this program began. Node's own figure can hold that of the process that started it.
function peakBytes() {
  const status = existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "";
  const own = /^VmHWM:\\s+(\\d+) kB$/m.exec(status)?.[1];
  return Number(own ?? process.resourceUsage().maxRSS) * 1024;
}
try {
  const report = await loadFiles({ ...options, onProgress });
  tell({ report, peakBytes: peakBytes() });
} catch (error) {
  tell({ code: error.code ?? null, message: error.message, peakBytes: peakBytes() });
}
`;

/** Writes the loader as JavaScript to `directory`; answers with the script to run. */
export async function transpileLoader(directory: string): Promise<string> {
  for (const room of rooms) {
    const files = await readdir(join(root, room), { recursive: true });
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const { outputText } = ts.transpileModule(await readFile(join(root, room, file), "utf8"), { compilerOptions });
      const target = join(directory, room, file.replace(/\.ts$/, ".js"));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, outputText);
    }
  }
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  const path = join(directory, "load.js");
  await writeFile(path, script);
  return path;
}

export type LoadOutcome =
  | Readonly<{ report: LoadReport; peakBytes: number }>
  | Readonly<{ code: string | null; message: string; peakBytes: number }>
  | Readonly<{ killed: true }>;

export type LoadProcess = Readonly<{
  /** Resolves when the load says that it is there: the name of a stage, or `copy midway`. */
  reached(point: string): Promise<void>;
  /** Lets a load that has stopped go on. */
  resume(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  ended: Promise<LoadOutcome>;
}>;

/** `pauseAt`: the point at which the process stops dead, with its connections open, until it is killed or resumed. */
export function startLoadProcess(
  path: string,
  options: Omit<LoadOptions, "onProgress">,
  pauseAt?: string,
): LoadProcess {
  const resumeFile = `${path}.${randomUUID()}`;
  const child = spawn(process.execPath, [path, JSON.stringify({ options, pauseAt, resumeFile })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const passed = new Set<string>();
  const waiting = new Map<string, () => void>();
  let outcome: LoadOutcome = { killed: true };
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line) as { reached: string } | LoadOutcome;
    if (!("reached" in message)) {
      outcome = message;
      return;
    }
    passed.add(message.reached);
    waiting.get(message.reached)?.();
  });
  const ended = once(child, "close").then(() => outcome);
  return {
    ended,
    async reached(point) {
      if (passed.has(point)) return;
      const there = new Promise<"there">((resolve) => waiting.set(point, () => resolve("there")));
      const first = await Promise.race([there, ended]);
      if (first !== "there") throw new Error(`The load ended before ${point}: ${JSON.stringify(first)}`);
    },
    resume: () => writeFile(resumeFile, ""),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
