// `consumer360 policy check`: whether a policy is in order. What is wrong with it comes all at once, as an error.
import { loadPolicy } from "../src/access/loadPolicy.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { formatCounted } from "./formatProgress.ts";

export async function checkPolicy(file: string | undefined): Promise<void> {
  const path = file ?? readConfig().policyFile;
  const { roles } = await loadPolicy(path);
  const names = roles.map(({ name }) => name).join(", ");
  process.stdout.write(`${path} is in order: ${formatCounted(roles.length, "role")}: ${names}\n`);
}
