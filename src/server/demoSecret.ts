// The demo's signing secret: random, made once, kept under the home, so that tokens outlive a restart and `token` works
// beside and before `start`. Never used in production.
import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Consumer360Error } from "../kernel/errors.ts";

const bytes = 48;
/** 48 bytes in base64: what a whole file holds. */
const shape = /^[A-Za-z0-9+/]{64}\n$/;

/** Reads the secret of `home`, or makes it. Of several processes at once, one makes it and all read the same. */
export async function demoSecret(home: string): Promise<string> {
  const file = join(home, "auth-secret");
  try {
    const created = await mkdir(home, { recursive: true });
    // a home that root makes must stay open to the user that PostgreSQL runs as, whatever root's umask
    if (created !== undefined && process.getuid?.() === 0) await chmod(home, 0o755);
    await make(file);
    // another process may be between making the file and filling it
    for (let tries = 0; tries < 40; tries += 1, await sleep(50)) {
      const text = await readFile(file, "utf8");
      if (shape.test(text)) return text.trimEnd();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Consumer360Error("CONFIG_INVALID", `The demo's secret cannot be kept in ${file}: ${reason}.`, {
      remedy: "Set CONSUMER360_HOME to a directory that this user can write to, or set AUTH_SECRET.",
      cause,
    });
  }
  throw new Consumer360Error("CONFIG_INVALID", `The demo's secret in ${file} is damaged.`, {
    remedy: "Remove the file; a new one is made, and tokens signed before are refused. Or set AUTH_SECRET.",
  });
}

async function make(file: string): Promise<void> {
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(`${randomBytes(bytes).toString("base64")}\n`);
    await handle.close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
