// The role that `--role` names, in the policy that is set; or the slip, with the names that there are.
import type { Command } from "commander";
import { loadPolicy } from "../src/access/loadPolicy.ts";
import type { Policy, RolePolicy } from "../src/access/policy.ts";
import type { Config } from "../src/server/readConfig.ts";

/** Throws POLICY_INVALID; ends as a usage error where the policy has no such role. */
export async function roleOf(
  { policyFile }: Pick<Config, "policyFile">,
  name: string,
  command: Command,
): Promise<{ policy: Policy; role: RolePolicy }> {
  const policy = await loadPolicy(policyFile);
  const role = policy.roles.find((candidate) => candidate.name === name);
  if (role) return { policy, role };
  const names = policy.roles.map((candidate) => candidate.name).join(", ");
  return command.error(
    `consumer360: the policy ${policyFile} (POLICY_FILE) has no role ${JSON.stringify(name)}; it has ${names}`,
  );
}
