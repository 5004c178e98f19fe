// `serve --watch` as a process with real loads: files are appended while it serves, what comes of each is told, and it stops clean.
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTestWarehouse, type TestWarehouse } from "../../support/testWarehouse.ts";
import { startProgram, transpileProgram } from "../startProgram.ts";

const shop = fileURLToPath(new URL("../../fixtures/shop.csv", import.meta.url));

let folder: string;
let script: string;
let warehouse: TestWarehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-unattended-"));
  script = await transpileProgram(join(folder, "program"));
  warehouse = await makeTestWarehouse();
  await warehouse.load(shop);
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

async function startReceiver() {
  const told: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    told.push(JSON.parse(body));
    response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return { url, told, close: () => server.close() };
}

const settings = () => ({
  CONSUMER360_HOME: join(folder, "home"),
  DATABASE_URL: warehouse.url,
  AUTH_SECRET: "0123456789abcdef0123456789abcdef",
  AUDIT: "off",
});
const slowly = { timeout: 60_000, interval: 100 };
const withReports = (name: string) => [name, `${name}.report.json`, `${name}.report.txt`];

test("appends what arrives in its folder while it serves, and says what came of it", async () => {
  const drop = join(folder, "drop");
  await mkdir(drop);
  const receiver = await startReceiver();
  const other = new pg.Client({ connectionString: warehouse.url });
  await other.connect();
  const program = startProgram(script, ["serve", "--port", "0", "--watch", drop, "--date-order", "mdy"], {
    ...settings(),
    LOAD_WEBHOOK_URL: receiver.url,
  });
  try {
    await program.printed("Ctrl-C stops everything.");
    expect(program.err()).toContain(`Watching ${drop}: what appears in incoming/ is appended\n`);
    const origin = /serves (\S+)\/graphql/.exec(program.out())?.[1];

    // another load is under way: the file waits for it
    await other.query("SELECT pg_advisory_lock(361, 0)");
    const lines = (await readFile(shop, "utf8")).split("\n");
    // whole invoices: half of one would move a closed month
    await writeFile(join(drop, "incoming", "2025-01.csv"), `${lines.slice(0, 100).join("\n")}\n`);
    await writeFile(join(drop, "incoming", "2025-02.csv"), "order,what\n1,2\n");
    await expect.poll(program.err, slowly).toContain("2025-01.csv waits and is tried again in 5 s: LOAD_IN_PROGRESS");
    expect((await fetch(`${origin}/health/ready`)).status).toBe(200);
    expect((await readdir(join(drop, "incoming"))).length).toBe(2);
    await other.query("SELECT pg_advisory_unlock(361, 0)");

    await expect
      .poll(() => readdir(join(drop, "failed")).then((names) => names.sort()), slowly)
      .toEqual(withReports("2025-02.csv"));
    expect((await readdir(join(drop, "done"))).sort()).toEqual(withReports("2025-01.csv"));
    await expect.poll(() => receiver.told.length, slowly).toBe(2);
  } finally {
    program.child.kill("SIGTERM");
    await other.end();
    receiver.close();
  }
  expect(await program.ended).toBe(0);
  expect((await readdir(drop)).sort()).toEqual(["done", "failed", "incoming"]);

  const report = JSON.parse(await readFile(join(drop, "done", "2025-01.csv.report.json"), "utf8"));
  const { read } = report.account;
  expect([report.status, read]).toEqual(["PUBLISHED", 99]);
  expect(await readFile(join(drop, "done", "2025-01.csv.report.txt"), "utf8")).toMatch(/^Published snapshot \d+ from /);
  expect(await readFile(join(drop, "failed", "2025-02.csv.report.txt"), "utf8")).toMatch(/^LAYOUT_UNKNOWN .+\n.+\n$/s);
  expect(program.err().match(/^consumer360 load .*/gm)).toEqual([
    expect.stringMatching(
      `^consumer360 load status=PUBLISHED mode=APPEND load=\\d+ snapshot=\\d+ files=1 file=2025-01.csv read=${read} `,
    ),
    expect.stringMatching(/^consumer360 load status=FAILED code=LAYOUT_UNKNOWN files=1 file=2025-02.csv /),
  ]);
  expect(receiver.told).toMatchObject([
    { status: "PUBLISHED", report: { account: { read } } },
    { status: "FAILED", code: "LAYOUT_UNKNOWN" },
  ]);
});

test.each([
  [["--every", "at noon", "--load", "a.csv"], 2, /^consumer360: --every "at noon" must be cron's five fields /],
  [["--date-order", "mdy"], 2, /^consumer360: --date-order=mdy needs --watch or --every; /],
  [
    ["--watch", "no/such/folder"],
    1,
    /^consumer360: FOLDER_UNUSABLE The folder .+ cannot be watched: it does not exist\nName a folder/,
  ],
])("serve %j is refused", async (args, code, words) => {
  const program = startProgram(script, ["serve", ...args], settings());
  expect([await program.ended, program.out()]).toEqual([code, ""]);
  expect(program.err()).toMatch(words);
});
