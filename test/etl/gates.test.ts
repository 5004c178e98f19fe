// What stands before a publish: each gate refuses with its comparison and changes nothing, opens by its name and by no other, and is on
// record when it did.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { GateName } from "../../etl/gate/gates.ts";
import { reconcile } from "../../etl/gate/reconcile.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readContent } from "../support/warehouseContent.ts";
import { readLoadRuns, readWarehouseState } from "../support/warehouseState.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

/** Ten orders in each of these months; the last is open. */
const monthly = (months: readonly string[], quantity = 1): TestLine[] =>
  months.flatMap((month) =>
    Array.from(
      { length: 10 },
      (_, at): TestLine => ({
        invoice: `${month}-${at}`,
        customer: `C${at}`,
        quantity,
        at: `${month}-15 10:00`,
      }),
    ),
  );
const published = testFile(monthly(["2024-01", "2024-02", "2024-03"]));

beforeEach(async () => {
  await warehouse.loadText(published, { again: true });
});

async function refused(gate: GateName, file: string, options: object = {}) {
  const before = await readWarehouseState(warehouse.owner);
  const load = (allow: readonly GateName[]) => warehouse.loadText(file, { ...options, allow });
  const error: Error & { remedy?: string } = await load([]).then(
    () => expect.fail("It was published."),
    (cause: Error) => cause,
  );
  expect(error).toMatchObject({ code: "PUBLISH_REFUSED", message: expect.stringContaining(`(${gate})`) });
  expect(error.remedy).toContain(`--allow ${gate}`);
  expect(await readWarehouseState(warehouse.owner)).toEqual(before);
  expect((await readLoadRuns(warehouse.owner)).at(-1)).toMatchObject({
    status: "FAILED",
    errorCode: "PUBLISH_REFUSED",
    account: { loaded: expect.any(Number) },
  });
  const others = (["empty", "dropped-months", "moved-months", "segment-shift", "unreconciled"] as const).filter(
    (name) => name !== gate,
  );
  await expect(load(others)).rejects.toMatchObject({ code: "PUBLISH_REFUSED" });

  const report = await load([gate]);
  expect(report.warnings).toContainEqual({
    code: "GATE_OPENED",
    count: expect.any(Number),
    message: expect.stringMatching(`^--allow ${gate}: `),
  });
  const { rows } = await warehouse.owner.query(
    "SELECT options, warnings FROM load_run ORDER BY load_run_id DESC LIMIT 1",
  );
  expect(rows[0]).toMatchObject({ options: { allow: [gate] }, warnings: report.warnings });
  return error;
}

describe("a load in place of what was there", () => {
  test("that drops a closed month", async () => {
    const error = await refused("dropped-months", testFile(monthly(["2024-02", "2024-03"])));
    expect(error.remedy).toContain("2024-01: 10 lines, gross revenue 10, returns 0 → nothing");
  });

  test("that moves a closed month beyond the tolerance", async () => {
    const file = testFile([...monthly(["2024-01"], 2), ...monthly(["2024-02", "2024-03"])]);
    const error = await refused("moved-months", file);
    expect(error.remedy).toContain("2024-01: 10 lines, gross revenue 10, returns 0 → 10 lines, 20, 0");
    expect(error.remedy).not.toContain("2024-02");
  });

  test("that moves a closed month's returns alone", async () => {
    const returning = (quantity: number) =>
      testFile([...monthly(["2024-01", "2024-02", "2024-03"]), { invoice: "C1", quantity, at: "2024-01-20 10:00" }]);
    await warehouse.loadText(returning(-1), { again: true });
    const error = await refused("moved-months", returning(-2));
    expect(error.remedy).toContain("2024-01: 11 lines, gross revenue 10, returns 1 → 11 lines, 10, 2");
  });

  test("that moves a closed month within it passes, as does one that moves the open month or adds months", async () => {
    const moved = [...monthly(["2024-01"]).slice(1), ...monthly(["2024-02", "2024-03"])];
    const open = { allow: [], tolerances: { months: 0.1, segments: 1 } };
    expect(await warehouse.loadText(testFile(moved), open)).toMatchObject({ status: "PUBLISHED" });
    await warehouse.loadText(published, { again: true });
    const more = [...monthly(["2024-01", "2024-02"]), ...monthly(["2024-03"], 9), ...monthly(["2024-04"])];
    const { status, warnings } = await warehouse.loadText(testFile(more), { allow: [] });
    expect(status).toBe("PUBLISHED");
    expect(warnings.map(({ code }) => code)).not.toContain("GATE_OPENED");
  });

  test("in which nothing is sold, or nothing to a customer", async () => {
    await warehouse.loadText(testFile([{ invoice: "C1" }]), { again: true });
    await refused("empty", testFile([{ invoice: "C2", quantity: -1 }]));
    await warehouse.loadText(testFile([{ invoice: "C1" }]), { again: true });
    const error = await refused("empty", testFile([{ invoice: "1", customer: "" }]));
    expect(error.message).toContain("no sale has a customer");
  });

  test("that spreads the customers over other segments", async () => {
    const buyers = (orders: (at: number) => number): TestLine[] =>
      Array.from({ length: 200 }, (_, at) =>
        Array.from(
          { length: orders(at) },
          (__, nth): TestLine => ({
            invoice: `${at}-${nth}`,
            customer: `B${at}`,
            price: at + 1,
            at: `2024-03-${String(1 + (at % 28)).padStart(2, "0")} 10:00`,
          }),
        ),
      ).flat();
    await warehouse.loadText(testFile(buyers(() => 1)), { again: true });
    const spread = testFile(buyers((at) => 1 + (at % 5)));
    const error = await refused("segment-shift", spread, { tolerances: { months: 1e9, segments: 0.05 } });
    expect(error.remedy).toMatch(/CHURN_RISK: \d+ customers \([\d.]+ %\) → \d+/);
  });
});

