// `consumer360 rejects` as its users meet it: what could not be loaded, as a list, as JSON, and as files to be mended and loaded back.
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { startProgram, transpileProgram } from "./startProgram.ts";

const columns = [
  "InvoiceNo",
  "StockCode",
  "Description",
  "Quantity",
  "InvoiceDate",
  "UnitPrice",
  "CustomerID",
  "Country",
];
const good = "1001,P1,CUP,2,3/13/2011 9:00,2.5,bo,Belgium";
const bad = [
  "1002,P1,=1+1,two,3/13/2011 9:00,2.5,bo,Belgium",
  '1003,P2,"A ""CUP"" of\nTEA",1,13/40/2011,2.5,cy,France',
  "1004,P3,CUP\u001b[31m,1,3/13/2011",
  `1005,P4,${"LONG ".repeat(40)},1,3/13/2011,x,cy,France`,
];

let folder: string;
let script: string;
let warehouse: TestWarehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-rejects-"));
  script = await transpileProgram(join(folder, "program"));
  warehouse = await makeTestWarehouse();
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

async function rejects(args: readonly string[] = [], env: Record<string, string> = { DATABASE_URL: warehouse.url }) {
  const program = startProgram(script, ["rejects", ...args], { CONSUMER360_HOME: join(folder, "home"), ...env });
  return { code: await program.ended, out: program.out(), err: program.err() };
}

/** What a load keeps of how a file was read. */
async function recordReading(loadRunId: number, readings: readonly object[]) {
  await warehouse.owner.query("UPDATE load_run SET files = $2 WHERE load_run_id = $1", [
    loadRunId,
    JSON.stringify(readings.map((reading) => ({ sha256: "", bytes: 1, rows: 1, ...reading }))),
  ]);
}

describe.sequential("consumer360 rejects", () => {
  test("without a warehouse, and without any", async () => {
    expect(await rejects([], {})).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/WAREHOUSE_NOT_READY/),
    });
    expect(await rejects()).toMatchObject({ code: 0, out: "No load has rejected rows.\n" });
    expect(await rejects(["--json"])).toMatchObject({
      code: 0,
      out: `${JSON.stringify({ load: null, counts: [], rejects: [] }, null, 2)}\n`,
    });
  });

  test("lists those of the newest load that has some: counts, then rows, nothing that a terminal obeys", async () => {
    await warehouse.loadText([columns.join(","), good, ...bad].join("\r\n"), { maxRejects: 1 });
    await warehouse.loadText([columns.join(","), good].join("\n"));
    const { code, out } = await rejects();
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual([
      expect.stringMatching(/^Load 1 \(REPLACE, PUBLISHED, 20\S+Z\): 4 rejected rows$/),
      "",
      "  code          rows",
      "  BAD_DATE         1",
      "  BAD_PRICE        1",
      "  BAD_QUANTITY     1",
      "  FIELD_COUNT      1",
      "",
      "  file        line  column       code          row",
      "  file-1.csv     3  Quantity     BAD_QUANTITY  1002,P1,=1+1,two,3/13/2011 9:00,2.5,bo,Belgium",
      '  file-1.csv     4  InvoiceDate  BAD_DATE      1003,P2,"A ""CUP"" of\\nTEA",1,13/40/2011,2.5,cy,France',
      "  file-1.csv     6  -            FIELD_COUNT   1004,P3,CUP\\u001b[31m,1,3/13/2011",
      expect.stringMatching(/^ {2}file-1\.csv {5}7 {2}UnitPrice {4}BAD_PRICE {5}1005,P4,LONG .*…$/),
      "",
    ]);
  });

  test("of one load, code or file; how many are left out is said", async () => {
    expect((await rejects(["--load", "2"])).out).toBe("Load 2 has no rejected rows.\n");
    expect((await rejects(["--code", "NO_INVOICE"])).out).toBe("No load has rejected rows of code NO_INVOICE.\n");
    expect((await rejects(["--load", "1", "--file", "x.csv"])).out).toBe("Load 1 has no rejected rows of x.csv.\n");
    expect((await rejects(["--code", "BAD_DATE"])).out).toMatch(/: 1 rejected row\n[\s\S]*1003,P2/);
    expect((await rejects(["--rows", "1"])).out).toContain(
      "The first 1 of 4; --rows shows more, --export FILE writes them all.\n",
    );
    expect(await rejects(["--load", "9"])).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/LOAD_UNKNOWN/),
    });
    expect(await rejects(["--format", "jsonl"])).toMatchObject({ code: 2, out: "" });
  });

  test("shows which were loaded since", async () => {
    await warehouse.owner.query("UPDATE rejected_row SET settled_in = 12 WHERE code = 'BAD_PRICE'");
    const { out } = await rejects();
    expect(out).toContain(": 4 rejected rows, 1 of them loaded since\n");
    expect(out).toContain("\n  code          rows  loaded since\n");
    expect(out).toMatch(/\n {2}BAD_PRICE +1 +1\n/);
    expect(out).toMatch(/ {2}7 {2}UnitPrice +BAD_PRICE +12 +1005/);
    expect(out).toMatch(/ {2}3 {2}Quantity +BAD_QUANTITY +- +1002/);
  });

  test("as JSON for programs, whole rows", async () => {
    const { out } = await rejects(["--json", "--rows", "2"]);
    expect(JSON.parse(out)).toEqual({
      load: 1,
      counts: ["BAD_DATE", "BAD_PRICE", "BAD_QUANTITY", "FIELD_COUNT"].map((code) => ({
        ...{ file: "file-1.csv", code, rows: 1, settled: code === "BAD_PRICE" ? 1 : 0 },
      })),
      rejects: [
        { file: "file-1.csv", line: 3, column: "Quantity", code: "BAD_QUANTITY", raw: bad[0], settledIn: null },
        { file: "file-1.csv", line: 4, column: "InvoiceDate", code: "BAD_DATE", raw: bad[1], settledIn: null },
      ],
    });
  });
});

