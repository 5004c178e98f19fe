// Faults of the file system and of gzip in the operator's words.
import { Consumer360Error } from "../../src/kernel/errors.ts";

/** Any other error is given back as it is. */
export function fileError(path: string, cause: unknown): unknown {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  if (cause instanceof Consumer360Error) return cause;
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new Consumer360Error("FILE_NOT_FOUND", `${path} does not exist`, { remedy: "Check the path", cause });
  }
  if (code === "EISDIR") {
    return new Consumer360Error("FILE_IS_DIRECTORY", `${path} is a directory`, { remedy: "Name a file in it", cause });
  }
  if (code.startsWith("Z_")) {
    const why = code === "Z_BUF_ERROR" ? "ends too early" : "is damaged";
    return new Consumer360Error("FILE_DAMAGED", `${path} ${why}: it is not a whole gzip file`, {
      remedy: "Copy or download the file again",
      cause,
    });
  }
  if (code.startsWith("E") && cause instanceof Error && "syscall" in cause) {
    const denied = code === "EACCES" || code === "EPERM";
    const why = denied ? "may not be read by this user" : `cannot be read (${code})`;
    return new Consumer360Error("FILE_UNREADABLE", `${path} ${why}`, {
      remedy: denied ? "Give this user the right to read the file" : "Check the disk or the connection to it",
      cause,
    });
  }
  return cause;
}
