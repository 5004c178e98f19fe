// The machine, the programs and the commit of a run, without names of hosts or folders.
import { readFile } from "node:fs/promises";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { join } from "node:path";
import type { Bench } from "../setting/openBench.ts";
import { benchFolder, repository } from "../setting/openBench.ts";
import { runProgram } from "../setting/runProgram.ts";
import { serverNode } from "../setting/serverNode.ts";
import type { RunFacts } from "./StoredResults.ts";

const pythonVersions = `import json, platform, pandas, sqlalchemy, psycopg2
print(json.dumps({"Python": platform.python_version(), "pandas": pandas.__version__, "SQLAlchemy": sqlalchemy.__version__, "psycopg2": psycopg2.__version__.split()[0]}))`;

export async function runFacts({ server, psql, python }: Bench, command: string): Promise<RunFacts> {
  const output = async (file: string, ...args: string[]) =>
    (await runProgram(file, args, { cwd: repository })).stdout.trim();
  const commit = await output("git", "rev-parse", "--short", "HEAD").catch(() => "unknown");
  const changes = await output(
    "git",
    "status",
    "--porcelain",
    "--",
    ".",
    ":!bench/RESULTS.md",
    ":!bench/results.json",
  ).catch(() => "");
  const psqlVersion = psql === null ? undefined : /[\d.]+/.exec(await output(psql, "--version"))?.[0];
  const servers = await serverNode();
  const { dependencies } = JSON.parse(await readFile(join(benchFolder, "package.json"), "utf8"));
  const memory = Math.round(totalmem() / 1024 ** 3);
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: changes === "" ? commit : `${commit}+`,
    command,
    machine: `${cpus().length} cores and ${memory} GiB of memory (${platform()}, ${arch()})`,
    loadBefore: loadavg()[0] ?? Number.NaN,
    versions: {
      Node: process.versions.node,
      ...(servers === null ? {} : { "Node of the servers": servers.version }),
      PostgreSQL: server.version,
      PostGraphile: dependencies.postgraphile,
      fastify: dependencies.fastify,
      pg: dependencies.pg,
      ...(psqlVersion === undefined ? {} : { psql: psqlVersion }),
      ...(python === null ? {} : JSON.parse(await output(python, "-c", pythonVersions))),
    },
  };
}
