// The secret that tokens are signed and checked with: the one that is set, or the demo's, in a home that is made for it; none where
// an identity provider signs them.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { demoSecret } from "../src/server/demoSecret.ts";
import type { Config } from "../src/server/readConfig.ts";
import { makeHome } from "../src/warehouse/embedded/placeCluster.ts";

/** Null: only the key server's tokens are good. The demo's secret is made where neither is set, which production does not allow. */
export async function openSecret({ auth, home }: Pick<Config, "auth" | "home">): Promise<string | null> {
  if (auth.secret !== null || auth.jwksUrl !== null) return auth.secret;
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