describe("an append", () => {
  test("may bring late invoices to a closed month, and a warning says so", async () => {
    const late = ["2024-01-20 10:00", "2024-01-21 10:00"].map((at) => ({ invoice: "late", quantity: 1000, at }));
    const { warnings } = await warehouse.loadText(testFile(late), { append: true, allow: [] });
    expect(warnings).toContainEqual({
      code: "LATE_INVOICES",
      count: 1,
      message: "New invoices in months that had been closed: 2024-01.",
    });
  });

  test("may not change closed ones beyond the tolerance", async () => {
    const changed = monthly(["2024-01"], 2).slice(0, 5);
    const error = await refused("moved-months", testFile(changed), { append: true });
    expect(error.remedy).toContain("2024-01: 10 lines, gross revenue 10, returns 0 → 10 lines, 15, 0");
  });

  test("of the same invoices again moves nothing", async () => {
    const before = await readContent(warehouse.owner);
    await warehouse.loadText(testFile(monthly(["2024-02", "2024-03"])), { append: true, allow: [] });
    expect(await readContent(warehouse.owner)).toEqual(before);
  });
});

describe("sums", () => {
  test("that do not agree are named, with both values", async () => {
    const client = await warehouse.owner.connect();
    try {
      const { rows } = await client.query("SELECT snapshot_id AS id FROM published_snapshot");
      const run = Object.assign(async (text: string) => (await client.query(text)).rows, { count: async () => 0 });
      const amount = (value: number) => toDecimal(value);
      const books = {
        snapshotId: rows[0].id,
        judged: { lines: 30, amount: amount(30) },
        superseded: { lines: 0, amount: amount(0) },
        duplicate: { lines: 0, amount: amount(0) },
        loaded: [{ kind: "SALE", lines: 30, amount: amount(30) }],
        held: [{ kind: "SALE", lines: 30, amount: amount(30) }],
        rollups: ["sales_cell", "customer_cell"],
      };
      expect(await reconcile(run, books)).toEqual([]);
      expect(await reconcile(run, { ...books, judged: { lines: 30, amount: toDecimal("30.01") } })).toMatchObject([
        {
          gate: "unreconciled",
          count: 1,
          comparison: ["amount of the files, without what was left out: 30.01 expected, 30 found"],
        },
      ]);
      const short = [{ kind: "SALE", lines: 29, amount: amount(29) }];
      expect((await reconcile(run, { ...books, held: short }))[0]?.comparison).toEqual([
        "lines in orders: 29 expected, 30 found",
        "gross revenue in orders: 29 expected, 30 found",
        ...["sales_cell by ever", "sales_cell by month", "customer_cell by ever", "customer_cell by month"].flatMap(
          (where) => [`lines in ${where}: 29 expected, 30 found`, `gross revenue in ${where}: 29 expected, 30 found`],
        ),
      ]);
    } finally {
      client.release();
    }
  });
});
