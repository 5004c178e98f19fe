// `consumer360 policy` as its users meet it: check, show and test, with their exit codes, in words and as JSON.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startProgram, transpileProgram } from "./startProgram.ts";

const expectations = fileURLToPath(new URL("../../policy/demo.test.yaml", import.meta.url));

let folder: string;
let script: string;
let own: string;
let bad: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-policy-"));
  script = await transpileProgram(join(folder, "program"));
  own = join(folder, "own.yaml");
  bad = join(folder, "bad.yaml");
  await writeFile(
    own,
    `roles:
  staff: {countries: $claims.lands, segments: all, customerLevel: true, limits: {rows: 5000}}
  trainee:
    inherits: staff
    description: Learns.
    mask: [customerName]
`,
  );
  await writeFile(bad, "roles:\n  a: {countries: all, segments: all}\n  b: {inherits: c, operator: 1}\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(args: string[], env: Record<string, string> = {}) {
  const program = startProgram(script, ["policy", ...args], { CONSUMER360_HOME: join(folder, "home"), ...env });
  return { code: await program.ended, out: program.out(), err: program.err() };
}

test("check names the roles of a policy that is in order, the demo's where none is named", async () => {
  expect(await run(["check", own])).toEqual({
    code: 0,
    out: `${own} is in order: 2 roles: staff, trainee
A remark: its last line is not YAML's end mark \`...\`, by which a server knows a whole file from one that was cut off.
`,
    err: "",
  });
  expect((await run(["check"])).out).toMatch(/demo\.yaml is in order: 6 roles: admin, .*, partner\n$/);
  expect((await run(["check"], { POLICY_FILE: own })).out).toContain("2 roles");
});

test("check tells all faults of a policy, and fails", async () => {
  expect(await run(["check", bad])).toEqual({
    code: 1,
    out: "",
    err: [
      `consumer360: POLICY_INVALID ${bad}:2: role "a" lacks customerLevel. A role must state countries, segments and customerLevel, or inherit them: nothing is assumed`,
      `${bad}:3: role "b": operator is neither true nor false. Set operator to true or false`,
      `${bad}:3: role "b" inherits "c", which is no role. Name one role that stands above`,
      "",
    ].join("\n"),
  });
  expect(await run(["check", join(folder, "none.yaml")])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^consumer360: POLICY_INVALID The policy file .*none\.yaml cannot be read \(ENOENT\)\n/),
  });
});

test("show says what a role comes to, and where each key was stated", async () => {
  expect(await run(["show", "trainee"], { POLICY_FILE: own })).toEqual({
    code: 0,
    err: "",
    out: `trainee: Learns.
${own}:3, inherits staff

  countries         those of the token's claim lands  from staff, line 2
  segments          all                               from staff, line 2
  customerLevel     yes                               from staff, line 2
  members           public, commercial, personal      default
  mask              customerName as null              line 6
  operator          no                                default
  minimumCustomers  none                              default
  limits            rows of paged lists up to 5,000   from staff, line 2

A token without claims sees nothing:

  There is no claim \`lands\`: no country is visible.
`,
  });
  const demo = await run(["show", "crm"]);
  expect(demo.out).not.toContain("sees nothing");
  expect(await run(["show", "root"], { POLICY_FILE: own })).toEqual({
    code: 2,
    out: "",
    err: `consumer360: the policy has no role "root"; it has staff, trainee\n`,
  });
});

test("show with claims says which scope results, and what of them could not be used", async () => {
  const seen = await run(["show", "staff", "--claim", 'lands=["X, Y", "France"]'], { POLICY_FILE: own });
  expect(seen.out).toMatch(
    /\nWith these claims:\n\n {2}countries {4}France, "X, Y"\n {2}segments {5}all\n {2}fingerprint {2}[0-9a-f]{32}\n$/,
  );
  const unused = await run(["show", "staff", "--claim", "land=France"], { POLICY_FILE: own });
  expect(unused.out).toMatch(
    / {2}countries {4}none\n.*\n.*\n {2}There is no claim `lands`: no country is visible\.\n {2}The policy does not use the claim `land`\.\n$/,
  );
});

