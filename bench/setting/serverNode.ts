// The Node that every server of a comparison runs on, ours and peers alike: PostGraphile needs 22 or newer, so the bench brings one where
// the Node that runs it is older.
import { existsSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { benchFolder } from "./openBench.ts";
import { runProgram } from "./runProgram.ts";

const oldest = 22;

/** Why nothing is measured where there is none. */
export const needsNode = `PostGraphile needs Node ${oldest}, and the bench brings none for this machine`;

export type ServerNode = Readonly<{ path: string; version: string }>;

/** Null where there is none that is new enough. */
export async function serverNode(): Promise<ServerNode | null> {
  const brought = join(benchFolder, `node_modules/node-${platform()}-${arch()}/bin/node`);
  if (existsSync(brought)) {
    const { stdout } = await runProgram(brought, ["--version"]);
    return { path: brought, version: stdout.trim().slice(1) };
  }
  const own = process.versions.node;
  return Number.parseInt(own, 10) >= oldest ? { path: process.execPath, version: own } : null;
}
