// `consumer360 token`: a signed token, alone on standard output, so that it can be put into a variable.
import type { Command } from "commander";
import { Consumer360Error } from "../src/kernel/errors.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { signToken } from "../src/server/signToken.ts";
import { openSecret } from "./openSecret.ts";
import type { Claims } from "./parseClaims.ts";
import { roleOf } from "./roleOf.ts";
import { warnOfClaims } from "./warnOfClaims.ts";

export async function token(
  {
    role: name,
    claim: claims = {},
    expires,
    subject,
  }: { role: string; claim?: Claims; expires: number; subject?: string },
  command: Command,
): Promise<void> {
  const config = readConfig({ authenticates: true });
  const { issuer, audience, roleClaim } = config.auth;
  const { policy, role } = await roleOf(config, name, command);
  if (Object.hasOwn(claims, roleClaim)) {
    return command.error(`consumer360: the claim ${roleClaim} holds the role (AUTH_ROLE_CLAIM); say --role instead`);
  }
  const secret = await openSecret(config);
  if (secret === null) {
    throw new Consumer360Error("CONFIG_INVALID", "AUTH_SECRET is not set: tokens come from the identity provider.", {
      remedy: "Get a token there, or make a key for a program with npx consumer360 key create.",
    });
  }
  const signed = await signToken(secret, {
    role: name,
    claims,
    expiresIn: expires,
    issuer,
    audience,
    roleClaim,
    ...(subject === undefined ? {} : { subject }),
  });
  for (const warning of warnOfClaims(policy, role, claims)) process.stderr.write(`consumer360: ${warning}\n`);
  process.stdout.write(`${signed}\n`);
}
