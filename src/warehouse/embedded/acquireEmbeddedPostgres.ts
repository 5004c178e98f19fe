// The embedded default database: a real PostgreSQL under CONSUMER360_HOME, made on first use, shared by all processes
// of one home, and stopped by the last of them.
import { setTimeout as sleep } from "node:timers/promises";
import { Consumer360Error } from "../../kernel/errors.ts";
import { clusterMajor, initialiseCluster, owner, readPassword } from "./initialiseCluster.ts";
import { openReaderLogin, readerLogin } from "./openReaderLogin.ts";
import { findBinaryPackage, placeBinaries } from "./placeBinaries.ts";
import { type Cluster, placeCluster } from "./placeCluster.ts";
import { disownPid, readServerState } from "./readServerState.ts";
import { startServer, stopServer } from "./startServer.ts";
import { isPassing, type Lease, takeLease } from "./takeLease.ts";
import { reasonOf, unavailable } from "./unavailable.ts";
import { withLockFile } from "./withLockFile.ts";

export type EmbeddedPostgres = {
  /** postgresql:// URL of the owner (superuser `consumer360`) in database `consumer360`. */
  readonly url: string;
  /** The same database for readers: a login that owns nothing and sees nothing until it takes the reader's role. */
  readonly readerUrl: string;
  readonly dataDirectory: string;
  /** true where this call started the server, false where it joined a running one */
  readonly started: boolean;
  /** Gives the lease back; the last one out stops the server. Idempotent. */
  release(): Promise<void>;
};

const database = "consumer360";
/** Milliseconds to wait for another process that starts or stops the server, or for a server that does so by itself. */
const patience = 300_000;

/**
 * Joins the server of `home`, or makes and starts it. Close every other connection before `release()`:
 * if this was the last lease, the server sends away whoever is still there.
 */
export async function acquireEmbeddedPostgres(options: {
  home: string;
  onProgress?: (message: string) => void;
}): Promise<EmbeddedPostgres> {
  const { home, onProgress = () => undefined } = options;
  try {
    const cluster = await placeCluster(home);
    const { lease, port, password, readerPassword, started } = await alone(cluster, onProgress, () =>
      enter(cluster, onProgress),
    );
    const place = `127.0.0.1:${port}/${database}`;
    let released: Promise<void> | undefined;
    return Object.freeze({
      url: `postgresql://${owner}:${password}@${place}`,
      readerUrl: `postgresql://${readerLogin}:${readerPassword}@${place}`,
      dataDirectory: cluster.dataDirectory,
      started,
      release() {
        released ??= alone(cluster, onProgress, () => leave(cluster, lease)).catch((error: unknown) => {
          throw named(error, home);
        });
        return released;
      },
    });
  } catch (error) {
    throw named(error, home);
  }
}

/** Everything that starts, joins or stops the server happens under one lock, so none of these can cross another. */
function alone<T>(cluster: Cluster, onProgress: (message: string) => void, work: () => Promise<T>): Promise<T> {
  const onWait = (holder: string) => onProgress(`Waiting for ${holder}, which is starting or stopping PostgreSQL`);
  return withLockFile(cluster.lockFile, { waitFor: patience, onWait }, work);
}

async function enter(
  cluster: Cluster,
  onProgress: (message: string) => void,
): Promise<{ lease: Lease; port: number; password: string; readerPassword: string; started: boolean }> {
  const deadline = Date.now() + patience;
  for (let started = false; ; await sleep(50)) {
    const state = await readServerState(cluster.dataDirectory);
    if (state.kind !== "alive") {
      await start(cluster, state.kind === "crashed", onProgress);
      started = true;
    } else if (state.settled) {
      const password = await readPassword(cluster);
      try {
        const address = { port: state.port, user: owner, password };
        const lease = await takeLease(address, database);
        try {
          const readerPassword = await openReaderLogin(cluster, address, database);
          return { lease, port: state.port, password, readerPassword, started };
        } catch (error) {
          await lease.giveBack();
          throw error;
        }
      } catch (error) {
        if (!isPassing(error)) throw error;
      }
    }
    if (Date.now() > deadline) {
      throw unavailable(
        `The embedded PostgreSQL in ${cluster.root} neither answers nor ends (log: ${cluster.logFile}).`,
        {
          remedy: `Stop the server by the pid in ${cluster.dataDirectory}/postmaster.pid and try again.`,
        },
      );
    }
  }
}

async function start(cluster: Cluster, crashed: boolean, onProgress: (message: string) => void): Promise<void> {
  const binaries = await placeBinaries(await findBinaryPackage(), cluster.binaryStores, cluster.user);
  const major = await clusterMajor(cluster);
  if (major === undefined) {
    onProgress(`Making a PostgreSQL ${binaries.major} database in ${cluster.root}`);
    await initialiseCluster(cluster, binaries);
  } else if (major !== binaries.major) {
    throw unavailable(
      `The embedded database in ${cluster.root} was made by PostgreSQL ${major}; this version of Consumer360 brings PostgreSQL ${binaries.major}.`,
      { remedy: `Remove ${cluster.root} and load your files again, set CONSUMER360_HOME=/some/path, or DATABASE_URL.` },
    );
  }
  if (crashed) await disownPid(cluster.dataDirectory, cluster.user);
  onProgress(crashed ? "Starting PostgreSQL; it was not stopped properly and recovers first" : "Starting PostgreSQL");
  await startServer(cluster, binaries);
}

async function leave(cluster: Cluster, lease: Lease): Promise<void> {
  const { last } = await lease.giveBack();
  if (last)
    await stopServer(cluster, await placeBinaries(await findBinaryPackage(), cluster.binaryStores, cluster.user));
}

function named(error: unknown, home: string): Consumer360Error {
  if (error instanceof Consumer360Error) return error;
  return unavailable(`The embedded database of ${home} cannot be used: ${reasonOf(error)}.`, { cause: error });
}
