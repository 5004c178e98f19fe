// Loads that add: whatever comes in which order, and how often, the warehouse is what one load of everything would have made; readers of the
// former snapshot go on seeing it; a way back is a way back.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rollBack } from "../../etl/rollBack.ts";
import { verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readContent } from "../support/warehouseContent.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let added: TestWarehouse;
let whole: TestWarehouse;
beforeAll(async () => {
  [added, whole] = await Promise.all([makeTestWarehouse(), makeTestWarehouse()]);
});
afterAll(() => Promise.all([added?.close(), whole?.close()]));

/** Every invoice is of one file; what the last file to carry it says is what holds. */
function lastVersions(files: readonly (readonly TestLine[])[]): TestLine[] {
  const last = new Map<string, TestLine[]>();
  for (const file of files) {
    for (const [invoice, lines] of grouped(file)) last.set(invoice, lines);
  }
  return [...last.values()].flat();
}

function grouped(lines: readonly TestLine[]): Map<string, TestLine[]> {
  const groups = new Map<string, TestLine[]>();
  for (const line of lines) groups.set(line.invoice, [...(groups.get(line.invoice) ?? []), line]);
  return groups;
}

const line = fc.record({
  invoice: fc.constantFrom("1", "2", "3", "4", "5", "C6", "A7"),
  product: fc.constantFrom("MUG", "JUG", "POST"),
  description: fc.constantFrom("Mug", "mug", " A mug ", ""),
  quantity: fc.constantFrom(1, 2, -1, 0),
  at: fc.constantFrom("2024-01-05 10:00", "2024-01-31 23:59", "2024-02-01 00:00", "2024-04-02 09:30"),
  price: fc.constantFrom("1", "2.5", "0", "0.125", "-3"),
  customer: fc.constantFrom("C1", "C2", "C3", ""),
  country: fc.constantFrom("France", "Spain"),
});
const files = fc.array(fc.array(line, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 5 });

describe("files that are added one by one", () => {
  test("make what one load of all of them makes, and what their last versions alone make", async () => {
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async (lines, dropDuplicateLines) => {
        const options = { dropDuplicateLines, again: true };
        for (const [at, file] of lines.entries()) await added.loadText(testFile(file), { ...options, append: at > 0 });
        const step = await readContent(added.owner);
        expect((await verifyRollups({ url: added.url })).isEqual).toBe(true);

        await whole.loadTexts(
          lines.map((file) => testFile(file)),
          options,
        );
        expect(await readContent(whole.owner)).toEqual(step);
        await whole.loadText(testFile(lastVersions(lines)), options);
        expect(await readContent(whole.owner)).toEqual(step);
      }),
      { numRuns: 12 },
    );
  });
});

