// Runs a program to its end and measures how long the whole process took.
import { spawn } from "node:child_process";

export type Finished = Readonly<{ stdout: string; stderr: string; seconds: number }>;

export type RunOptions = Readonly<{
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  signal?: AbortSignal;
}>;

/** Throws an Error with the end of what the program complained of, if it fails. */
export function runProgram(file: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { env = {}, cwd, signal } = options;
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(file, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { signal }),
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code, killedBy) => {
      const seconds = (performance.now() - began) / 1000;
      const complaint = Buffer.concat(stderr).toString();
      if (code === 0) resolve({ stdout: Buffer.concat(stdout).toString(), stderr: complaint, seconds });
      else reject(new Error(`${[file, ...args].join(" ")} ended with ${code ?? killedBy}:\n${complaint.slice(-2000)}`));
    });
  });
}

/** The first of these programs that runs; null where none does. */
export async function findProgram(candidates: readonly (readonly string[])[]): Promise<string | null> {
  for (const [file = "", ...args] of candidates) {
    const found = await runProgram(file, args).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return null;
}
