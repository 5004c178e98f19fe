// The command line as its users meet it: from nothing to a served graph and back, a load beside it, and errors that say what to do.

import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Command, CommanderError } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sample } from "../../bin/sample.ts";
import { type Program, startProgram, transpileProgram } from "./startProgram.ts";

const shop = fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url));
const greeted = "Ctrl-C stops everything.";

let folder: string;
let script: string;
let home: string;
const running = new Set<Program>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-bin-"));
  await chmod(folder, 0o755);
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
    expect(tokens.map(({ role }) => role)).toEqual([
      "admin",
      "executive",
      "analyst",
      "country_manager",
      "crm",
      "partner",
    ]);
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
    expect(failed.err).toMatch(/^consumer360 load status=FAILED code=LAYOUT_UNKNOWN files=1 file=bad.csv /m);
    expect(failed.out).toBe("");
    expect((await outcome(["status"])).out).toContain("Snapshot 2: 199 lines");
  });
});

describe("what goes wrong", () => {
  test.each<[string, string[], Record<string, string>, number, RegExp]>([
    [
      "a missing file",
      ["load", "/no/such.csv"],
      {},
      1,
      /^consumer360 load status=FAILED .*\nconsumer360: FILE_NOT_FOUND .*\n.+\n$/,
    ],
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
      /^consumer360 load status=FAILED (?!.*hunter2).*\nconsumer360: WAREHOUSE_UNAVAILABLE (?!.*hunter2).*\n.+\n$/,
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
    ["a sample of no line", ["sample", "--lines", "0"], {}, 2, /'0' is invalid. It must be at least 1\n$/],
    [
      "a sample to nowhere",
      ["sample", "--output", "/no/such/file"],
      {},
      2,
      /^consumer360: there is no directory \/no\/such /,
    ],
    ["a sample to a directory", ["sample", "--output", tmpdir()], {}, 2, /^consumer360: .* is a directory/],
    [
      "a sample over a file",
      ["sample", "--output", shop],
      {},
      2,
      /^consumer360: .*shop\.csv is there already; --force/,
    ],
    [
      "a home for a database that cannot be made",
      ["load", shop],
      { CONSUMER360_HOME: join(shop, "home") },
      1,
      /^consumer360 load status=FAILED .*\nconsumer360: EMBEDDED_UNAVAILABLE The home directory .*\n.+\n$/,
    ],
    [
      "a home for the secret that cannot be made",
      ["token", "--role", "admin"],
      { CONSUMER360_HOME: join(shop, "home") },
      1,
      /^consumer360: CONFIG_INVALID The home directory .*\n.+\n$/,
    ],
  ])("%s", async (_, args, env, code, err) => {
    const ended = await outcome(args, env);
    expect(ended.err).toMatch(err);
    expect([ended.code, ended.out]).toEqual([code, ""]);
  });

  // Node's own recursive mkdir never ends there
  test.runIf(process.platform === "linux").each(["start", "load"])(
    "a home inside /proc, at once, in %s",
    async (command) => {
      const began = Date.now();
      const args = command === "load" ? ["load", shop] : [command];
      const ended = await outcome(args, { CONSUMER360_HOME: "/proc/nope/home" });
      expect([ended.code, ended.err]).toEqual([
        1,
        expect.stringMatching(/(CONFIG_INVALID|EMBEDDED_UNAVAILABLE) The home/),
      ]);
      expect(Date.now() - began).toBeLessThan(10_000);
    },
  );

  test("claims that a token lacks or that do nothing are a warning beside the token", async () => {
    const manager = ["token", "--role", "country_manager"];
    const bare = await outcome(manager);
    expect([bare.code, bare.out, bare.err]).toEqual([
      0,
      expect.stringMatching(/^eyJ\S+\n$/),
      "consumer360: there is no claim `countries`: no country is visible\n",
    ]);
    const slipped = await outcome([...manager, "--claim", "countries=France", "--claim", "country=France"]);
    expect([slipped.out, slipped.err]).toEqual([
      expect.stringMatching(/^eyJ\S+\n$/),
      "consumer360: the policy does not use the claim `country`\n",
    ]);
    expect((await outcome([...manager, "--claim", "countries=France"])).err).toBe("");
  });

  test("rows that cannot be loaded are shown with the error", async () => {
    const bad = join(folder, "rejects.csv");
    const [header] = (await readFile(shop, "utf8")).split("\n");
    await writeFile(bad, `${header}\n1,A,Mug,1,2024-01-05 10:00,x,C1,France\n`);
    const ended = await outcome(["load", bad]);
    expect([ended.code, ended.out]).toEqual([1, ""]);
    expect(ended.err).toContain(`consumer360: NOTHING_TO_PUBLISH The only row of ${bad} cannot be loaded
Mend the file and load it again.
The rejected row:
  line 2, UnitPrice: BAD_PRICE: "1,A,Mug,1,2024-01-05 10:00,x,C1,France"
`);
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

  test("defaults in words, or none", async () => {
    const help = async (command: string) => (await outcome([command, "--help"])).out.replaceAll(/\s+/g, " ");
    const token = await help("token");
    expect(token).toContain("(default: 12h)");
    expect(token).toContain("(default: token:ROLE)");
    expect(token.match(/default/g)).toHaveLength(2);
    expect(await help("sample")).toMatch(/rows \(default: 60000\).*(default: 24).*(default: 2023-11).*(default: 360)/);
    expect(await help("load")).toContain("in place of what was there");
  });

  test("a sample in a file, gzip where the name says so, over another where it is forced", async () => {
    const path = join(folder, "some.csv.gz");
    const args = ["sample", "--lines", "50", "--months", "2", "--output", path];
    expect(await outcome(args)).toEqual({ code: 0, out: "", err: "" });
    expect(
      gunzipSync(await readFile(path))
        .toString()
        .trimEnd()
        .split("\n"),
    ).toHaveLength(51);
    const before = await readFile(path);
    expect((await outcome([...args, "--force", "--months", "0"])).code).toBe(2);
    expect(await readFile(path)).toEqual(before);
    expect((await outcome([...args, "--force", "--lines", "60"])).code).toBe(0);
    expect(
      gunzipSync(await readFile(path))
        .toString()
        .trimEnd()
        .split("\n"),
    ).toHaveLength(61);
  });

  test("no sample into a terminal, unless it is asked for", async () => {
    const said: string[] = [];
    const command = new Command().exitOverride().configureOutput({ writeErr: (text) => said.push(text) });
    await expect(sample({ lines: 10 }, command, true)).rejects.toThrow(CommanderError);
    expect(said.join("")).toContain("--output sample.csv");
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
