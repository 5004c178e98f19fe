// The demo's secret: made once, the same for every process of a home, closed to others, and never silently replaced.
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { demoSecret } from "../../src/server/demoSecret.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "secret-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the demo's secret", () => {
  test("is made with its home, and is the same ever after and for all at once", async () => {
    const home = join(folder, "a", "home");
    const secrets = await Promise.all(Array.from({ length: 20 }, () => demoSecret(home)));
    expect(new Set(secrets).size).toBe(1);
    expect(await demoSecret(home)).toBe(secrets[0]);
    expect(secrets[0]).toHaveLength(64);
    if (process.platform !== "win32") expect(statSync(join(home, "auth-secret")).mode & 0o777).toBe(0o600);
  });

  test("differs between homes", async () => {
    expect(await demoSecret(join(folder, "a"))).not.toBe(await demoSecret(join(folder, "b")));
  });

  test("that is damaged is an error with the way out, and is left alone", async () => {
    await demoSecret(folder);
    truncateSync(join(folder, "auth-secret"), 10);
    await expect(demoSecret(folder)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      remedy: expect.stringContaining("Remove the file"),
    });
    expect(statSync(join(folder, "auth-secret")).size).toBe(10);
  });

  test("that cannot be kept names the file and the setting", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(demoSecret(join(folder, "file", "home"))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("auth-secret"),
      remedy: expect.stringContaining("CONSUMER360_HOME"),
    });
  });
});
