// Makes the cluster of a home, once: a password, initdb, and the line that includes our settings. The cluster is
// built aside and renamed into place, so that a run which dies half-way leaves nothing that looks finished.
import { randomBytes } from "node:crypto";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Binaries } from "./placeBinaries.ts";
import type { Cluster } from "./placeCluster.ts";
import { runProgram } from "./runProgram.ts";
import { codeOf, reasonOf, unavailable } from "./unavailable.ts";
import { writeOwnedFile } from "./writeOwnedFile.ts";

export const settingsFile = "consumer360.conf";
export const owner = "consumer360";

/** The major version of the cluster in place; `undefined` where there is none. */
export async function clusterMajor(cluster: Cluster): Promise<number | undefined> {
  const file = join(cluster.dataDirectory, "PG_VERSION");
  try {
    return Number.parseInt(await readFile(file, "utf8"), 10);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unavailable(`The embedded database's ${file} cannot be read: ${reasonOf(error)}.`, { cause: error });
  }
}

export async function readPassword(cluster: Cluster): Promise<string> {
  try {
    return (await readFile(cluster.passwordFile, "utf8")).trim();
  } catch (error) {
    throw unavailable(
      `The embedded database's password file ${cluster.passwordFile} cannot be read: ${reasonOf(error)}.`,
      {
        remedy: `Put that file back, or remove ${cluster.root} to begin with an empty database.`,
        cause: error,
      },
    );
  }
}

export async function initialiseCluster(cluster: Cluster, binaries: Binaries): Promise<void> {
  const { root, passwordFile, user } = cluster;
  await writeOwnedFile(passwordFile, `${randomBytes(24).toString("hex")}\n`, user);

  const fresh = join(root, "data.new");
  await rm(fresh, { recursive: true, force: true });
  // The builtin provider sorts and folds alike on every system; libc's own part stays at C, which all of them have.
  const { code, output } = await runProgram(
    binaries.initdb,
    [
      `--pgdata=${fresh}`,
      `--username=${owner}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--no-instructions",
    ],
    { user },
  );
  if (code !== 0) {
    await rm(fresh, { recursive: true, force: true });
    const last = output.trim().split("\n").slice(-8);
    throw unavailable(`initdb could not make the embedded database in ${root}: ${last.at(-1) ?? `exit code ${code}`}`, {
      cause: new Error(last.join("\n")),
    });
  }
  const main = join(fresh, "postgresql.conf");
  const include = `\n# Consumer360's settings, written anew at each start\ninclude = '${settingsFile}'\n`;
  await writeOwnedFile(main, (await readFile(main, "utf8")) + include, user);
  await rename(fresh, cluster.dataDirectory);
}
