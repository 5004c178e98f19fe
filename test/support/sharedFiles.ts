// The real files that some tests compare with. They are not part of the project: where they are missing those tests are skipped,
// and say so.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";

const shared = new URL("../../../shared/", import.meta.url);

/** The path of a shared file, whether it is there or not. */
export function sharedFile(path: string): string {
  return fileURLToPath(new URL(path, shared));
}

/** `describe` where all these shared files exist; else a skipped block that names what is missing. */
export function describeWithShared(title: string, paths: readonly string[], body: () => void): void {
  const missing = paths.filter((path) => !existsSync(sharedFile(path)));
  if (missing.length === 0) describe(title, body);
  else {
    console.info(`Skipped: ${title} (needs ../shared/${missing[0]})`);
    describe.skip(`${title} (needs ../shared/${missing[0]})`, body);
  }
}
