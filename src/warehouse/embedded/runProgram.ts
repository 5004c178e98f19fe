// Runs one program of PostgreSQL (or the system) to its end, as the server's user, in a session of its own,
// and free of the caller's locale, PG* variables and working directory.
import { spawn } from "node:child_process";
import { parse } from "node:path";

/** The user that PostgreSQL runs as where we are root; `undefined` means ourselves. */
export type ServerUser = { readonly name: string; readonly uid: number; readonly gid: number } | undefined;

export type ProgramResult = {
  /** The exit code; `null` where the program could not be started or was killed. */
  readonly code: number | null;
  /** Standard output and error, in the order written; empty where they went to `outputFile`. */
  readonly output: string;
};

/** Never rejects: what went wrong is in the result. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { user: ServerUser; outputFile?: number },
): Promise<ProgramResult> {
  const { user, outputFile } = options;
  return new Promise((resolve) => {
    const sink = outputFile ?? "pipe";
    const child = spawn(file, args, {
      cwd: parse(process.execPath).root,
      ...environment,
      stdio: ["ignore", sink, sink],
      detached: true,
      windowsHide: true,
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", (error) => resolve({ code: null, output: error.message }));
    child.once("close", (code) => resolve({ code, output }));
  });
}

/** On Windows programs need the system's own variables, so they inherit ours; elsewhere they get only what they need. */
const environment =
  process.platform === "win32"
    ? {}
    : { env: { LC_ALL: "C", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" } };
