// Writes into directories that belong to the server's user. As root we must not follow a link somebody put there,
// so a file is made aside, closed to others whatever the umask, given to that user, and renamed into place.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import type { ServerUser } from "./runProgram.ts";

const noFollow = constants.O_NOFOLLOW ?? 0; // Windows has none

export async function writeOwnedFile(file: string, text: string, user: ServerUser): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    const handle = await open(aside, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await closeToOthers(handle, 0o600, user);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** Opens a file for appending; the caller closes it. */
export async function openOwnedLog(file: string, user: ServerUser): Promise<FileHandle> {
  const handle = await open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | noFollow, 0o600);
  await closeToOthers(handle, 0o600, user);
  return handle;
}

export async function makeOwnedDirectory(directory: string, user: ServerUser): Promise<void> {
  await mkdir(directory, { recursive: true });
  if (process.platform === "win32") return;
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY | noFollow);
  try {
    await closeToOthers(handle, 0o700, user);
  } finally {
    await handle.close();
  }
}

/** Closes what the handle is open on to everyone but its user. */
async function closeToOthers(handle: FileHandle, mode: number, user: ServerUser): Promise<void> {
  await handle.chmod(mode);
  if (user !== undefined) await handle.chown(user.uid, user.gid);
}
