// `consumer360 policy check`: whether a policy is in order. What is wrong with it comes all at once, as an error.
import { loadTracedPolicy } from "../src/access/loadPolicy.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { formatCounted } from "./formatProgress.ts";

export async function checkPolicy(file: string | undefined): Promise<void> {
  const path = file ?? readConfig().policyFile;
  const {
    policy: { roles },
    hasEndMark,
  } = await loadTracedPolicy(path);
  const names = roles.map(({ name }) => name).join(", ");
  process.stdout.write(`${path} is in order: ${formatCounted(roles.length, "role")}: ${names}\n`);
  if (!hasEndMark) process.stdout.write(`${withoutEndMark}\n`);
}

const withoutEndMark =
  "A remark: its last line is not YAML's end mark `...`, by which a server knows a whole file from one that was cut off.";
