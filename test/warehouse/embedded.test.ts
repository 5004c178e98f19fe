// The embedded database as its users meet it: made, shared, stopped, killed, and found again.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  acquireEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/warehouse/embedded/acquireEmbeddedPostgres.ts";
import { initialiseCluster } from "../../src/warehouse/embedded/initialiseCluster.ts";
import { findBinaryPackage, placeBinaries } from "../../src/warehouse/embedded/placeBinaries.ts";
import { placeCluster } from "../../src/warehouse/embedded/placeCluster.ts";
import { serverSettings } from "../../src/warehouse/embedded/serverSettings.ts";
import { withLockFile } from "../../src/warehouse/embedded/withLockFile.ts";
import { startEmbeddedProcess, transpileEmbedded } from "../support/startEmbeddedProcess.ts";

const isRoot = process.getuid?.() === 0;
if (!isRoot)
  console.log("embedded.test.ts: not root, so the tests of a home that is closed to PostgreSQL's user are skipped");

let scratch: string;
let script: string;
let home: string;
const held: EmbeddedPostgres[] = [];
const processes: { kill(): unknown }[] = [];

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "c360-"));
  await chmod(scratch, 0o755);
  script = await transpileEmbedded(join(scratch, "js"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

beforeEach(async () => {
  home = await mkdtemp(join(scratch, "h"));
  await chmod(home, 0o755);
});
afterEach(async () => {
  for (const process of processes.splice(0)) process.kill();
  await Promise.allSettled(held.splice(0).map((database) => database.release()));
  const pid = await postmaster(home).catch(() => undefined);
  if (pid !== undefined && !isGone(pid)) await kill(pid, "SIGQUIT");
  await rm(home, { recursive: true, force: true });
});

async function acquire(options: { home?: string; onProgress?: (message: string) => void } = {}) {
  const database = await acquireEmbeddedPostgres({ home, ...options });
  held.push(database);
  return database;
}

async function hold(environment: Record<string, string> = {}) {
  const process = await startEmbeddedProcess(script, home, environment);
  processes.push({ kill: () => process.child.kill("SIGKILL") });
  return process;
}

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function postmaster(inHome: string): Promise<number> {
  return Number.parseInt(await readFile(join(inHome, "postgres/data/postmaster.pid"), "utf8"), 10);
}

/** A zombie counts as gone: whether somebody reaps it is the affair of the machine's process 1. */
function isGone(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() === "" || stdout.startsWith("Z");
}

async function gone(pid: number): Promise<void> {
  for (let tries = 0; !isGone(pid); tries++) {
    if (tries > 100) throw new Error(`process ${pid} still lives`);
    await sleep(50);
  }
}

async function kill(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  await gone(pid);
}

describe("a fresh home", () => {
  it("gets a PostgreSQL 18 with our settings, closed to others and in a session of its own", async () => {
    const told: string[] = [];
    const database = await acquire({ onProgress: (message) => told.push(message) });
    expect(database.started).toBe(true);
    expect(database.url).toMatch(/^postgresql:\/\/consumer360:[0-9a-f]{48}@127\.0\.0\.1:\d+\/consumer360$/);
    expect(told).toEqual([
      `Making a PostgreSQL 18 database in ${dirname(database.dataDirectory)}`,
      "Starting PostgreSQL",
    ]);

    const [server] = await ask<{ version: string }>(database.url, "select version()");
    expect(server?.version).toMatch(/^PostgreSQL 18\./);
    const settings = await ask<{ name: string; value: string }>(
      database.url,
      "select name, current_setting(name) as value from pg_settings",
    );
    expect(Object.fromEntries(settings.map(({ name, value }) => [name, value]))).toMatchObject({
      listen_addresses: "127.0.0.1",
      wal_level: "minimal",
      max_wal_senders: "0",
      max_wal_size: "4GB",
      checkpoint_timeout: "30min",
      work_mem: "32MB",
      maintenance_work_mem: "256MB",
      random_page_cost: "1.1",
      jit: "off",
      fsync: "on",
      synchronous_commit: "on",
      shared_preload_libraries: "pg_stat_statements",
      max_connections: "100",
      TimeZone: "UTC",
      password_encryption: "scram-sha-256",
    });
    const [locale] = await ask(
      database.url,
      "select datlocprovider, datlocale, pg_encoding_to_char(encoding) as encoding, current_user, usesuper from pg_database, pg_user where datname = current_database() and usename = current_user",
    );
    expect(locale).toEqual({
      datlocprovider: "b",
      datlocale: "C.UTF-8",
      encoding: "UTF8",
      current_user: "consumer360",
      usesuper: true,
    });
    await expect(ask(database.url.replace(/:[0-9a-f]{48}@/, ":wrong@"), "select 1")).rejects.toThrow("password");

    const root = join(home, "postgres");
    for (const [name, mode] of [
      ["", 0o700],
      ["password", 0o600],
      ["reader-password", 0o600],
      ["server.log", 0o600],
      ["socket", 0o700],
      ["data", 0o700],
    ] as const) {
      expect(((await stat(join(root, name))).mode & 0o777).toString(8), name).toBe(mode.toString(8));
    }
    expect(await readdir(root)).toEqual(expect.not.arrayContaining(["data.new", "lock"]));

    const pid = await postmaster(home);
    const groups = spawnSync("ps", ["-o", "pgid=", "-p", `${pid},${process.pid}`], { encoding: "utf8" });
    expect(new Set(groups.stdout.trim().split(/\s+/)).size).toBe(2);
  });

  it("does not depend on the locale, PG* variables or umask of whoever starts it", async () => {
    const before = process.umask?.(0o000);
    try {
      const first = await hold({
        LC_ALL: "xx_XX.nowhere",
        LANG: "de_DE",
        PGPORT: "1",
        PGDATA: "/nowhere",
        PGOPTIONS: "-c jit=on",
      });
      expect(first.started).toBe(true);
      expect(((await stat(join(home, "postgres/password"))).mode & 0o777).toString(8)).toBe("600");
      await first.release();
    } finally {
      process.umask?.(before ?? 0o022);
    }
  });

  it("is made once when two processes and two callers in one come at the same time", async () => {
    const [first, second, third, fourth] = await Promise.all([hold(), hold(), acquire(), acquire()]);
    const all = [first, second, third, fourth];
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    expect(all.filter(({ started }) => started)).toHaveLength(1);
    const pid = await postmaster(home);
    await Promise.all(all.map((one) => one.release()));
    await gone(pid);
  });
});

describe("sharing", () => {
  it("joins a running server and stops it with the last lease; the data is there again at the next start", async () => {
    const first = await acquire();
    await ask(first.url, "create table kept as select 42 as answer");
    const second = await acquire();
    expect([second.started, second.url]).toEqual([false, first.url]);

    await first.release();
    expect(await ask(second.url, "select answer from kept")).toEqual([{ answer: 42 }]);
    const pid = await postmaster(home);
    await Promise.all([second.release(), second.release()]);
    await gone(pid);
    await first.release();

    const again = await acquire();
    expect(again.started).toBe(true);
    expect(await ask(again.url, "select answer from kept")).toEqual([{ answer: 42 }]);
  });

  it("is kept alive by another process's lease, also when the one that started it leaves", async () => {
    const ours = await acquire();
    const theirs = await hold();
    expect([theirs.started, theirs.url]).toEqual([false, ours.url]);
    await ours.release();
    expect(await ask(theirs.url, "select 1 as one")).toEqual([{ one: 1 }]);
    const pid = await postmaster(home);
    await theirs.release();
    await gone(pid);
  });

  it("does not count a process that was killed, and outlives it", async () => {
    const theirs = await hold();
    const ours = await acquire();
    expect(ours.started).toBe(false);
    const ended = once(theirs.child, "exit");
    theirs.child.kill("SIGKILL");
    await ended;
    expect(await ask(ours.url, "select 1 as one")).toEqual([{ one: 1 }]);
    const pid = await postmaster(home);
    await ours.release();
    await gone(pid);
  });

  it("gives a working server to whoever joins while the last one leaves", async () => {
    let last = await acquire();
    for (let round = 0; round < 6; round++) {
      const [, next] = await Promise.all([
        last.release(),
        round % 2 === 0 ? acquire() : sleep(round * 10).then(() => acquire()),
      ]);
      expect(await ask(next.url, "select 1 as one")).toEqual([{ one: 1 }]);
      last = next;
    }
  });

  it("takes its lease again after PostgreSQL dropped all connections", async () => {
    const ours = await acquire();
    const leases = "select pid from pg_stat_activity where application_name = 'consumer360-lease'";
    const [before] = await ask<{ pid: number }>(ours.url, leases);
    if (before === undefined) throw new Error("no lease");
    await kill(before.pid, "SIGKILL");
    for (let tries = 0; ; tries++) {
      const now = await ask<{ pid: number }>(ours.url, leases).catch(() => []);
      if (now[0] !== undefined && now[0].pid !== before.pid) break;
      if (tries > 100) throw new Error("the lease did not come back");
      await sleep(50);
    }
    const pid = await postmaster(home);
    await ours.release();
    await gone(pid);
  });
});

describe("the readers' login", () => {
  const login = (url: string) =>
    ask(
      url,
      `select current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolinherit,
         current_setting('temp_file_limit') as temporary, pg_has_role('consumer360_reader', 'MEMBER') as reader
       from pg_roles where rolname = current_user`,
    );

  it("has a password of its own, owns nothing and inherits nothing", async () => {
    const database = await acquire();
    expect(database.readerUrl).toMatch(/^postgresql:\/\/consumer360_read:[0-9a-f]{48}@127\.0\.0\.1:\d+\/consumer360$/);
    expect(new URL(database.readerUrl).password).not.toBe(new URL(database.url).password);
    expect(await login(database.readerUrl)).toEqual([
      {
        current_user: "consumer360_read",
        rolsuper: false,
        rolbypassrls: false,
        rolcreatedb: false,
        rolcreaterole: false,
        rolinherit: false,
        temporary: "4GB",
        reader: true,
      },
    ]);
    await ask(database.url, "create table of_the_owner as select 1 as one");
    for (const attempt of [
      "select one from of_the_owner",
      "set role consumer360",
      "set temp_file_limit = -1",
      "create temp table mine as select 1 as one",
      "create table mine as select 1 as one",
      "alter role consumer360_read createrole",
    ])
      await expect(ask(database.readerUrl, attempt), attempt).rejects.toMatchObject({ code: "42501" });
  });

  it("stays the same for who joins and who starts again, and is made anew where its password was lost", async () => {
    const first = await acquire();
    const theirs = await acquire();
    expect(theirs.readerUrl).toBe(first.readerUrl);
    await theirs.release();
    await first.release();
    const again = await acquire();
    expect(new URL(again.readerUrl).password).toBe(new URL(first.readerUrl).password);
    await rm(join(home, "postgres/reader-password"));
    const fresh = await acquire();
    expect(new URL(fresh.readerUrl).password).not.toBe(new URL(first.readerUrl).password);
    expect(await login(fresh.readerUrl)).toHaveLength(1);
    await expect(login(again.readerUrl)).rejects.toThrow("password");
  });

  it("is made in a cluster that has none", async () => {
    const database = await acquire();
    await ask(
      database.url,
      "grant temporary on database consumer360 to public; grant create on schema public to public",
    );
    await ask(database.url, "drop owned by consumer360_read; drop role consumer360_read; drop role consumer360_reader");
    const { readerUrl } = await acquire();
    expect(await login(readerUrl)).toHaveLength(1);
    const rights = `select has_database_privilege('public', current_database(), 'TEMPORARY') as temporary,
      has_schema_privilege('public', 'public', 'CREATE') as make`;
    expect(await ask(readerUrl, rights)).toEqual([{ temporary: false, make: false }]);
  });
});

describe("the server's own databases", () => {
  it("are closed to any other login, and the readers' may connect to one and write no large object", async () => {
    const database = await acquire();
    await ask(database.url, "create role other login password 'other'");
    for (const name of ["consumer360", "postgres", "template1"]) {
      const url = new URL(database.url);
      Object.assign(url, { username: "other", password: "other", pathname: `/${name}` });
      await expect(ask(url.href, "select pg_advisory_lock(360, 1)"), name).rejects.toMatchObject({ code: "42501" });
      const theirs = new URL(database.readerUrl);
      theirs.pathname = `/${name}`;
      if (name === "consumer360") expect(await ask(theirs.href, "select 1 as one")).toEqual([{ one: 1 }]);
      else await expect(ask(theirs.href, "select 1"), name).rejects.toMatchObject({ code: "42501" });
    }
    for (const write of [
      "lo_creat(-1)",
      "lo_create(0)",
      "lo_from_bytea(0, 'x')",
      "lo_import('/etc/hostname')",
      "lo_import('/etc/hostname', 1)",
      "lo_export(1, '/tmp/x')",
      "lo_put(1, 0, 'x')",
      "lowrite(0, 'x')",
    ])
      await expect(ask(database.readerUrl, `select ${write}`), write).rejects.toMatchObject({ code: "42501" });
  });

  it("are closed again where the database was made anew", async () => {
    const database = await acquire();
    await ask(new URL("/postgres", database.url).href, "drop database consumer360");
    const { url, readerUrl } = await acquire();
    expect(
      await ask(readerUrl, "select has_database_privilege('public', current_database(), 'CONNECT') as open"),
    ).toEqual([{ open: false }]);
    await expect(ask(readerUrl, "select lo_create(0)")).rejects.toMatchObject({ code: "42501" });
    expect(await ask(url, "select lo_unlink(lo_create(0)) as gone")).toEqual([{ gone: 1 }]);
  });
});

describe("after a kill", () => {
  it("recovers what was committed when the server was killed", async () => {
    const first = await acquire();
    await ask(first.url, "create table kept as select generate_series(1, 1000) as n");
    await kill(await postmaster(home), "SIGKILL");
    await first.release();

    const told: string[] = [];
    const again = await acquire({ onProgress: (message) => told.push(message) });
    expect(again.started).toBe(true);
    expect(told).toEqual(["Starting PostgreSQL; it was not stopped properly and recovers first"]);
    expect(await ask(again.url, "select count(*)::int as n from kept")).toEqual([{ n: 1000 }]);
  });

  it("starts although a stranger has been given the pid in postmaster.pid", async () => {
    const first = await acquire();
    const pidFile = join(first.dataDirectory, "postmaster.pid");
    const pid = await postmaster(home);
    await kill(pid, "SIGKILL");
    await first.release();
    const { uid, gid } = await stat(first.dataDirectory);
    const stranger = spawn("sleep", ["600"], { stdio: "ignore", ...(isRoot ? { uid, gid } : {}) });
    processes.push(stranger);
    await writeFile(pidFile, (await readFile(pidFile, "utf8")).replace(String(pid), String(stranger.pid)));

    expect((await acquire()).started).toBe(true);
  });

  it("joins the server that a killed process left behind", async () => {
    const theirs = await hold();
    const pid = await postmaster(home);
    const ended = once(theirs.child, "exit");
    theirs.child.kill("SIGKILL");
    await ended;
    const ours = await acquire();
    expect([ours.started, await postmaster(home)]).toEqual([false, pid]);
    await ours.release();
    await gone(pid);
  });

  it("takes over the lock of a dead process, and clears away a cluster that was half made", async () => {
    const dead = spawnSync("true").pid;
    const { root, lockFile } = await placeCluster(home);
    await writeFile(lockFile, JSON.stringify({ pid: dead, host: hostname(), token: "x" }));
    await mkdir(join(root, "data.new/base"), { recursive: true });
    expect((await acquire()).started).toBe(true);
  });
});

describe("what cannot work says so", () => {
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => {
        throw new Error("it worked");
      },
      (error: unknown) => error,
    );

  it("a home that is a file", async () => {
    const file = join(home, "file");
    await writeFile(file, "");
    expect(await failure(acquireEmbeddedPostgres({ home: file }))).toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringContaining(file),
      remedy: expect.stringContaining("CONSUMER360_HOME"),
    });
  });

  it("a cluster of another major version", async () => {
    const database = await acquire();
    await database.release();
    await writeFile(join(database.dataDirectory, "PG_VERSION"), "17\n");
    expect(await failure(acquire())).toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringMatching(/made by PostgreSQL 17; .* brings PostgreSQL 18/),
      remedy: expect.stringContaining("CONSUMER360_HOME"),
    });
  });

  it("a server that dies at its start, with the last words of its log", async () => {
    const database = await acquire();
    await database.release();
    await appendFile(join(database.dataDirectory, "postgresql.auto.conf"), "shared_buffers = 'nonsense'\n");
    const error = await failure(acquire());
    expect(error).toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringMatching(/did not start: .*FATAL: .*configuration file .* contains errors/),
    });
    expect((error as Error).message).not.toContain("\n");
    expect(String((error as Error).cause)).toContain('invalid value for parameter "shared_buffers": "nonsense"');
  });

  it("an initdb that fails, with its last words", async () => {
    const cluster = await placeCluster(home);
    const binaries = await placeBinaries(await findBinaryPackage(), cluster.binaryStores, cluster.user);
    const initdb = join(home, "initdb");
    await writeFile(initdb, "#!/bin/sh\necho 'initdb: error: no luck today' >&2\nexit 1\n", { mode: 0o755 });
    await chmod(initdb, 0o755);
    expect(await failure(initialiseCluster(cluster, { ...binaries, initdb }))).toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringContaining("initdb: error: no luck today"),
    });
  });

  it("binaries that do not run", async () => {
    await mkdir(join(home, "package/native/bin"), { recursive: true });
    await mkdir(join(home, "package/native/lib"));
    for (const name of ["initdb", "pg_ctl", "postgres"])
      await writeFile(join(home, "package/native/bin", name), "no program");
    const source = { directory: join(home, "package"), version: "1" };
    expect(await failure(placeBinaries(source, [join(home, "store")], undefined))).toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      remedy: expect.stringContaining("DATABASE_URL"),
    });
  });

  it("a lost password file", async () => {
    const database = await acquire();
    await database.release();
    await rm(join(home, "postgres/password"));
    expect(await failure(acquire())).toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringContaining("postgres/password"),
    });
  });
});

