// A lease says that this process uses the server: a connection that holds a shared advisory lock for as long as the
// process lives. A process that is killed loses its connection and so its lease; the last one out finds none left.
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { codeOf } from "./unavailable.ts";

/** Seen in pg_stat_activity. */
const leaseName = "consumer360-lease";
/** Advisory locks belong to a database; the leases are taken in `postgres`, so that ours can be dropped and made anew. */
const leaseDatabase = "postgres";
const leaseLock = "1127429680, 1";

export type ServerAddress = { readonly port: number; readonly user: string; readonly password: string };

export type Lease = {
  /** Gives it back and says whether no other process holds one. Call it under the cluster's lock file. */
  giveBack(): Promise<{ last: boolean }>;
};

/** Also makes `database`, where it is not there yet. */
export async function takeLease(address: ServerAddress, database: string): Promise<Lease> {
  let returned = false;
  let client: pg.Client | undefined = await connect(address, lost);
  try {
    const { rowCount } = await client.query("select from pg_database where datname = $1", [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } catch (error) {
    returned = true;
    await client?.end().catch(() => undefined);
    throw error;
  }

  /** PostgreSQL drops every connection when one backend crashes, and then goes on: so does the lease. */
  function lost(): void {
    client = undefined;
    if (!returned) void retake();
  }
  async function retake(): Promise<void> {
    const deadline = Date.now() + 60_000;
    while (!returned && client === undefined && Date.now() < deadline) {
      await sleep(250, undefined, { ref: false });
      const fresh = await connect(address, lost).catch(() => undefined);
      if (fresh === undefined) continue;
      if (returned) await fresh.end().catch(() => undefined);
      else client = fresh;
    }
  }

  return {
    async giveBack() {
      returned = true;
      try {
        client ??= await connect(address, () => undefined);
        const { rows } = await client.query<{ last: boolean }>(
          `select pg_try_advisory_lock(${leaseLock}) as last from pg_advisory_unlock_shared(${leaseLock})`,
        );
        await client.end();
        return { last: rows[0]?.last === true };
      } catch {
        return { last: false }; // the server is gone: nothing to stop
      }
    },
  };
}

/** Whether waiting may help: the server is starting, stopping or recovering, or has not opened its port yet. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return (
    ["57P01", "57P02", "57P03", "ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(code ?? "") ||
    (error instanceof Error && error.message === "Connection terminated unexpectedly")
  );
}

async function connect({ port, user, password }: ServerAddress, onLost: () => void): Promise<pg.Client> {
  const socket = new Socket();
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user,
    password,
    database: leaseDatabase,
    application_name: leaseName,
    ssl: false,
    connectionTimeoutMillis: 10_000,
    stream: () => socket,
  });
  client.on("error", () => undefined); // the end follows
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock_shared(${leaseLock})`);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  client.once("end", onLost);
  socket.unref(); // a lease alone keeps no process alive
  return client;
}
