// Decides where the cluster of a home lives: inside the home, or, where root's home is closed to the user that
// PostgreSQL runs as, under /var/lib/consumer360 with a note in the home that says so.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { access, chmod, chown, constants, mkdir, readFile, realpath, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { chooseServerUser } from "./chooseServerUser.ts";
import { runProgram, type ServerUser } from "./runProgram.ts";
import { codeOf, reasonOf, unavailable } from "./unavailable.ts";

export type Cluster = {
  /** The directory of everything below; owned by the server's user, closed to others. */
  readonly root: string;
  readonly dataDirectory: string;
  readonly passwordFile: string;
  readonly readerPasswordFile: string;
  readonly logFile: string;
  readonly lockFile: string;
  /** Where the Unix socket goes; `undefined` where its path would be too long, and on Windows. */
  readonly socketDirectory: string | undefined;
  /** Where the binaries may be copied to if the installed ones cannot be used, best first. */
  readonly binaryStores: readonly string[];
  readonly user: ServerUser;
};

/** Where root keeps what a closed home cannot hold. */
const systemStore = "/var/lib/consumer360";

/** Whether a home has a cluster already, here or elsewhere, so that who only wants to look does not make one. */
export function hasCluster(home: string): boolean {
  return existsSync(join(home, "postgres")) || existsSync(join(home, "postgres.location"));
}

export async function placeCluster(homePath: string): Promise<Cluster> {
  const home = await openHome(homePath);
  const inHome = join(home, "postgres");
  const note = join(home, "postgres.location");

  const noted = await readNote(note);
  const existing = noted ?? ((await isCluster(inHome)) ? inHome : undefined);
  const user = await chooseServerUser(existing === undefined ? undefined : join(existing, "data"));

  if (existing !== undefined) {
    const reason = await prepare(existing, user);
    if (reason === undefined) return describe(existing, user);
    throw unavailable(`The embedded database in ${existing} is not reachable for ${nameOf(user)}: ${reason}.`, {
      remedy: `Give ${nameOf(user)} access to ${existing} and to every directory above it, or set CONSUMER360_HOME=/some/path or DATABASE_URL.`,
    });
  }

  const reason = await prepare(inHome, user);
  if (reason === undefined) return describe(inHome, user);
  if (user === undefined) throw unavailable(`The embedded database cannot be kept in ${inHome}: ${reason}.`);
  await rmdir(inHome).catch(() => undefined);

  const outside = join(systemStore, "clusters", createHash("sha256").update(home).digest("hex").slice(0, 12));
  const reasonOutside = await prepare(outside, user);
  if (reasonOutside !== undefined) {
    throw unavailable(
      `The embedded database can be kept neither in ${inHome} (${reason}) nor in ${outside} (${reasonOutside}): PostgreSQL does not run as root, and ${nameOf(user)} must reach it.`,
      {
        remedy:
          "Set CONSUMER360_HOME=/some/path that every user can reach, or DATABASE_URL=postgresql://… to a PostgreSQL of your own.",
      },
    );
  }
  await writeFile(
    note,
    `# ${nameOf(user)} cannot reach this directory, so the embedded database is kept here:\n${outside}\n`,
  );
  return describe(outside, user);
}

function nameOf(user: ServerUser): string {
  return user === undefined ? "this user" : `user ${user.name}`;
}

/** Makes a home where there is none; throws the file system's own error. */
export async function makeHome(home: string): Promise<void> {
  const created = await makeDirectory(home);
  // A home that root has just made must not be closed by root's umask.
  if (created && process.getuid?.() === 0) await chmod(home, 0o755);
}

/**
 * Makes a directory and those above it; answers whether it was not there before. Node's own recursive mkdir never ends
 * where a system denies a directory inside one that is there, as /proc does.
 */
async function makeDirectory(path: string, above = true): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((await stat(path).catch(() => undefined))?.isDirectory()) return false;
    if (!above || codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    return makeDirectory(path, false);
  }
}

async function openHome(home: string): Promise<string> {
  try {
    await makeHome(home);
    return await realpath(home);
  } catch (error) {
    throw unavailable(`The home directory ${home} cannot be made or opened: ${reasonOf(error)}.`, { cause: error });
  }
}

async function readNote(note: string): Promise<string | undefined> {
  const text = await readFile(note, "utf8").catch(() => "");
  return text.split("\n").find((line) => line.startsWith("/"));
}

async function isCluster(root: string): Promise<boolean> {
  return access(join(root, "data", "PG_VERSION")).then(
    () => true,
    () => false,
  );
}

/** Makes `root` ready for `user`; answers with the reason where it cannot be. */
async function prepare(root: string, user: ServerUser): Promise<string | undefined> {
  try {
    const above = join(root, "..");
    if (above.startsWith(systemStore)) {
      for (const directory of [systemStore, above]) {
        await mkdir(directory, { recursive: true });
        await chmod(directory, 0o755);
      }
    }
    await mkdir(root, { recursive: true });
    if (user !== undefined) await chown(root, user.uid, user.gid);
    await chmod(root, 0o700);
    await access(root, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return reasonOf(error);
  }
  if (user === undefined) return undefined;
  // Asked of the kernel, as that user: modes, ACLs, mounts and security modules all have a say.
  const script = 'cd "$1" && : >"$1/.reach" && rm "$1/.reach"';
  const { code, output } = await runProgram("/bin/sh", ["-c", script, "sh", root], { user });
  return code === 0 ? undefined : output.trim() || "it cannot be entered";
}

function describe(root: string, user: ServerUser): Cluster {
  const socketDirectory = join(root, "socket");
  const socketFits = Buffer.byteLength(join(socketDirectory, ".s.PGSQL.65535")) < 100;
  return Object.freeze({
    root,
    dataDirectory: join(root, "data"),
    passwordFile: join(root, "password"),
    readerPasswordFile: join(root, "reader-password"),
    logFile: join(root, "server.log"),
    lockFile: join(root, "lock"),
    socketDirectory: process.platform !== "win32" && socketFits ? socketDirectory : undefined,
    binaryStores: user === undefined ? [root] : [systemStore, root],
    user,
  });
}
