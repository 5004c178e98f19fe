// The files of a load, found by what was named: paths, patterns, or `-` for standard input, which is kept in a temporary file for as long
// as it is needed, since a file is read twice.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expandPaths, standardInput } from "../etl/read/expandPaths.ts";
import { spoolInput } from "../etl/read/spoolInput.ts";
import type { Config } from "../src/server/readConfig.ts";
import { makeHome } from "../src/warehouse/embedded/placeCluster.ts";

export async function withInputs<T>(
  { home }: Pick<Config, "home">,
  asked: readonly string[],
  use: (paths: readonly string[]) => Promise<T>,
): Promise<T> {
  const paths = await expandPaths(asked);
  if (!paths.includes(standardInput)) return use(paths);
  await makeHome(home);
  const folder = mkdtempSync(join(home, "stdin-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // a stop does not wait for the load
  process.once("exit", remove);
  try {
    const { path: spooled } = await spoolInput(process.stdin, folder);
    return await use(paths.map((path) => (path === standardInput ? spooled : path)));
  } finally {
    process.off("exit", remove);
    remove();
  }
}
