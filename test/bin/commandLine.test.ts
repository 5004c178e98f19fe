// The command line as its users meet it: from nothing to a served graph and back, a load beside it, and errors that say what to do.

import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Program, startProgram, transpileProgram } from "./startProgram.ts";

const shop = fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url));
const greeted = "Ctrl-C stops everything.";

let folder: string;
let script: string;
let home: string;
const running = new Set<Program>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-bin-"));
  home = join(folder, "home");
  script = await transpileProgram(join(folder, "program"));
});
afterAll(async () => {
  for (const { child, ended } of running) {
    child.kill("SIGTERM");
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

function run(args: string[], env: Record<string, string> = {}): Program {
  const program = startProgram(script, args, { CONSUMER360_HOME: home, ...env });
  running.add(program);
  void program.ended.then(() => running.delete(program));
  return program;
}

async function outcome(args: string[], env: Record<string, string> = {}) {
  const program = run(args, env);
  return { code: await program.ended, out: program.out(), err: program.err() };
}

const originOf = (program: Program) => /serves (http:\S+)\/graphql/.exec(program.out())?.[1] ?? "";

async function ask(program: Program, token: string, query: string): Promise<unknown> {
  const reply = await fetch(`${originOf(program)}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return ((await reply.json()) as { data?: unknown }).data;
}

describe("from nothing to a graph", () => {
  test("start makes everything, answers, takes a load from beside it, and leaves nothing running", async () => {
    // before there is a server: the secret is made, and kept
    const early = (await outcome(["token", "--role", "admin"])).out.trim();
    expect(early).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    expect((await outcome(["status"])).out).toContain("No embedded PostgreSQL has been made");

    const first = run(["start", "--port", "0"]);
    await first.printed(greeted);
    expect(first.out()).toContain("Snapshot 1: 60,000 lines");
    expect(first.err()).toContain("making and loading a sample");
    const tokens = [...first.out().matchAll(/^ {2}(\w+): .*\n {2}(eyJ\S+)$/gm)].map(([, role, token]) => ({
      role,
      token,
    }));
    expect(tokens.map(({ role }) => role)).toEqual(["admin", "executive", "analyst", "country_manager", "crm"]);
    expect(await ask(first, early, "{ me { role countries } }")).toEqual({ me: { role: "admin", countries: null } });
    expect(await ask(first, tokens[3]?.token ?? "", "{ me { role countries } }")).toEqual({
      me: { role: "country_manager", countries: ["France", "Germany"] },
    });
    expect((await fetch(`${originOf(first)}/health/ready`)).status).toBe(200);
    expect((await readdir(home)).filter((name) => name.startsWith("sample-"))).toEqual([]);

    const taken = await outcome(["start", "--port", new URL(originOf(first)).port]);
    expect([taken.code, taken.err]).toEqual([
      1,
      expect.stringMatching(/^consumer360: PORT_TAKEN Port \d+ .*\n.*--port/),
    ]);

    const loaded = await outcome(["load", shop, "--json"]);
    expect(JSON.parse(loaded.out)).toMatchObject({
      status: "PUBLISHED",
      snapshotId: 2,
      account: { read: 199, loaded: 199 },
    });
    expect(await ask(first, early, "{ kpis { grossRevenue } }")).toEqual({ kpis: { grossRevenue: "2740.238" } });
    const again = await outcome(["load", shop]);
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^Unchanged: shop\.csv is what snapshot 2/)]);

    // a second server on the same home finds the data, and outlives the first
    const second = run(["start", "--port", "0"]);
    await second.printed(greeted);
    expect(second.out()).toContain("Snapshot 2: 199 lines, 19 customers, 2024-01-02 to 2024-08-20, in GBP");
    expect(second.err()).not.toContain("sample");
    first.child.kill("SIGINT");
    expect(await first.ended).toBe(0);
    expect(await ask(second, early, "{ kpis { orders } }")).toBeDefined();
    expect(JSON.parse((await outcome(["status", "--json"])).out)).toMatchObject({
      database: { kind: "embedded", wasRunning: true },
      published: { lines: 199, customers: 19, account: { read: 199 }, snapshot: { snapshotId: 2, loadRunId: 2 } },
    });
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    expect((await outcome(["status"])).out).toMatch(
      /^Snapshot 2: 199 lines.*Embedded PostgreSQL in .*, not running\n$/s,
    );
  });

  test("serve serves what is there", async () => {
    const server = run(["serve", "--port", "0"]);
    await server.printed(greeted);
    expect(server.out()).not.toContain("eyJ");
    const token = (await outcome(["token", "--role", "crm", "--expires", "5m"])).out.trim();
    expect(await ask(server, token, "{ me { role } }")).toEqual({ me: { role: "crm" } });
    server.child.kill("SIGINT");
    expect(await server.ended).toBe(0);
  });

  test("a failed --load ends start with its error, and the warehouse stays as it was", async () => {
    const bad = join(folder, "bad.csv");
    await writeFile(bad, "these,are,not,the,columns\n1,2,3,4,5\n");
    const failed = await outcome(["start", "--port", "0", "--load", bad]);
    expect([failed.code, failed.err]).toEqual([1, expect.stringMatching(/^consumer360: LAYOUT_UNKNOWN .*\n.+/m)]);
    expect(failed.out).toBe("");
    expect((await outcome(["status"])).out).toContain("Snapshot 2: 199 lines");
  });
});

describe("what goes wrong", () => {
  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    ["a missing file", ["load", "/no/such.csv"], {}, 1, /^consumer360: FILE_NOT_FOUND .*\n.+\n$/],
    [
      "a missing file to start with",
      ["start", "--load", "/no/such.csv"],
      {},
      1,
      /^consumer360: FILE_NOT_FOUND .*\n.+\n$/,
    ],
    ["a setting", ["start"], { PORT: "x" }, 1, /^consumer360: CONFIG_INVALID PORT is "x".*\n.+\n$/],
    [
      "production without a secret",
      ["serve"],
      { NODE_ENV: "production" },
      1,
      /^consumer360: CONFIG_INVALID AUTH_SECRET .*\n.+\n$/,
    ],
    [
      "a token in production without a secret",
      ["token", "--role", "admin"],
      { NODE_ENV: "production" },
      1,
      /AUTH_SECRET/,
    ],
    [
      "a policy",
      ["token", "--role", "admin"],
      { POLICY_FILE: "/no/policy" },
      1,
      /^consumer360: POLICY_INVALID .*\n.+\n$/,
    ],
    [
      "a warehouse that is away",
      ["load", shop],
      { DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/d" },
      1,
      /^consumer360: WAREHOUSE_UNAVAILABLE (?!.*hunter2).*\n.+\n$/,
    ],
    [
      "no warehouse to serve",
      ["serve"],
      { CONSUMER360_HOME: "/no/home" },
      1,
      /^consumer360: WAREHOUSE_NOT_READY .*\n.+\n$/,
    ],
    ["an unknown command", ["lod"], {}, 2, /^consumer360: unknown command 'lod'/],
    ["no command", [], {}, 2, /Usage: consumer360/],
    ["an unknown option", ["load", shop, "--fast"], {}, 2, /^consumer360: unknown option '--fast'/],
    [
      "an unknown encoding",
      ["load", shop, "--encoding", "ebcdic"],
      {},
      2,
      /Allowed choices are utf8, windows-1252, iso-8859-1/,
    ],
    ["a role that is not there", ["token", "--role", "root"], {}, 2, /no role "root"; it has admin, executive/],
    ["a claim without a value", ["token", "--role", "crm", "--claim", "x"], {}, 2, /name=value/],
    ["a sample of no month", ["sample", "--months", "0"], {}, 2, /from 1 to 600/],
    ["a sample to nowhere", ["sample", "--output", "/no/such/file"], {}, 2, /ENOENT/],
  ])("%s", async (_, args, env, code, err) => {
    const ended = await outcome(args, env);
    expect(ended.err).toMatch(err);
    expect([ended.code, ended.out]).toEqual([code, ""]);
  });

  test("a port that another program holds, before anything is started", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const fresh = join(folder, "fresh");
    const ended = await outcome(["start"], { PORT: String(port), CONSUMER360_HOME: fresh });
    expect([ended.code, ended.err]).toEqual([1, expect.stringContaining(`PORT_TAKEN Port ${port}`)]);
    expect(await readdir(fresh)).toEqual(["auth-secret"]);
    other.close();
  });
});

describe("what is printed", () => {
  test("the version and the exit codes", async () => {
    expect(await outcome(["--version"])).toEqual({ code: 0, out: "1.2.3\n", err: "" });
    const help = await outcome(["--help"]);
    expect([help.code, help.out]).toEqual([
      0,
      expect.stringMatching(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}130 /),
    ]);
  });

  test("a sample on standard output, and a reader that goes away early is no error", async () => {
    const args = ["sample", "--lines", "1000", "--months", "3", "--seed", "7"];
    const [one, other] = await Promise.all([outcome(args), outcome(args)]);
    expect(one.out.trimEnd().split("\n")).toHaveLength(1001);
    expect(other).toEqual(one);

    const long = run(["sample", "--lines", "100000000"]);
    await once(long.child.stdout ?? long.child, "data");
    long.child.stdout?.destroy();
    expect(await long.ended).toBe(0);
    expect(long.err()).toBe("");
  });
});
