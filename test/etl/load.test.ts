// Whole loads of small files against hand counts: what the report says, what is kept of a row that cannot be loaded, when a load
// changes nothing, and when it refuses to.
import { appendFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readAccount } from "../../src/query/readAccount.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readLoadRuns, readWarehouseState } from "../support/warehouseState.ts";
import { makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";
import { testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
let directory: TestDirectory;

const setUp = async () => {
  [warehouse, directory] = await Promise.all([makeTestWarehouse(), makeTestDirectory()]);
};
const tearDown = async () => {
  await Promise.all([warehouse?.close(), directory?.remove()]);
};

const rejectedLines = [
  "1005,MUG,Mug,1,2024-02-30 10:00,1,C1,France",
  "1006,MUG,Mug,1.5,2024-02-03 10:00,1,C1,France",
  "1007,MUG,Mug,1,2024-02-03 10:00,1e3,C1,France",
  ",MUG,Mug,1,2024-02-03 10:00,1,C1,France",
  "1008, ,Mug,1,2024-02-03 10:00,1,C1,France",
  '1009,MUG,"Mug, chipped",1,2024-02-03 10:00,1,C1',
] as const;

const goodLines = [
  { invoice: "1001", quantity: 2, price: "3.50" },
  { invoice: "1001", quantity: 3, price: "1.255" },
  { invoice: "1002", quantity: 10, price: "3.50", customer: "", at: "2024-01-31 23:59" },
  { invoice: "C1003", quantity: -1, price: "3.50" },
  { invoice: "1004", quantity: 5, price: "0" },
  { invoice: "A1010", price: "-11.1", customer: "" },
  { invoice: "1011", price: "100", customer: "C2", at: "2024-03-01 08:00" },
] as const;

/** SALE 7 + 3.765 + 35 + 100, RETURN −3.5, WRITE_OFF 0, ADJUSTMENT −11.1. */
const amounts = [
  { kind: "ADJUSTMENT", lines: 1, amount: "-11.1" },
  { kind: "RETURN", lines: 1, amount: "-3.5" },
  { kind: "SALE", lines: 4, amount: "145.765" },
  { kind: "WRITE_OFF", lines: 1, amount: "0" },
];

const account = { read: 13, loaded: 7, duplicate: 0, superseded: 0, rejected: 6, replaced: 0 };

describe("a load", () => {
  beforeAll(setUp);
  afterAll(tearDown);

  test("reports every row and the amounts by kind, and its record says the same", async () => {
    const path = await directory.write(testFile([...goodLines, ...rejectedLines]), "sales.csv");
    const report = await warehouse.load(path, { maxRejects: 0.5 });
    expect(report).toMatchObject({ status: "PUBLISHED", loadRunId: 1, snapshotId: 1, account });
    expect(report.files).toMatchObject([{ name: "sales.csv", rows: 13 }]);
    expect(report.amounts).toEqual(amounts);
    expect(report.stages.map(({ stage }) => stage)).toEqual([
      ...["read", "copy", "conform", "index", "derive", "gate", "models", "publish", "clean"],
    ]);
    expect(report.seconds).toBeGreaterThan(0);
    expect(await readLoadRuns(warehouse.owner)).toEqual([
      { loadRunId: 1, status: "PUBLISHED", snapshotId: 1, errorCode: null, account, finished: true },
    ]);
    const { rows } = await warehouse.owner.query("SELECT mode, files, stages, error_message FROM load_run");
    expect(rows).toEqual([{ mode: "REPLACE", files: report.files, stages: report.stages, error_message: null }]);
  });

  test("publishes what the file says", async () => {
    const snapshot = await readSnapshot(warehouse.read);
    expect(snapshot).toMatchObject({
      snapshotId: 1,
      asOf: "2024-03-02",
      dataFrom: "2024-01-05",
      dataThrough: "2024-03-01",
      currency: "GBP",
    });
    expect(await readAccount(warehouse.read, snapshot, adminScope)).toEqual(account);
    const measures = ["grossRevenue", "returnsValue", "orders", "customers", "units", "lines"] as const;
    const { rows } = await warehouse.ask({ kind: "metrics", measures, dimensions: [] });
    expect(rows).toEqual([
      { grossRevenue: "145.765", returnsValue: "3.5", orders: 3, customers: 2, units: 16, lines: 7 },
    ]);
  });

  test("keeps each rejected row with its file, line, column, reason and text", async () => {
    const { rows } = await warehouse.owner.query(
      "SELECT load_run_id, file, line::int, column_name, code, raw FROM rejected_row ORDER BY line",
    );
    const place = (line: number) => ({ load_run_id: 1, file: "sales.csv", line, raw: rejectedLines[line - 9] });
    expect(rows).toEqual([
      { ...place(9), column_name: "InvoiceDate", code: "BAD_DATE" },
      { ...place(10), column_name: "Quantity", code: "BAD_QUANTITY" },
      { ...place(11), column_name: "UnitPrice", code: "BAD_PRICE" },
      { ...place(12), column_name: "InvoiceNo", code: "NO_INVOICE" },
      { ...place(13), column_name: "StockCode", code: "NO_PRODUCT" },
      { ...place(14), column_name: null, code: "FIELD_COUNT" },
    ]);
  });

  test("shows the first five of them, shortened", async () => {
    const raw = `1,MUG,${"x".repeat(100)},1,2024-01-05 10:00,x,C1,France`;
    const { firstRejects, account } = await warehouse.loadText(testFile([{ invoice: "1" }, ...Array(7).fill(raw)]), {
      maxRejects: 1,
    });
    expect(account.rejected).toBe(7);
    const shown = `1,MUG,${"x".repeat(73)}…`;
    expect(firstRejects).toEqual(
      [3, 4, 5, 6, 7].map((line) => ({ line, column: "UnitPrice", code: "BAD_PRICE", raw: shown })),
    );
    const few = await warehouse.loadText(testFile([{ invoice: "1" }, rejectedLines[5]]), { maxRejects: 1 });
    expect(few.firstRejects).toEqual([{ line: 3, column: null, code: "FIELD_COUNT", raw: rejectedLines[5] }]);
    expect((await warehouse.loadText(testFile([...goodLines]))).firstRejects).toEqual([]);
  });

  test("of another file counts the lines that it replaces", async () => {
    const report = await warehouse.loadText(testFile([{ invoice: "1" }]));
    expect(report.account).toEqual({ ...account, read: 1, loaded: 1, rejected: 0, replaced: 7 });
  });

  test("without repeated lines numbers an invoice whose lines are scattered over the file", async () => {
    const products = ["A", "A", "B"].map((product) => ({ invoice: "7", product }));
    const scattered = testFile([...products, { invoice: "8" }, { invoice: "7", product: "C" }]);
    const report = await warehouse.loadText(scattered, { dropDuplicateLines: true });
    expect(report.account).toMatchObject({ read: 5, loaded: 4, duplicate: 1 });
    const { rows } = await warehouse.owner.query(
      `SELECT product, line_no FROM fact_sales JOIN published_snapshot ON born = snapshot_id WHERE invoice = '7' ORDER BY 2`,
    );
    expect(rows.map(({ product, line_no }) => `${product} ${line_no}`)).toEqual(["A 1", "B 2", "C 3"]);
  });

  test("that looks back from a day before its last line says how many lines come after", async () => {
    const two = testFile([{ invoice: "1" }, { invoice: "2", at: "2024-02-05 10:00" }]);
    const { warnings } = await warehouse.loadText(two, { asOf: "2024-02-05" as never });
    expect(warnings).toContainEqual({
      code: "LINES_AFTER_AS_OF",
      count: 1,
      message: expect.stringContaining("Lines on 2024-02-05 or later"),
    });
  });

  test("names the columns that it did not load", async () => {
    const text = testFile([{ invoice: "1" }])
      .replaceAll("\n", ",x\n")
      .replace("Country,x", "Country,Till");
    const { warnings } = await warehouse.loadText(text);
    expect(warnings).toContainEqual({
      code: "EXTRA_COLUMNS",
      count: 1,
      message: "Columns that were not loaded: Till.",
    });
  });

  test("keeps every one of many rejected rows", async () => {
    const bad = Array.from({ length: 1_234 }, (_, index) => `${index},MUG,Mug,x,2024-01-05 10:00,1,C1,France`);
    const { account, loadRunId } = await warehouse.loadText(testFile([{ invoice: "1" }, ...bad]), { maxRejects: 1 });
    expect(account).toMatchObject({ read: 1_235, loaded: 1, rejected: 1_234 });
    const { rows } = await warehouse.owner.query(
      "SELECT count(*)::int, min(line)::int, max(line)::int FROM rejected_row WHERE load_run_id = $1",
      [loadRunId],
    );
    expect(rows).toEqual([{ count: 1_234, min: 3, max: 1_236 }]);
  });
});

describe("loading again", () => {
  beforeAll(setUp);
  afterAll(tearDown);
  const first = testFile([{ invoice: "1", price: 10 }]);
  const second = testFile([{ invoice: "1", price: 20 }]);

  test("the same file changes nothing and says so", async () => {
    const published = await warehouse.loadText(first);
    const before = await readWarehouseState(warehouse.owner);
    const again = await warehouse.loadText(first);
    expect(again).toMatchObject({
      status: "UNCHANGED",
      loadRunId: published.loadRunId + 1,
      snapshotId: published.snapshotId,
      amounts: [],
      account: { read: 0, loaded: 0, duplicate: 0, superseded: 0, rejected: 0, replaced: 0 },
    });
    expect(again.files).toMatchObject([{ sha256: published.files[0]?.sha256, rows: 1 }]);
    expect(await readWarehouseState(warehouse.owner)).toEqual(before);
    expect(await readLoadRuns(warehouse.owner)).toMatchObject([
      { status: "PUBLISHED", snapshotId: 1 },
      { status: "UNCHANGED", snapshotId: 1, errorCode: null, finished: true },
    ]);
    const snapshot = await readSnapshot(warehouse.read);
    expect(await readAccount(warehouse.read, snapshot, adminScope)).toMatchObject({ read: 1, loaded: 1 });
  });

  test("A, B, then A again publishes each time", async () => {
    const figures = [];
    for (const text of [second, first]) {
      const { status, snapshotId } = await warehouse.loadText(text);
      const { rows } = await warehouse.ask({ kind: "metrics", measures: ["grossRevenue"], dimensions: [] });
      figures.push({ status, snapshotId, ...rows[0] });
    }
    expect(figures).toEqual([
      { status: "PUBLISHED", snapshotId: 2, grossRevenue: "20" },
      { status: "PUBLISHED", snapshotId: 3, grossRevenue: "10" },
    ]);
  });

  test("the same file with other options is another load", async () => {
    expect(await warehouse.loadText(first, { currency: "EUR" })).toMatchObject({ status: "PUBLISHED", snapshotId: 4 });
    expect(await readSnapshot(warehouse.read)).toMatchObject({ snapshotId: 4, currency: "EUR" });
    const ambiguous = first.replace("2024-01-05 10:00", "1/5/2024 10:00");
    for (const [dateOrder, dataFrom] of [
      ["mdy", "2024-01-05"],
      ["dmy", "2024-05-01"],
    ] as const) {
      expect(await warehouse.loadText(ambiguous, { reading: { dateOrder } })).toMatchObject({ status: "PUBLISHED" });
      expect(await readSnapshot(warehouse.read)).toMatchObject({ dataFrom });
    }
  });
});

describe("a load that refuses to publish", () => {
  beforeEach(async () => {
    await setUp();
    await warehouse.loadText(testFile([{ invoice: "1", price: 10 }]));
  });
  afterEach(tearDown);

  async function failing(load: () => Promise<unknown>, error: Record<string, unknown>): Promise<void> {
    const before = await readWarehouseState(warehouse.owner);
    await expect(load()).rejects.toMatchObject({ name: "Consumer360Error", remedy: expect.any(String), ...error });
    expect(await readWarehouseState(warehouse.owner)).toEqual(before);
    const failed = { status: "FAILED", snapshotId: null, errorCode: error.code, finished: true };
    expect((await readLoadRuns(warehouse.owner)).at(-1)).toMatchObject(failed);
  }

  const bad = rejectedLines[1];

  test("too many rejected rows: they are kept, the warehouse is untouched", async () => {
    const load = () => warehouse.loadText(testFile([...goodLines, bad]), { maxRejects: 0.07 });
    await failing(load, {
      code: "TOO_MANY_REJECTS",
      message: expect.stringMatching(/^1 of 8 rows of .* was rejected; 7 % are allowed/),
      remedy: `Mend the file and load it again, or allow more: --max-rejects, MAX_REJECTS.\nThe rejected row:\n  line 9, Quantity: BAD_QUANTITY: "${bad}"`,
    });
    const { rows } = await warehouse.owner.query("SELECT load_run_id, line::int, code, raw FROM rejected_row");
    expect(rows).toEqual([{ load_run_id: 2, line: 9, code: "BAD_QUANTITY", raw: bad }]);
  });

  test("as many rejected rows as are allowed are no reason", async () => {
    const report = await warehouse.loadText(testFile([...goodLines, bad]), { maxRejects: 1 / 8 });
    expect(report).toMatchObject({ status: "PUBLISHED", account: { read: 8, loaded: 7, rejected: 1 } });
  });

  test("every row rejected", async () => {
    const load = () => warehouse.loadText(testFile([bad, bad]), { maxRejects: 1 });
    await failing(load, {
      code: "NOTHING_TO_PUBLISH",
      message: expect.stringMatching(/^None of the 2 rows .* can be loaded/),
    });
    const { rows } = await warehouse.owner.query("SELECT count(*)::int FROM rejected_row WHERE load_run_id = 2");
    expect(rows).toEqual([{ count: 2 }]);
  });

  test("a file that grows while it is being loaded", async () => {
    const path = await directory.write(testFile([{ invoice: "2" }]));
    let grown: Promise<void> | undefined;
    const onProgress = ({ stage }: { stage: string }) => {
      if (stage === "copy") grown ??= appendFile(path, "3,MUG,Mug,1,2024-01-05 10:00,1,C1,France\n");
    };
    await failing(() => warehouse.load(path, { onProgress }), { code: "FILE_DAMAGED" });
    await grown;
    expect(await warehouse.load(path)).toMatchObject({ status: "PUBLISHED", account: { read: 2, loaded: 2 } });
  });

  test("a file without a proven date order", async () => {
    const text = testFile([{ invoice: "2", at: "1/5/2024 10:00" }]);
    await failing(() => warehouse.loadText(text), { code: "DATE_ORDER_UNKNOWN" });
  });
});