describe("an append", () => {
  const first: TestLine[] = [
    { invoice: "1", quantity: 2, customer: "C1" },
    { invoice: "1", quantity: 2, customer: "C1" },
    { invoice: "2", quantity: 3, customer: "C2", at: "2024-02-05 10:00" },
  ];
  const second: TestLine[] = [
    { invoice: "2", quantity: 1, customer: "C2", at: "2024-02-05 10:00" },
    { invoice: "3", quantity: 5, customer: "", at: "2024-03-05 10:00" },
  ];

  test("accounts for every row, and for what it withdrew", async () => {
    await added.loadText(testFile(first), { again: true });
    const report = await added.loadText(testFile(second), { append: true });
    expect(report).toMatchObject({
      status: "PUBLISHED",
      mode: "APPEND",
      account: { read: 2, loaded: 2, duplicate: 0, superseded: 0, rejected: 0, replaced: 1 },
      accountAmounts: { read: "6", loaded: "6", duplicate: "0", superseded: "0", replaced: "3" },
    });
    const answer = await added.ask({
      kind: "metrics",
      measures: ["lines", "grossRevenue", "customers"],
      dimensions: [],
    });
    expect(answer.rows).toEqual([{ lines: 4, grossRevenue: "10", customers: 2 }]);
  });

  test("and what it replaced is summed where an older version made the snapshot", async () => {
    await added.loadText(testFile(first), { again: true });
    await added.owner.query("UPDATE snapshot SET amounts = NULL");
    const whole = await added.loadText(testFile(second), { again: true });
    expect([whole.account.replaced, whole.accountAmounts.replaced]).toEqual([3, "7"]);
    await added.loadText(testFile(first), { again: true });
    await added.owner.query("UPDATE snapshot SET amounts = NULL");
    await added.loadText(testFile(second), { append: true });
    const { rows } = await added.owner.query(
      "SELECT amounts FROM snapshot JOIN published_snapshot USING (snapshot_id)",
    );
    expect(rows[0].amounts).toEqual({ SALE: { lines: 4, amount: "10" } });
  });

  test("of the same file again is a no-op that says so", async () => {
    const before = await readContent(added.owner);
    expect(await added.loadText(testFile(second), { append: true })).toMatchObject({ status: "UNCHANGED" });
    expect(await readContent(added.owner)).toEqual(before);
  });

  test("leaves the former snapshot as it was, for who reads it", async () => {
    const snapshot = await readSnapshot(added.read);
    const { rows } = await added.owner.query("SELECT former_snapshot_id AS id FROM snapshot WHERE snapshot_id = $1", [
      snapshot.snapshotId,
    ]);
    const former = await readSnapshot(added.read, rows[0].id);
    const answer = await ask(
      { kind: "lines", page: { first: 10 }, count: true },
      { warehouse: added.read, snapshot: former, scope: adminScope },
    );
    expect(answer.rows.map(({ invoice, quantity }) => `${invoice} ${quantity}`).sort()).toEqual(["1 2", "1 2", "2 3"]);
    expect(answer.totalCount).toBe(3);
  });

  test("to another currency is refused", async () => {
    await expect(added.loadText(testFile(first), { append: true, currency: "EUR" })).rejects.toMatchObject({
      code: "CURRENCY_DIFFERS",
    });
  });

  test("to a warehouse with nothing in it is its first load", async () => {
    const empty = await makeTestWarehouse();
    try {
      expect(await empty.loadText(testFile(first), { append: true })).toMatchObject({
        status: "PUBLISHED",
        snapshotId: 1,
      });
      expect(await empty.loadText(testFile(first), { append: true })).toMatchObject({ status: "UNCHANGED" });
    } finally {
      await empty.close();
    }
  });

  test("to the sample takes its place, and says so", async () => {
    const fresh = await makeTestWarehouse();
    try {
      await fresh.loadText(testFile(second), { isSample: true });
      const report = await fresh.loadText(testFile(first), { append: true, allow: [] });
      expect(report.warnings).toContainEqual(expect.objectContaining({ code: "SAMPLE_REPLACED" }));
      expect((await fresh.ask({ kind: "metrics", measures: ["lines"], dimensions: [] })).rows).toEqual([{ lines: 3 }]);
    } finally {
      await fresh.close();
    }
  });
});

