// A policy that changes while the server runs: taken where it is right, refused where it is not, however the file is replaced.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type PolicyWatch, watchPolicy } from "../../src/server/watchPolicy.ts";

const role = (name: string, customerLevel = true) =>
  `  ${name}: {countries: all, segments: all, customerLevel: ${customerLevel}}\n`;
const policyOf = (...roles: string[]) => `roles:\n${roles.join("")}`;

const interval = 10;
let folder: string;
let path: string;
let watch: PolicyWatch;
let logged: string[];
const log = {
  info: (message: string) => void logged.push(`info ${message}`),
  warn: (message: string) => void logged.push(`warn ${message}`),
  error: (message: string) => void logged.push(`error ${message}`),
};
const open = () => watchPolicy({ path, log, interval });
const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 10_000 });
const names = () => watch.current().roles.map(({ name }) => name);

beforeEach(async () => {
  logged = [];
  folder = await mkdtemp(join(tmpdir(), "consumer360-policy-"));
  path = join(folder, "policy.yaml");
  await writeFile(path, policyOf(role("admin"), role("reader")));
  watch = await open();
});
afterEach(async () => {
  watch.close();
  await rm(folder, { recursive: true });
});

describe("a changed file", () => {
  test("is taken, and the log says which roles it changes", async () => {
    await writeFile(path, policyOf(role("admin"), role("reader", false), role("fresh")));
    await eventually(names).toEqual(["admin", "reader", "fresh"]);
    expect(logged).toEqual([
      `warn The policy ${path} has changed: added fresh; changed reader (customerLevel: yes → no; members: public, commercial, personal → public, commercial).`,
    ]);
    await writeFile(path, policyOf(role("reader", false)));
    await eventually(names).toEqual(["reader"]);
    expect(logged.at(-1)).toBe(`warn The policy ${path} has changed: removed admin, fresh.`);
  });

  test("is told key by key, with long lists cut and what differs in them first", async () => {
    const keys = (countries: string, more: string) =>
      `roles:\n  reader: {countries: ${countries}, segments: all, customerLevel: true${more}}\n`;
    await writeFile(path, keys("[Austria, Belgium, Cyprus, Denmark, Finland, Germany]", ""));
    await eventually(names).toEqual(["reader"]);
    await writeFile(
      path,
      keys(
        "[Austria, Belgium, Cyprus, Denmark, Finland, Norway, Spain]",
        ', mask: [customerName], limits: {requestsPerMinute: 5}, minimumCustomers: none, description: "new words"',
      ),
    );
    await eventually(() => logged.at(-1)).toBe(
      `warn The policy ${path} has changed: changed reader (description; countries: Germany, Austria, Belgium, Cyprus, Denmark, 1 more → Norway, Spain, Austria, Belgium, Cyprus, 2 more; mask: none → customerName as null; limits: none → requests a minute up to 5).`,
    );
    await writeFile(path, keys("$claims.lands", ", mask: [customerName]"));
    await eventually(() => logged.at(-1)).toContain(
      "Denmark, Finland, 2 more → those of the token's claim lands; limits: requests a minute up to 5 → none).",
    );
  });

  test("that was put in place by a rename is taken", async () => {
    const beside = join(folder, "next.yaml");
    await writeFile(beside, policyOf(role("renamed")));
    await rename(beside, path);
    await eventually(names).toEqual(["renamed"]);
  });

  test("behind a link that was swapped, of the file or of its folder, is taken", async () => {
    watch.close();
    for (const version of ["one", "two", "three"]) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, "policy.yaml"), policyOf(role(version)));
    }
    await symlink("one", join(folder, "current"));
    path = join(folder, "linked.yaml");
    await symlink("current/policy.yaml", path);
    watch = await open();
    expect(names()).toEqual(["one"]);
    await symlink("two", join(folder, "swap"));
    await rename(join(folder, "swap"), join(folder, "current"));
    await eventually(names).toEqual(["two"]);
    await symlink("three/policy.yaml", join(folder, "swap"));
    await rename(join(folder, "swap"), path);
    await eventually(names).toEqual(["three"]);
  });

  test("of the same length and the same time is taken", async () => {
    const time = new Date(2020, 1, 1);
    await utimes(path, time, time);
    await eventually(() => logged).toEqual([`info The policy ${path} was read again: unchanged.`]);
    await writeFile(path, policyOf(role("admin"), role("raeder")));
    await utimes(path, time, time);
    await eventually(names).toEqual(["admin", "raeder"]);
  });

  test("is not taken while it is being written", async () => {
    watch.close();
    watch = await watchPolicy({ path, log, interval: 500 });
    // what is there in between is right, and shows more than what is meant
    const whole = policyOf(role("admin"), role("half"), role("whole"));
    for (let end = policyOf(role("admin")).length; end < whole.length; end += 12) {
      await writeFile(path, whole.slice(0, end));
      await sleep(20);
      expect(names()).toEqual(["admin", "reader"]);
    }
    await writeFile(path, whole);
    await eventually(names).toEqual(["admin", "half", "whole"]);
    expect(logged).toHaveLength(1);
  });
});

