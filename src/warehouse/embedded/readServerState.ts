// What postmaster.pid, and the process it names, say about the server of a data directory.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runProgram, type ServerUser } from "./runProgram.ts";
import { codeOf } from "./unavailable.ts";
import { writeOwnedFile } from "./writeOwnedFile.ts";

export type ServerState =
  | { readonly kind: "stopped" }
  /** Died without removing its file. */
  | { readonly kind: "crashed" }
  /** `settled` is false while it starts or stops. */
  | { readonly kind: "alive"; readonly pid: number; readonly port: number; readonly settled: boolean };

const fileOf = (dataDirectory: string) => join(dataDirectory, "postmaster.pid");

export async function readServerState(dataDirectory: string): Promise<ServerState> {
  let lines: string[];
  try {
    lines = (await readFile(fileOf(dataDirectory), "utf8")).split("\n");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "stopped" };
    throw error;
  }
  // pid, data directory, start time, port, socket directory, address, shared memory, status
  const pid = Number(lines[0]);
  if (!(pid > 0) || !(await isServer(pid, dataDirectory))) return { kind: "crashed" };
  return { kind: "alive", pid, port: Number(lines[3]), settled: lines[7]?.trim() === "ready" };
}

/**
 * After a crash the number in postmaster.pid may belong to a stranger, and PostgreSQL would refuse to start beside it.
 * It takes the pid of its starter for stale, and unlike with a removed file still looks for living backends.
 */
export async function disownPid(dataDirectory: string, user: ServerUser): Promise<void> {
  const [, ...rest] = (await readFile(fileOf(dataDirectory), "utf8")).split("\n");
  await writeOwnedFile(fileOf(dataDirectory), [process.pid, ...rest].join("\n"), user);
}

/** Whether the process lives and is a PostgreSQL on this directory, rather than a stranger that was given the number. */
async function isServer(pid: number, dataDirectory: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  const command = await commandOf(pid);
  return command === undefined || command.includes(dataDirectory);
}

/** `undefined` where the system does not say; empty for a process that is dead and waits to be reaped. */
async function commandOf(pid: number): Promise<string | undefined> {
  if (process.platform === "win32") return undefined;
  if (process.platform === "linux") return readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => undefined);
  const { code, output } = await runProgram("ps", ["-ww", "-o", "command=", "-p", String(pid)], { user: undefined });
  return code === 0 ? output : undefined;
}