test("show prints JSON alone", async () => {
  const { out } = await run(["show", "trainee", "--json", "--claim", "lands=France"], { POLICY_FILE: own });
  expect(JSON.parse(out)).toMatchObject({
    policyFile: own,
    role: "trainee",
    line: 3,
    inherits: "staff",
    keys: expect.arrayContaining([
      expect.objectContaining({ key: "countries", value: "$claims.lands", from: { role: "staff", line: 2 } }),
      expect.objectContaining({ key: "operator", value: false, from: null }),
    ]),
    scope: { role: "trainee", countries: ["France"], segments: null, mostRows: 5000, notices: [] },
    warnings: [],
  });
  expect(JSON.parse((await run(["show", "trainee", "--json"], { POLICY_FILE: own })).out)).not.toHaveProperty("scope");
});

test("test passes what is as expected", async () => {
  const demo = await run(["test", expectations]);
  expect([demo.code, demo.err]).toEqual([0, ""]);
  const lines = demo.out.trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(/^8 tests of .*demo\.yaml: all ok$/);
  expect(lines.slice(0, -2).filter((line) => !line.startsWith("ok      "))).toEqual([]);
});

test("test fails what is not, and says what was expected and what is", async () => {
  const file = join(folder, "own.test.yaml");
  await writeFile(
    file,
    `policy: own.yaml
tests:
  - name: Staff see France
    role: staff
    claims: {lands: [France]}
    expect: {seesCountry: [France], hidesCountry: [Spain]}
  - name: A trainee sees names
    role: trainee
    expect: {shown: [Customer.name], countries: all}
`,
  );
  const failed = await run(["test", file]);
  expect(failed).toEqual({
    code: 1,
    err: "",
    out: `ok      Staff see France
failed  A trainee sees names (${file}:7)
          countries: expected all, found none
          Customer.name: expected shown, found null

2 tests of ${own}: 1 failed
`,
  });
  const json = await run(["test", file, "--json"]);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toEqual({
    file,
    policyFile: own,
    tests: [
      { name: "Staff see France", line: 3, role: "staff", ok: true, failures: [] },
      {
        name: "A trainee sees names",
        line: 7,
        role: "trainee",
        ok: false,
        failures: [
          { of: "countries", expected: "all", found: "none" },
          { of: "Customer.name", expected: "shown", found: "null" },
        ],
      },
    ],
    failed: 1,
  });
});

test("test takes POLICY_FILE where the file names none, and refuses what it cannot read", async () => {
  const file = join(folder, "bare.test.yaml");
  await writeFile(file, "tests:\n  - {name: Capped, role: staff, expect: {limits: {rows: 5000}}}\n");
  expect((await run(["test", file], { POLICY_FILE: own })).code).toBe(0);
  expect(await run(["test", file])).toMatchObject({
    code: 1,
    out: expect.stringContaining("role: expected staff, found no such role in the policy"),
  });
  await writeFile(file, "tests:\n  - {name: Slipped, role: staff, expect: {shown: [Customer.nmae]}}\n");
  expect(await run(["test", file])).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining(`${file}:2: shown cannot hold "Customer.nmae". shown takes fields of the graph`),
  });
  expect(await run(["test", join(folder, "none.yaml")])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^consumer360: POLICY_INVALID The expectations file .* cannot be read \(ENOENT\)\n/),
  });
  await writeFile(file, "# a slip\npolicy: non.yaml\ntests:\n  - {name: n, role: staff, expect: {notices: 0}}\n");
  const { err } = await run(["test", file], { POLICY_FILE: own });
  expect(err).toBe(
    `consumer360: POLICY_INVALID The policy file ${join(folder, "non.yaml")} cannot be read (ENOENT)\n` +
      `${file}:2: \`policy\` names it, by its path from the folder of that file; mend it there.\n`,
  );
  expect((await run(["test", own])).err).toContain("this is a policy, not a file of expectations");
  expect((await run(["check", file])).err).toContain("this is a file of expectations, not a policy");
});
