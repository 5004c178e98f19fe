// `consumer360 export` as its users meet it: what goes to standard output and what beside it, files, exit codes, and readers that leave.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { exportPolicyText } from "./exportCustomers.ts";
import { startProgram, transpileProgram } from "./startProgram.ts";

let folder: string;
let script: string;
let env: Record<string, string>;
let warehouse: TestWarehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-export-"));
  script = await transpileProgram(join(folder, "program"));
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  const policy = join(folder, "policy.yaml");
  await writeFile(policy, await exportPolicyText());
  env = { DATABASE_URL: warehouse.url, CONSUMER360_HOME: join(folder, "home"), POLICY_FILE: policy };
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

async function exported(args: readonly string[], more: Record<string, string> = {}) {
  const program = startProgram(script, ["export", ...args], { ...env, ...more });
  return { code: await program.ended, out: program.out(), err: program.err() };
}

describe("standard output", () => {
  test("holds data alone; beside it stands whose sight it was, and which snapshot", async () => {
    const { code, out, err } = await exported(["rfm"]);
    expect(code).toBe(0);
    const rows = out.split("\r\n");
    expect(rows.slice(0, 2)).toEqual([
      "customer_id,last_purchase_date,recency_days,frequency,monetary,recency_score,frequency_score,monetary_score,rfm_code,segment,segment_executive,segment_detailed",
      "12001,2024-08-07,14,9,962.39,4,5,5,455,CHAMPIONS,HIGH_VALUE,LOYAL_CUSTOMERS",
    ]);
    expect(rows).toHaveLength(19 + 2);
    expect(err).toMatch(/^The owner's view: nothing is hidden\./);
    expect(err).toMatch(/\nWrote 19 rows in .* s \(snapshot 1, as of 2024-08-21, amounts in GBP\)\.\n$/);
  });

  test("as a role with its claim, as JSON Lines", async () => {
    const args = ["customers", "--role", "country_manager", "--format", "jsonl"];
    const { code, out, err } = await exported([...args, "--claim", "countries=Belgium"]);
    expect(code).toBe(0);
    expect(JSON.parse(out.split("\n")[0] ?? "")).toMatchObject({
      customer_id: "12003",
      countries: ["Belgium"],
      gross_revenue: "105.825",
      name: null,
    });
    expect(err).toMatch(/^As the role country_manager sees it\.\n/);
    const without = await exported(args);
    expect([without.code, without.out]).toEqual([0, ""]);
    expect(without.err).toContain("there is no claim `countries`: no country is visible");
  });

  test("a byte order mark where it is asked for", async () => {
    expect((await exported(["churn-risk", "--bom"])).out).toMatch(/^\uFEFFcustomer_id,name,revenue_at_risk,/);
    expect((await exported(["churn-risk"])).out).toMatch(/^customer_id,/);
  });

  test("a reader that goes away is no error", async () => {
    const child = spawn(process.execPath, [script, "export", "customers"], {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const [code] = await once(child, "close");
    expect([code, err]).toEqual([0, expect.stringMatching(/\nThe reader went away before the end/)]);
  });
});

describe("a file", () => {
  test("has its usual name in a folder, and is not written over", async () => {
    const target = join(folder, "files");
    await mkdir(target);
    const first = await exported(["rfm", "--output", target]);
    expect([first.code, first.out]).toEqual([0, ""]);
    expect(first.err).toContain(`Wrote 19 rows to ${join(target, "rfm_output_customer360.csv")} in `);
    const again = await exported(["rfm", "--output", target]);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining("is there already; --force writes over it")]);
    expect((await exported(["rfm", "--output", target, "--force"])).code).toBe(0);
    expect((await exported(["customers", "--output", target, "--format", "jsonl"])).code).toBe(0);
    expect((await exported(["churn-risk", "--output", target])).code).toBe(0);
    expect((await readdir(target)).toSorted()).toEqual([
      ...["churn_risk.csv", "rfm_output_customer360.csv", "single_customer_view.jsonl"],
    ]);
    expect(await readFile(join(target, "rfm_output_customer360.csv"), "utf8")).toBe((await exported(["rfm"])).out);
  });

  test("is not made where the export fails", async () => {
    const path = join(folder, "none.csv");
    const refused = [
      ["rfm", "--role", "executive"],
      ["customers", "--role", "few"],
      ["customers", "--snapshot", "77"],
    ];
    const codes = ["FORBIDDEN", "QUERY_TOO_COSTLY", "SNAPSHOT_EXPIRED"];
    for (const [at, args] of refused.entries()) {
      const { code, out, err } = await exported([...args, "--output", path]);
      expect([code, out, err]).toEqual([1, "", expect.stringContaining(`consumer360: ${codes[at]} `)]);
    }
    expect(await readdir(folder)).not.toContain("none.csv");
  });
});

test("with AUDIT=table each export that read leaves a record", async () => {
  const audited = { AUDIT: "table" };
  await exported(["rfm"], audited);
  await exported(["customers", "--role", "country_manager", "--claim", "countries=Belgium"], audited);
  await exported(["customers", "--role", "analyst", "--format", "jsonl"], audited);
  await exported(["customers", "--role", "few"], audited);
  await exported(["customers"]);
  const program = startProgram(script, ["audit", "--json"], env);
  await program.ended;
  expect(JSON.parse(program.out())).toMatchObject([
    {
      subject: "export:owner",
      role: "owner",
      rows: 19,
      asked: { fields: ["export rfm"] },
      personal: ["customerLevel"],
    },
    { subject: "export:country_manager", personal: ["Customer.name", "customerLevel"], snapshotId: 1, outcome: [] },
    { subject: "export:analyst", personal: ["customerLevel"], rows: 19, credential: null },
    { subject: "export:few", personal: [], rows: 0, outcome: ["QUERY_TOO_COSTLY"] },
  ]);
  const lines = startProgram(script, ["audit", "--last", "1"], env);
  await lines.ended;
  expect(lines.out()).toMatch(
    / audit - command line export:few as few asked export customers; 0 rows; .*QUERY_TOO_COSTLY\n$/,
  );
});

test("slips are usage errors", async () => {
  const slips: [string[], string][] = [
    [["rfm", "--bom", "--format", "jsonl"], "a byte order mark is for CSV"],
    [["rfm", "--claim", "countries=France"], "name it with --role"],
    [["rfm", "--role", "nobody"], 'has no role "nobody"'],
    [["rfm", "--format", "xlsx"], "Allowed choices are csv, jsonl"],
    [["everything"], "unknown command"],
  ];
  for (const [args, message] of slips) {
    const { code, out, err } = await exported(args);
    expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
  }
});

test("an older snapshot is exported as it was, and without a warehouse it says so", async () => {
  const before = (await exported(["customers"])).out;
  await warehouse.loadText(
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,P,P,1,1/13/2024 9:00,1,zz,France\n",
  );
  expect((await exported(["customers"])).out).toMatch(/^customer_id.*\r\nzz,/);
  expect((await exported(["customers", "--snapshot", "1"])).out).toBe(before);
  expect(await exported(["customers"], { DATABASE_URL: "" })).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringContaining("WAREHOUSE_NOT_READY There is no warehouse in"),
  });
});
