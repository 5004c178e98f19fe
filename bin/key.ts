// `consumer360 key`: keys with which programs ask. A key is shown once, when it is made; the warehouse holds a hash of it.
import type { Command } from "commander";
import { makeApiKey } from "../src/server/makeApiKey.ts";
import { readConfig } from "../src/server/readConfig.ts";
import type { ApiKeyRecord } from "../src/warehouse/openAccessRecords.ts";
import type { Claims } from "./parseClaims.ts";
import { roleOf } from "./roleOf.ts";
import { warnOfClaims } from "./warnOfClaims.ts";
import { withRecords } from "./withRecords.ts";

const onStop = "Stopping; npx consumer360 key list shows what is there.";

export async function createKey(
  {
    name,
    role: roleName,
    claim: claims = {},
    expires,
  }: { name: string; role: string; claim?: Claims; expires?: number },
  command: Command,
): Promise<void> {
  const { policy, role } = await roleOf(readConfig(), roleName, command);
  const { text, keyId, secretHash } = makeApiKey();
  const created = await withRecords(
    (records) => records.createKey({ keyId, secretHash, name, role: roleName, claims, expiresIn: expires ?? null }),
    onStop,
  );
  if (created === null) {
    return command.error(
      `consumer360: a key called ${name} is there already; choose another name, or revoke it first: npx consumer360 key revoke ${name}`,
    );
  }
  for (const warning of warnOfClaims(policy, role, claims)) process.stderr.write(`consumer360: ${warning}\n`);
  process.stderr.write(
    `The key ${name} for the role ${roleName} ${created.expiresAt === null ? "does not expire" : `expires at ${created.expiresAt}`}. It is shown this once; keep it as you keep a password.\n`,
  );
  process.stdout.write(`${text}\n`);
}

export async function listKeys({ json }: { json?: boolean }): Promise<void> {
  const keys = await withRecords((records) => records.listKeys(), onStop);
  process.stdout.write(json ? `${JSON.stringify(keys, null, 2)}\n` : formatKeys(keys));
}

export async function revokeKey(name: string, command: Command): Promise<void> {
  const revoked = await withRecords((records) => records.revokeKey(name), onStop);
  if (!revoked) {
    return command.error(`consumer360: there is no key called ${name} to revoke; npx consumer360 key list shows all`);
  }
  process.stderr.write(`The key ${name} is revoked: requests with it are refused from now on.\n`);
}

export function formatKeys(keys: readonly ApiKeyRecord[]): string {
  if (keys.length === 0)
    return "There are no keys. Make one with: npx consumer360 key create --name NAME --role ROLE\n";
  const rows = [
    ["name", "id", "role", "claims", "created", "expires", "last used", "state"],
    ...keys.map(({ name, keyId, role, claims, createdAt, expiresAt, lastUsedAt, state }) => [
      name,
      keyId,
      role,
      Object.keys(claims).length === 0 ? "-" : JSON.stringify(claims),
      minuteOf(createdAt),
      expiresAt === null ? "never" : minuteOf(expiresAt),
      lastUsedAt === null ? "never" : minuteOf(lastUsedAt),
      state,
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

/** UTC, as the full time is. */
const minuteOf = (time: string) => `${time.slice(0, 16)}Z`;
