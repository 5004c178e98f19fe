// Starts a server in a process of its own, waits until it says where it listens, and stops it by its own handle.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

export type StartedServer = Readonly<{
  /** Where it answers. */
  url: string;
  pid: number;
  /** Megabytes, of a million bytes, that are resident now, and the most that ever were; null where the system does not tell. */
  memory(): Promise<Readonly<{ now: number; peak: number }> | null>;
  /** Files and sockets that are open; null where the system does not tell. */
  openFiles(): Promise<number | null>;
  stop(): Promise<void>;
}>;

type ServerStart = Readonly<{
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
}>;

/** Milliseconds from the start to the address, and from being told to stop to the end. */
const startWithin = 120_000;
const stopWithin = 10_000;
const address = /\bhttp:\/\/127\.0\.0\.1:\d+\/graphql\b/;

export async function startServer({ file, args, env, cwd }: ServerStart): Promise<StartedServer> {
  const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000);
  });
  const ended = once(child, "close");
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${args[0]} did not say where it listens.`)), startWithin);
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`${args[0]} ended with ${code} before it listened:\n${complaint}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      const [found] = address.exec(said) ?? [];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  }).catch((cause) => {
    child.kill("SIGKILL");
    throw cause;
  });
  const pid = child.pid as number;
  return Object.freeze({
    url,
    pid,
    memory: () => memoryOf(pid),
    openFiles: () =>
      readdir(`/proc/${pid}/fd`).then(
        (names) => names.length,
        () => null,
      ),
    stop: async () => {
      child.kill("SIGTERM");
      const late = await Promise.race([ended.then(() => false), sleep(stopWithin, true, { ref: false })]);
      if (late) child.kill("SIGKILL");
      await ended;
    },
  });
}

async function memoryOf(pid: number): Promise<Readonly<{ now: number; peak: number }> | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const of = (name: string) => (Number(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(status)?.[1]) * 1024) / 1e6;
  const [now, peak] = [of("VmRSS"), of("VmHWM")];
  return Number.isNaN(now) || Number.isNaN(peak) ? null : { now, peak };
}