describe("a file that cannot be taken", () => {
  test("leaves the policy before in force and is complained of once, with its line and the remedy", async () => {
    await writeFile(path, `${policyOf(role("admin"))}  broken: {countries: some}\n`);
    await eventually(() => logged).toHaveLength(1);
    await sleep(interval * 10);
    expect(logged).toEqual([
      expect.stringMatching(
        /^error The policy \S+ was not taken, and the one before stays in force\.\n\S+policy\.yaml:3: .*broken/,
      ),
    ]);
    expect(names()).toEqual(["admin", "reader"]);
    await writeFile(path, policyOf(role("mended")));
    await eventually(names).toEqual(["mended"]);
  });

  test("because it has gone leaves the last good one in force until there is another", async () => {
    await unlink(path);
    await eventually(() => logged).toEqual([expect.stringContaining("(ENOENT)")]);
    await sleep(interval * 10);
    expect([logged.length, names()]).toEqual([1, ["admin", "reader"]]);
    await writeFile(path, policyOf(role("back")));
    await eventually(names).toEqual(["back"]);
    expect(logged.at(-1)).toBe(`warn The policy ${path} is in order again: added back; removed admin, reader.`);
  });

  test("is told to be in order again also where it is what is in force", async () => {
    const good = policyOf(role("admin"), role("reader"));
    await writeFile(path, "nonsense");
    await eventually(() => logged).toHaveLength(1);
    await writeFile(path, good);
    await eventually(() => logged.at(-1)).toBe(`warn The policy ${path} is in order again: unchanged.`);
  });

  test("because it is a mere beginning of the one in force is not taken, at a look or by request", async () => {
    const whole = policyOf(role("admin"), role("reader"));
    for (const length of [0, 7, policyOf(role("admin")).length, whole.length - 5]) {
      logged = [];
      await writeFile(path, whole.slice(0, length));
      if (length > 7) await watch.reload();
      await eventually(() => logged).toEqual([expect.stringMatching(/^error .* was not taken.*\nIt looks cut off: /)]);
      expect(names()).toEqual(["admin", "reader"]);
      await writeFile(path, whole);
      await eventually(() => logged.at(-1)).toContain("in order again");
    }
    await writeFile(path, `${policyOf(role("admin"))}...\n`);
    await eventually(names).toEqual(["admin"]);
  });

  test("because it lacks the end mark of the one in force is not taken, whatever else it says", async () => {
    await writeFile(path, `${policyOf(role("marked"))}... # the end\n\n# reviewed\n`);
    await eventually(names).toEqual(["marked"]);
    await writeFile(path, policyOf(role("other"), role("reader")));
    await watch.reload();
    expect(logged.at(-1)).toMatch(
      /^error .*\nIt looks cut off: it does not end with `\.\.\.` as the policy in force does\.$/,
    );
    expect(names()).toEqual(["marked"]);
    await writeFile(path, `${policyOf(role("other"))}...`);
    await watch.reload();
    expect(names()).toEqual(["other"]);
  });

  test("at the start is an error of the start", async () => {
    await writeFile(path, "roles: {}");
    await expect(open()).rejects.toMatchObject({ code: "POLICY_INVALID" });
    await unlink(path);
    await expect(open()).rejects.toMatchObject({ code: "POLICY_INVALID" });
  });
});

describe("by request", () => {
  test("the file is read at once, good or bad, changed or not", async () => {
    watch.close();
    watch = await watchPolicy({ path, log, interval: 1_000_000 });
    await writeFile(path, policyOf(role("asked")));
    await watch.reload();
    expect(names()).toEqual(["asked"]);
    await watch.reload();
    expect(logged).toEqual([
      `warn The policy ${path} was read again: added asked; removed admin, reader.`,
      `warn The policy ${path} was read again: unchanged.`,
    ]);
    await writeFile(path, "nonsense");
    await watch.reload();
    expect([names(), logged.length]).toEqual([["asked"], 3]);
  });

  test("the file is read once two looks find it the same", async () => {
    watch.close();
    watch = await watchPolicy({ path, log, interval: 1_000_000 });
    const reloaded = watch.reload();
    for (let nth = 0; nth < 4; nth += 1) {
      await sleep(90);
      await writeFile(path, policyOf(role(`half${nth}`)));
    }
    await writeFile(path, policyOf(role("whole")));
    await reloaded;
    expect([names(), logged.length]).toEqual([["whole"], 1]);
  });

  test("a watch that was closed reads nothing more", async () => {
    watch.close();
    await writeFile(path, policyOf(role("late")));
    await watch.reload();
    await sleep(interval * 5);
    expect([names(), logged]).toEqual([["admin", "reader"], []]);
  });
});

test("a pipe in the policy's place is refused, and a good file after it is taken", async () => {
  await unlink(path);
  execFileSync("mkfifo", [path]);
  await eventually(() => logged.at(-1) ?? "").toContain("no plain file");
  await unlink(path);
  await writeFile(path, policyOf(role("admin"), role("again")));
  await eventually(names).toEqual(["admin", "again"]);
});
