// PostgreSQL refuses to run as root. Where we are root, this finds (or makes) the user it runs as instead.
import { lstat } from "node:fs/promises";
import { runProgram, type ServerUser } from "./runProgram.ts";
import { unavailable } from "./unavailable.ts";

/** `undefined` where we are not root and PostgreSQL simply runs as ourselves. An existing cluster keeps its owner. */
export async function chooseServerUser(dataDirectory: string | undefined): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return undefined;

  const owner = dataDirectory === undefined ? undefined : await lstat(dataDirectory).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };

  const user =
    (await findUser("postgres")) ??
    ((await addUser()) ? await findUser("postgres") : undefined) ??
    (await findUser("nobody"));
  if (user !== undefined) return user;
  throw unavailable(
    "PostgreSQL does not run as root, and this system has no user `postgres` or `nobody` to run it as.",
    {
      remedy: "Run Consumer360 as an ordinary user, or set DATABASE_URL=postgresql://… to a PostgreSQL of your own.",
    },
  );
}

async function findUser(name: string): Promise<ServerUser> {
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => {
      const { code, output } = await runProgram("id", [flag, name], { user: undefined });
      return code === 0 ? Number.parseInt(output, 10) : Number.NaN;
    }),
  );
  if (uid === undefined || gid === undefined || !(uid > 0) || !(gid >= 0)) return undefined;
  const user = { name, uid, gid };
  // A container may map one user only: then the kernel refuses to become another.
  return (await runProgram("/bin/sh", ["-c", ":"], { user })).code === 0 ? user : undefined;
}

async function addUser(): Promise<boolean> {
  await runProgram("groupadd", ["--system", "postgres"], { user: undefined });
  const shell = ["--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"];
  const added = await runProgram("useradd", ["--system", "--gid", "postgres", ...shell, "postgres"], {
    user: undefined,
  });
  return added.code === 0;
}
