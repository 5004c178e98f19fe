// `consumer360 policy show`: what one role comes to once it has inherited, where each key was stated, and, with claims, the scope that results.
import type { Command } from "commander";
import { describeKeys, markPlainly } from "../src/access/describeKeys.ts";
import { type DescribedRole, describeRole, valuesSeen } from "../src/access/describeRole.ts";
import type { Origin, TracedRole } from "../src/access/inheritRoles.ts";
import { loadTracedPolicy } from "../src/access/loadPolicy.ts";
import { scopeOf } from "../src/access/scopeOf.ts";
import type { Scope } from "../src/model/scope.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { alignColumns } from "./alignColumns.ts";
import type { Claims } from "./parseClaims.ts";
import { unusedClaims } from "./warnOfClaims.ts";

export async function showPolicy(
  name: string,
  { claim: claims, json }: { claim?: Claims; json?: boolean },
  command: Command,
): Promise<void> {
  const { policyFile } = readConfig();
  const { policy, traces } = await loadTracedPolicy(policyFile);
  const traced = traces.find(({ role }) => role.name === name);
  if (!traced) {
    const names = policy.roles.map((role) => role.name).join(", ");
    return command.error(`consumer360: the policy has no role ${JSON.stringify(name)}; it has ${names}`);
  }
  const role = describeRole(traced);
  const scope = scopeOf(policy, { role: name, claims: claims ?? {} });
  const unused = unusedClaims(policy, traced.role, claims ?? {});
  process.stdout.write(
    json
      ? `${JSON.stringify({ policyFile, ...role, ...(claims && { scope }), warnings: [...scope.notices, ...unused] }, null, 2)}\n`
      : formatRole(policyFile, role) + (claims ? formatScope(traced, scope, unused) : formatNotices(scope)),
  );
}

/** What a token without claims comes to, where the role needs any. */
function formatNotices({ notices }: Scope): string {
  if (notices.length === 0) return "";
  return ["", "A token without claims sees nothing:", "", ...notices.map((notice) => `  ${notice}`), ""].join("\n");
}

function formatRole(path: string, { role, line, description, inherits, keys }: DescribedRole): string {
  const rows = keys.map(({ key, words, from }) => [key, words, describeOrigin(role, from)]);
  return [
    `${role}${description === "" ? "" : `: ${description}`}`,
    `${path}:${line}${inherits === null ? "" : `, inherits ${inherits}`}`,
    "",
    ...alignColumns(rows),
    "",
  ].join("\n");
}

function describeOrigin(role: string, from: Origin | null): string {
  if (from === null) return "default";
  return from.role === role ? `line ${from.line}` : `from ${from.role}, line ${from.line}`;
}

function formatScope({ role }: TracedRole, scope: Scope, unused: readonly string[]): string {
  const words = describeKeys(valuesSeen(role, scope), markPlainly);
  return [
    "",
    "With these claims:",
    "",
    ...alignColumns([
      ["countries", words.countries ?? ""],
      ["segments", words.segments ?? ""],
      ["fingerprint", scope.fingerprint],
    ]),
    ...scope.notices.map((notice) => `  ${notice}`),
    ...unused.map((line) => `  ${line.replace(/^t/, "T")}.`),
    "",
  ].join("\n");
}