describe.sequential("consumer360 rejects --export", () => {
  test("of a load whose header is not on record: only as JSON Lines", async () => {
    const path = join(folder, "old.csv");
    await recordReading(1, [{ name: "file-1.csv" }]);
    expect(await rejects(["--export", path])).toMatchObject({ code: 1, err: expect.stringMatching(/HEADER_UNKNOWN/) });
    expect(await rejects(["--export", "-", "--format", "jsonl"])).toMatchObject({ code: 0, out: expect.any(String) });
    await expect(readFile(path)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("writes every row as it stands in the file, behind where it comes from", async () => {
    await recordReading(1, [{ name: "file-1.csv", header: columns, readAs: { delimiter: "comma", dateOrder: "mdy" } }]);
    const path = join(folder, "rejects.csv");
    const { code, out, err } = await rejects(["--export", path]);
    expect([code, out]).toEqual([0, ""]);
    expect(err).toContain(`Wrote 4 rejected rows of file-1.csv to ${path}.\n`);
    expect(err).toContain(`Mend them, then: npx consumer360 load ${path} --append --date-order mdy\n`);
    const at = ["3,Quantity,BAD_QUANTITY", "4,InvoiceDate,BAD_DATE", "6,,FIELD_COUNT", "7,UnitPrice,BAD_PRICE"];
    expect(await readFile(path, "utf8")).toBe(
      [
        `reject_load,reject_file,reject_line,reject_column,reject_code,${columns.join(",")}`,
        ...bad.map((row, nth) => `1,file-1.csv,${at[nth]},${row}`),
        "",
      ].join("\n"),
    );
    expect(await rejects(["--export", path])).toMatchObject({ code: 2, err: expect.stringContaining("--force") });
    expect((await rejects(["--export", path, "--force", "--code", "BAD_DATE"])).code).toBe(0);
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(4);
    const lines = (await rejects(["--export", "-", "--format", "jsonl"])).out.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).raw)).toEqual(bad);
    expect(JSON.parse(lines[3] ?? "")).toMatchObject({ load: 1, line: 7, settledIn: 12 });
  });

  test("keeps the file's delimiter, and quotes what it would split", async () => {
    const semicolons = ["1;a;b", '2;"c;d"'];
    await warehouse.owner.query(
      `INSERT INTO rejected_row SELECT 2, 'a;b.csv', line, 'Price; net', 'BAD_PRICE', raw
       FROM unnest(ARRAY[2, 3], $1::text[]) AS rows (line, raw)`,
      [semicolons],
    );
    await recordReading(2, [{ name: "a;b.csv", header: ["Invoice", "Price; net"], readAs: { delimiter: ";" } }]);
    const { out } = await rejects(["--export", "-"]);
    expect(out.split("\n")).toEqual([
      'reject_load;reject_file;reject_line;reject_column;reject_code;Invoice;"Price; net"',
      '2;"a;b.csv";2;"Price; net";BAD_PRICE;1;a;b',
      '2;"a;b.csv";3;"Price; net";BAD_PRICE;2;"c;d"',
      "",
    ]);
  });

  test("a file for each file of the load, in a folder", async () => {
    await warehouse.owner.query("INSERT INTO rejected_row VALUES (2, 'c.csv', 9, NULL, 'FIELD_COUNT', 'x|y|z')");
    await recordReading(2, [
      { name: "a;b.csv", header: ["Invoice", "Price; net"], readAs: { delimiter: ";" } },
      { name: "c.csv", header: ["Invoice", "Price"], readAs: { delimiter: "pipe" } },
    ]);
    for (const target of ["-", join(folder, "both.csv")])
      expect(await rejects(["--export", target])).toMatchObject({
        ...{ code: 2, out: "", err: expect.stringContaining("2 files have rejected rows") },
      });
    const target = join(folder, "both");
    await mkdir(target);
    expect((await rejects(["--export", target])).code).toBe(0);
    expect((await readdir(target)).toSorted()).toEqual(["rejects-2-1.csv", "rejects-2-2.csv"]);
    expect(await readFile(join(target, "rejects-2-2.csv"), "utf8")).toBe(
      "reject_load|reject_file|reject_line|reject_column|reject_code|Invoice|Price\n2|c.csv|9||FIELD_COUNT|x|y|z\n",
    );
    expect((await rejects(["--export", "-", "--file", "c.csv"])).out).toContain("2|c.csv|9||FIELD_COUNT|x|y|z\n");
    expect((await rejects(["--export", "-", "--load", "2", "--code", "BAD_DATE"])).err).toContain(
      "Load 2 has no rejected rows of code BAD_DATE.\n",
    );
  });

  test("of a corrected file, as they stand in it: they say already which rows they were", async () => {
    const header = ["reject_load", "reject_file", "reject_line", "reject_column", "reject_code", ...columns];
    const raw = `1,file-1.csv,3,Quantity,BAD_QUANTITY,${bad[0]}`;
    await warehouse.owner.query(
      "INSERT INTO rejected_row VALUES (2, 'mended.csv', 2, 'Quantity', 'BAD_QUANTITY', $1)",
      [raw],
    );
    await recordReading(2, [{ name: "mended.csv", header, readAs: { delimiter: ",", decimals: "comma, grouped" } }]);
    const { out, err } = await rejects(["--export", "-", "--file", "mended.csv"]);
    expect(out).toBe(`${header.join(",")}\n${raw}\n`);
    expect(err).toContain("load FILE --append --decimal-comma\n");
  });

  test("more rows and longer ones than are read at a time come whole and in order", async () => {
    await warehouse.owner.query(
      `INSERT INTO rejected_row SELECT 3, CASE WHEN line < 2000 THEN 'a' ELSE 'b' END, line, NULL, 'BAD_DATE', line || repeat('x', CASE WHEN line % 500 = 0 THEN 3000000 ELSE 10 END)
       FROM generate_series(1, 2500) AS line`,
    );
    await warehouse.owner.query(
      `INSERT INTO load_run (load_run_id, started_at, status, mode, files, account, warnings, stages)
       SELECT 3, now(), 'FAILED', mode, files, account, warnings, stages FROM load_run WHERE load_run_id = 1`,
    );
    const { out, err } = await rejects(["--export", "-", "--format", "jsonl"]);
    expect(err).toContain("Load 3 published nothing that these rows could be added to");
    const found = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(found.map(({ line }) => line)).toEqual(Array.from({ length: 2_500 }, (_, at) => at + 1));
    expect(found.map(({ raw }) => raw.length)).toEqual(
      found.map(({ line }) => String(line).length + (line % 500 === 0 ? 3_000_000 : 10)),
    );
  });
});
