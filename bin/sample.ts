// `consumer360 sample`: a generated transaction file of any size. Floods no terminal and writes over no file unless told to.
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Command } from "commander";
import type { SampleOptions } from "../etl/sample/generateSample.ts";
import { withoutStops } from "./formatError.ts";
import { writeSample } from "./writeSample.ts";

export type SampleFlags = Partial<SampleOptions> & Readonly<{ output?: string; force?: boolean }>;

export async function sample(
  { output, force = false, ...options }: SampleFlags,
  command: Command,
  isTerminal = process.stdout.isTTY === true,
): Promise<void> {
  const refuse = (message: string): never => command.error(`consumer360: ${message}`);
  if (output === undefined && isTerminal) {
    refuse("a sample is too long for a terminal; name a file, --output sample.csv, or ask for it with --output -");
  }
  const path = output === undefined || output === "-" ? null : output;
  const there = path === null ? undefined : await stat(path).catch(() => undefined);
  // a device or a pipe has nothing to lose
  if (there?.isFile() && !force) refuse(`${path} is there already; --force writes over it`);
  try {
    await writeSample(options, { path, mayReplace: there !== undefined });
  } catch (error) {
    if (error instanceof RangeError) refuse(withoutStops(error.message));
    if (path !== null && isOpening(error)) refuse(reasonNotOpened(path, error.code));
    throw error;
  }
}

type OpeningError = Error & { code?: unknown };

function isOpening(error: unknown): error is OpeningError {
  return error instanceof Error && "syscall" in error && error.syscall === "open";
}

function reasonNotOpened(path: string, code: unknown): string {
  switch (code) {
    case "ENOENT":
      return `there is no directory ${dirname(path)} to write ${path} in; make it first`;
    case "EISDIR":
      return `${path} is a directory; name a file in it`;
    case "EEXIST":
      return `${path} has just been made by another program`;
    default:
      return `${path} cannot be written (${code})`;
  }
}
