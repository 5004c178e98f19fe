// `consumer360 token`: a signed token, alone on standard output, so that it can be put into a variable.
import type { Command } from "commander";
import { loadPolicy } from "../src/access/loadPolicy.ts";
import { demoSecret } from "../src/server/demoSecret.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { signToken } from "../src/server/signToken.ts";
import type { Claims } from "./parseClaims.ts";

export async function token(
  { role, claim, expires }: { role: string; claim: Claims; expires: number },
  command: Command,
): Promise<void> {
  const config = readConfig({ authenticates: true });
  const { roles } = await loadPolicy(config.policyFile);
  const names = roles.map(({ name }) => name);
  if (!names.includes(role)) {
    command.error(`consumer360: the policy has no role ${JSON.stringify(role)}; it has ${names.join(", ")}.`);
  }
  const secret = config.authSecret ?? (await demoSecret(config.home));
  const signed = await signToken(secret, { role, claims: claim, expiresIn: expires });
  process.stdout.write(`${signed}\n`);
}
