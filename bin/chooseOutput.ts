// Where a file's rows go, decided before any is made: standard output, a file, a file in a folder, or what is no file at all.
// Floods no terminal and writes over no file unless told to.
import { realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Command } from "commander";
import type { OutputFlags } from "./outputOptions.ts";

export type Output = Readonly<
  | { kind: "standard" }
  /** `mode`: the permissions of the file that is replaced; null: no file may be there. */
  | { kind: "file"; path: string; mode: number | null }
  /** A device or a pipe: written to as it is. */
  | { kind: "device"; path: string }
>;

/** `fileName`: what the file is called in a folder. Ends as a usage error where the rows cannot go there. */
export async function chooseOutput(
  { output, force = false }: Pick<OutputFlags, "output" | "force">,
  fileName: string,
  command: Command,
  isTerminal = process.stdout.isTTY === true,
): Promise<Output> {
  const refuse = (message: string): never => command.error(`consumer360: ${message}`);
  if (output === undefined && isTerminal) {
    refuse(`this is too long for a terminal; name a file, --output ${fileName}, or ask for it with --output -`);
  }
  if (output === undefined || output === "-") return { kind: "standard" };
  const named = await stat(output).catch(() => undefined);
  if (!named && (output.endsWith("/") || output.endsWith(sep))) {
    refuse(`there is no directory ${output}; make it first`);
  }
  const asked = named?.isDirectory() ? join(output, fileName) : output;
  // a link stays one: what it leads to is replaced
  const path = await realpath(asked).catch(() => asked);
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) refuse(`${path} is a directory; name a file in it`);
  if (there && !there.isFile()) return { kind: "device", path };
  if (there && !force) refuse(`${path} is there already; --force writes over it`);
  if (!there && !(await stat(dirname(path)).catch(() => undefined))?.isDirectory()) {
    refuse(`there is no directory ${dirname(path)} to write ${path} in; make it first`);
  }
  return { kind: "file", path, mode: there ? there.mode & 0o777 : null };
}