describe("a way back", () => {
  const file = (invoice: string, quantity: number) => testFile([{ invoice, quantity, customer: `C${invoice}` }]);

  test("publishes the snapshot before, and appends go on from there", async () => {
    const warehouse = await makeTestWarehouse();
    try {
      const kept = { snapshotsKept: 10, append: true };
      await warehouse.loadText(
        testFile([
          { invoice: "1", quantity: 1 },
          { invoice: "2", quantity: 2 },
        ]),
        kept,
      );
      const one = await readContent(warehouse.owner);
      await warehouse.loadText(
        testFile([
          { invoice: "2", quantity: 20 },
          { invoice: "3", quantity: 3 },
        ]),
        kept,
      );
      await warehouse.loadText(file("3", 30), kept);
      const three = await readContent(warehouse.owner);

      expect(await rollBack({ url: warehouse.url })).toMatchObject({ from: 3, to: 2 });
      expect(await rollBack({ url: warehouse.url })).toMatchObject({ from: 2, to: 1, lines: 2 });
      expect(await readContent(warehouse.owner)).toEqual(one);
      expect(await rollBack({ url: warehouse.url, to: 3 })).toMatchObject({ from: 1, to: 3 });
      expect(await readContent(warehouse.owner)).toEqual(three);
      await rollBack({ url: warehouse.url, to: 1 });
      await expect(rollBack({ url: warehouse.url })).rejects.toMatchObject({ code: "SNAPSHOT_EXPIRED" });
      await expect(rollBack({ url: warehouse.url, to: 9 })).rejects.toMatchObject({ code: "SNAPSHOT_EXPIRED" });

      // onto the first: what the second and third brought is not there, what they withdrew is
      await warehouse.loadText(file("4", 4), kept);
      await whole.loadText(
        testFile([
          { invoice: "1", quantity: 1 },
          { invoice: "2", quantity: 2 },
          { invoice: "4", quantity: 4, customer: "C4" },
        ]),
        { again: true },
      );
      expect(await readContent(warehouse.owner)).toEqual(await readContent(whole.owner));
      expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);
      // what was left behind can still be returned to, and is as it was
      await rollBack({ url: warehouse.url, to: 3 });
      expect(await readContent(warehouse.owner)).toEqual(three);
      expect((await verifyRollups({ url: warehouse.url })).isEqual).toBe(true);

      const { rows } = await warehouse.owner.query(
        "SELECT mode, status, snapshot_id FROM load_run ORDER BY load_run_id",
      );
      expect(rows.map(({ mode, snapshot_id }) => `${mode} ${snapshot_id}`)).toEqual([
        ...["APPEND 1", "APPEND 2", "APPEND 3", "ROLLBACK 2", "ROLLBACK 1", "ROLLBACK 3", "ROLLBACK 1"],
        ...["APPEND 4", "ROLLBACK 3"],
      ]);
    } finally {
      await warehouse.close();
    }
  });

  test("is to what was published before, not to what somebody had gone back from", async () => {
    const warehouse = await makeTestWarehouse();
    try {
      const kept = { snapshotsKept: 10 };
      await warehouse.loadText(file("1", 1), kept);
      await warehouse.loadText(file("1", 2), kept);
      await rollBack({ url: warehouse.url });
      await warehouse.loadText(file("1", 3), kept);
      expect(await rollBack({ url: warehouse.url })).toMatchObject({ from: 3, to: 1 });
    } finally {
      await warehouse.close();
    }
  });

  test("lines that no snapshot sees any more are deleted", async () => {
    const warehouse = await makeTestWarehouse();
    try {
      for (let version = 1; version <= 6; version++) await warehouse.loadText(file("1", version), { append: true });
      const { rows } = await warehouse.owner.query("SELECT quantity FROM fact_sales ORDER BY quantity");
      expect(rows.map(({ quantity }) => quantity)).toEqual([5, 6]);
      const snapshots = await warehouse.owner.query("SELECT snapshot_id FROM snapshot ORDER BY 1");
      expect(snapshots.rows.map(({ snapshot_id }) => snapshot_id)).toEqual([5, 6]);
    } finally {
      await warehouse.close();
    }
  });

  test("what was published before stays, whatever was rolled back in between", async () => {
    const warehouse = await makeTestWarehouse();
    try {
      for (let version = 1; version <= 2; version++) await warehouse.loadText(file("1", version));
      await rollBack({ url: warehouse.url });
      await warehouse.loadText(file("1", 3));
      const { rows } = await warehouse.owner.query("SELECT snapshot_id FROM snapshot ORDER BY 1");
      expect(rows.map(({ snapshot_id }) => snapshot_id)).toEqual([1, 3]);
      expect(await rollBack({ url: warehouse.url })).toMatchObject({ from: 3, to: 1 });
    } finally {
      await warehouse.close();
    }
  });

  test("snapshots stay as long as they are young", async () => {
    const warehouse = await makeTestWarehouse();
    try {
      const count = async () => (await warehouse.owner.query("SELECT FROM snapshot")).rowCount;
      for (let version = 1; version <= 4; version++) await warehouse.loadText(file("1", version), { daysKept: 2 });
      expect(await count()).toBe(4);
      await warehouse.owner.query("UPDATE snapshot SET published_at = now() - interval '49 hours'");
      await warehouse.loadText(file("1", 5), { daysKept: 2 });
      expect(await count()).toBe(2);
    } finally {
      await warehouse.close();
    }
  });
});
