// One real PostgreSQL for all tests: the embedded one in a folder of its own, or the server that TEST_DATABASE_URL names.
// Each test file makes databases of its own on it.
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { acquireEmbeddedPostgres } from "../../src/warehouse/embedded/acquireEmbeddedPostgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    serverUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    project.provide("serverUrl", given);
    return async () => {};
  }
  const home = await mkdtemp(join(tmpdir(), "consumer360-test-"));
  // Run by root, a closed folder would send the cluster to a place of its own that nobody clears away.
  await chmod(home, 0o755);
  const server = await acquireEmbeddedPostgres({ home });
  project.provide("serverUrl", server.url);
  return async () => {
    await server.release();
    await rm(home, { recursive: true, force: true });
  };
}
