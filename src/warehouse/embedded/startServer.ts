// Starts and stops the server of a cluster with pg_ctl, which gives it a session of its own: Ctrl-C in the terminal
// does not reach it, and it holds neither our streams nor our event loop.
import { readFile, rename, stat, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { settingsFile } from "./initialiseCluster.ts";
import type { Binaries } from "./placeBinaries.ts";
import type { Cluster } from "./placeCluster.ts";
import { type ProgramResult, runProgram } from "./runProgram.ts";
import { serverSettings } from "./serverSettings.ts";
import { unavailable } from "./unavailable.ts";
import { makeOwnedDirectory, openOwnedLog, writeOwnedFile } from "./writeOwnedFile.ts";

/** Seconds; replaying 4 GB of write-ahead log after a crash on a slow disk takes its time. */
const startWithin = 600;
const stopWithin = 300;
/** Milliseconds in which the backends of a killed server must have noticed and gone. */
const orphansWithin = 30_000;
const logLimit = 4 * 1024 * 1024;

/** Returns once the server accepts connections, or where another process's start got ahead of this one. */
export async function startServer(cluster: Cluster, binaries: Binaries): Promise<void> {
  if (cluster.socketDirectory !== undefined) await makeOwnedDirectory(cluster.socketDirectory, cluster.user);
  const { size } = await stat(cluster.logFile).catch(() => ({ size: 0 }));
  if (size > logLimit) await rename(cluster.logFile, `${cluster.logFile}.old`);

  const orphansUntil = Date.now() + orphansWithin;
  for (let portsTried = 0; ; ) {
    await writeSettings(cluster, binaries);
    const said = await start(cluster, binaries);
    if (said === undefined || /lock file "postmaster.pid" already exists/.test(said)) return;
    if (/could not bind|could not create any TCP\/IP sockets/.test(said) && ++portsTried < 5) continue;
    if (/is still in use/.test(said) && Date.now() < orphansUntil) {
      await sleep(200);
      continue;
    }
    const last = said.split("\n").slice(-8);
    const fatal = last.findLast((line) => /FATAL|PANIC/.test(line)) ?? last.at(-1) ?? "it said nothing";
    throw unavailable(`The embedded PostgreSQL did not start: ${fatal} (log: ${cluster.logFile})`, {
      cause: new Error(last.join("\n")),
    });
  }
}

/** A fast shutdown, waited for: whoever is still connected is sent away, and everything is on disk. */
export async function stopServer(cluster: Cluster, binaries: Binaries): Promise<void> {
  const { code, output } = await control(cluster, binaries, ["stop", "--mode=fast", `--timeout=${stopWithin}`]);
  if (code === 0 || /PID file .* does not exist|No such process/.test(output)) return;
  throw unavailable(`The embedded PostgreSQL did not stop: ${output.trim()} (log: ${cluster.logFile})`, {
    remedy: `It may still be writing: look into ${cluster.logFile}, and stop the server by the pid in ${join(cluster.dataDirectory, "postmaster.pid")}.`,
  });
}

/** `undefined` where it runs; else what this start wrote to the log. */
async function start(cluster: Cluster, binaries: Binaries): Promise<string | undefined> {
  const log = await openOwnedLog(cluster.logFile, cluster.user);
  try {
    const { size } = await log.stat();
    const args = ["start", `--log=${cluster.logFile}`, `--timeout=${startWithin}`];
    const { code, output } = await control(cluster, binaries, args, log.fd);
    if (code === 0) return undefined;
    const written = await readFile(cluster.logFile);
    return `${output}${written.subarray(size).toString("utf8")}`.trim();
  } finally {
    await log.close();
  }
}

function control(cluster: Cluster, binaries: Binaries, args: string[], outputFile?: number): Promise<ProgramResult> {
  return runProgram(binaries.pgCtl, [...args, "--wait", "--silent", `--pgdata=${cluster.dataDirectory}`], {
    user: cluster.user,
    ...(outputFile === undefined ? {} : { outputFile }),
  });
}

async function writeSettings(cluster: Cluster, binaries: Binaries): Promise<void> {
  const file = join(cluster.dataDirectory, settingsFile);
  const settings = serverSettings({
    memory: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    port: await freePort(),
    socketDirectory: cluster.socketDirectory,
    hasStatementStatistics: binaries.hasStatementStatistics,
    dynamicSharedMemory: await dynamicSharedMemory(),
  });
  await writeOwnedFile(file, settings, cluster.user);
}

/** A container's /dev/shm is often 64 MB, which a parallel hash join overruns; System V segments are not kept there. */
async function dynamicSharedMemory(): Promise<"sysv" | undefined> {
  if (process.platform !== "linux") return undefined;
  const shared = await statfs("/dev/shm").catch(() => undefined);
  return shared === undefined || shared.blocks * shared.bsize < 512 * 1024 * 1024 ? "sysv" : undefined;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no free port on 127.0.0.1"));
      });
    });
  });
}