describe("binaries", () => {
  it("get their symbolic links back where npm did not run the package's install script", async () => {
    const { directory, version } = await findBinaryPackage();
    const copy = join(home, "package");
    await cp(join(directory, "native"), join(copy, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !/\.(a|so\.\d+|dylib)$/.test(file) || !file.includes("icu"),
    });
    const { user } = await placeCluster(home);
    expect(await placeBinaries({ directory: copy, version }, [], user)).toMatchObject({ major: 18 });
  });

  it.runIf(isRoot)("are copied, once, to where PostgreSQL's user can reach them", async () => {
    const source = await findBinaryPackage();
    const closed = join(home, "closed");
    await mkdir(closed, { mode: 0o700 });
    await cp(join(source.directory, "native"), join(closed, "native"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) => !file.endsWith(".a"),
    });
    const { user } = await placeCluster(home);
    const store = join(home, "store");
    const [first, second] = await Promise.all(
      [1, 2].map(() => placeBinaries({ directory: closed, version: source.version }, [store], user)),
    );
    expect(first?.pgCtl).toBe(join(store, `postgresql-${source.version}`, "bin", "pg_ctl"));
    expect(second).toEqual(first);
    expect(await readdir(store)).toEqual([`postgresql-${source.version}`]);
  });
});

describe.runIf(isRoot)("a home that is closed to PostgreSQL's user", () => {
  it("keeps its cluster under /var/lib/consumer360, and a note of where", async () => {
    const closed = join(home, "closed");
    await mkdir(closed, { mode: 0o700 });
    const inside = join(closed, ".consumer360");
    const first = await acquire({ home: inside });
    const place = dirname(first.dataDirectory);
    try {
      expect(place).toMatch(/^\/var\/lib\/consumer360\/clusters\/[0-9a-f]{12}$/);
      expect(await readFile(join(inside, "postgres.location"), "utf8")).toContain(`\n${place}\n`);
      expect(await readdir(inside)).toEqual(["postgres.location"]);
      await ask(first.url, "create table kept as select 1 as one");
      await first.release();

      await chmod(closed, 0o755);
      const again = await acquire({ home: inside });
      expect(again.dataDirectory).toBe(first.dataDirectory);
      expect(await ask(again.url, "select one from kept")).toEqual([{ one: 1 }]);
      await again.release();
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });

  it("refuses to begin anew elsewhere when a cluster inside it has become unreachable", async () => {
    const closed = join(home, "closed");
    await mkdir(closed, { mode: 0o755 });
    await chmod(closed, 0o755);
    await (await acquire({ home: closed })).release();
    await chmod(closed, 0o700);
    await expect(acquire({ home: closed })).rejects.toMatchObject({
      code: "EMBEDDED_UNAVAILABLE",
      message: expect.stringContaining("not reachable"),
      remedy: expect.stringContaining("CONSUMER360_HOME"),
    });
  });
});

describe("the lock file", () => {
  const patient = { waitFor: 60_000, onWait: () => undefined };

  it("lets one in at a time, also where a dead process left it locked", async () => {
    const file = join(home, "lock");
    await writeFile(file, JSON.stringify({ pid: spawnSync("true").pid, host: hostname(), token: "x" }));
    let inside = 0;
    const seen = await Promise.all(
      Array.from({ length: 12 }, () =>
        withLockFile(file, patient, async () => {
          inside += 1;
          await sleep(10);
          return inside--;
        }),
      ),
    );
    expect(seen).toEqual(seen.map(() => 1));
    expect(await readdir(home)).toEqual([]);
  });

  it("is taken over from a holder that fell silent, whatever its pid says, but not from one that beats", async () => {
    const file = join(home, "lock");
    const quick = { ...patient, silentAfter: 2_500 };
    await writeFile(file, JSON.stringify({ pid: process.pid, host: "another-machine", token: "x" }));
    expect(await withLockFile(file, quick, async () => "mine")).toBe("mine");

    let done = false;
    const long = withLockFile(file, patient, () => sleep(4_000)).then(() => {
      done = true;
    });
    await sleep(50);
    expect(await withLockFile(file, quick, async () => done)).toBe(true);
    await long;
  });

  it("is waited for no longer than asked, and says for whom", async () => {
    const file = join(home, "lock");
    const told: string[] = [];
    await withLockFile(file, patient, async () => {
      const second = withLockFile(
        file,
        { waitFor: 1_500, onWait: (holder) => told.push(holder) },
        async () => undefined,
      );
      await expect(second).rejects.toMatchObject({
        code: "EMBEDDED_UNAVAILABLE",
        message: expect.stringContaining(`process ${process.pid}`),
      });
    });
    expect(told).toEqual([`process ${process.pid}`]);
  });
});

describe("settings", () => {
  const machine = {
    port: 1,
    socketDirectory: undefined,
    hasStatementStatistics: false,
    dynamicSharedMemory: undefined,
  };
  const gigabyte = 1024 ** 3;

  it.each([
    [gigabyte / 4, "128MB", "128MB"],
    [2 * gigabyte, "512MB", "1024MB"],
    [64 * gigabyte, "1024MB", "32768MB"],
  ])("fit a machine of %d bytes", (memory, shared, cache) => {
    const text = serverSettings({ ...machine, memory });
    expect(text).toContain(`\nshared_buffers = '${shared}'\n`);
    expect(text).toContain(`\neffective_cache_size = '${cache}'\n`);
    expect(text).not.toContain("shared_preload_libraries");
  });

  it("quote a path with an apostrophe", () => {
    const text = serverSettings({ ...machine, memory: gigabyte, socketDirectory: "/tmp/o'hara" });
    expect(text).toContain("unix_socket_directories = '/tmp/o''hara'");
  });
});
