// What every measurement needs: the server, the built product, a temporary folder, and the programs of the peers.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BenchOptions } from "../parseArguments.ts";
import { type BenchServer, openBenchServer } from "./openBenchServer.ts";
import { findProgram } from "./runProgram.ts";

export type Bench = Readonly<{
  options: BenchOptions;
  server: BenchServer;
  /** Of the run; gone when it ends. */
  folder: string;
  /** CONSUMER360_HOME of the run. */
  home: string;
  signal: AbortSignal;
  /** Null where it is not installed. */
  psql: string | null;
  /** A Python with pandas, SQLAlchemy and psycopg2; null where there is none. */
  python: string | null;
  say(message: string): void;
  close(): Promise<void>;
}>;

/** The repository, seen from the transpiled file in bench/dist/bench/setting. */
export const repository = fileURLToPath(new URL("../../../../", import.meta.url));
export const benchFolder = join(repository, "bench");
export const dataFolder = join(benchFolder, ".data");

export async function openBench(
  options: BenchOptions,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "consumer360-bench-"));
  const home = join(folder, "home");
  // where root runs it, PostgreSQL is another user, who must get there
  await chmod(folder, 0o755);
  try {
    const [psql, python, server] = await Promise.all([
      findProgram([["psql", "--version"]]),
      findProgram(["/usr/bin/python3", "python3"].map((file) => [file, "-c", "import pandas, sqlalchemy, psycopg2"])),
      openBenchServer(home, say),
    ]);
    return Object.freeze({
      options,
      server,
      folder,
      home,
      signal,
      psql,
      python,
      say,
      close: async () => {
        await server.close();
        await rm(folder, { recursive: true, force: true });
      },
    });
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}
