// `consumer360 policy test`: holds a policy against a file of what its roles must see and must not, and fails where one does otherwise.
import { dirname, resolve } from "node:path";
import { type Failure, judgePolicyTest } from "../src/access/judgePolicyTest.ts";
import { loadPolicy, readPolicyText } from "../src/access/loadPolicy.ts";
import { parsePolicy } from "../src/access/parsePolicy.ts";
import { parsePolicyTests } from "../src/access/parsePolicyTests.ts";
import type { Policy } from "../src/access/policy.ts";
import type { PolicyTests } from "../src/access/policyTest.ts";
import { fatesOf } from "../src/graph/fieldVisibility.ts";
import { listFieldVisibility } from "../src/graph/printGraphSchema.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { formatCounted } from "./formatProgress.ts";

export type JudgedTest = Readonly<{
  name: string;
  line: number;
  role: string;
  ok: boolean;
  failures: readonly Failure[];
}>;

export async function testPolicy(file: string, { json }: { json?: boolean }): Promise<void> {
  const fields = await listFieldVisibility();
  const names = new Set(fields.map(({ type, field }) => `${type}.${field}`));
  const text = await readPolicyText(file, "expectations", "Name a file of expectations that this user can read.");
  const { policy: beside, tests } = parsePolicyTests(text, file, (name) => names.has(name));
  const policyFile = beside === null ? readConfig().policyFile : resolve(dirname(file), beside.path);
  const policy = await (beside === null ? loadPolicy(policyFile) : loadNamed(policyFile, file, beside));
  const judged = tests.map((test): JudgedTest => {
    const failures = judgePolicyTest(policy, test, (scope) => fatesOf(fields, scope));
    return { name: test.name, line: test.line, role: test.role, ok: failures.length === 0, failures };
  });
  const failed = judged.filter(({ ok }) => !ok).length;
  process.stdout.write(
    json
      ? `${JSON.stringify({ file, policyFile, tests: judged, failed }, null, 2)}\n`
      : formatJudged(file, policyFile, judged),
  );
  if (failed > 0) process.exitCode = 1;
}

/** What cannot be read is then the fault of the line that names it. */
async function loadNamed(
  policyFile: string,
  file: string,
  { line }: NonNullable<PolicyTests["policy"]>,
): Promise<Policy> {
  const remedy = `${file}:${line}: \`policy\` names it, by its path from the folder of that file; mend it there.`;
  return parsePolicy(await readPolicyText(policyFile, "policy", remedy), policyFile);
}

function formatJudged(file: string, policyFile: string, judged: readonly JudgedTest[]): string {
  const failed = judged.filter(({ ok }) => !ok).length;
  return [
    ...judged.flatMap(({ name, line, ok, failures }) => [
      ok ? `ok      ${name}` : `failed  ${name} (${file}:${line})`,
      ...failures.map(({ of, expected, found }) => `          ${of}: expected ${expected}, found ${found}`),
    ]),
    "",
    `${formatCounted(judged.length, "test")} of ${policyFile}: ${failed === 0 ? "all ok" : `${failed} failed`}`,
    "",
  ].join("\n");
}
