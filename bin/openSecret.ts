// The secret that tokens are signed and checked with: the one that is set, or the demo's, in a home that is made for it.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { demoSecret } from "../src/server/demoSecret.ts";
import type { Config } from "../src/server/readConfig.ts";
import { makeHome } from "../src/warehouse/embedded/placeCluster.ts";

export async function openSecret({ authSecret, home }: Pick<Config, "authSecret" | "home">): Promise<string> {
  if (authSecret !== null) return authSecret;
  try {
    await makeHome(home);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Consumer360Error("CONFIG_INVALID", `The home directory ${home} cannot be made: ${reason}`, {
      remedy: "Set CONSUMER360_HOME to a directory that this user can write to.",
      cause,
    });
  }
  return demoSecret(home);
}
