// Corrected rows are added to their invoice exactly once, or not at all: duplicates, rows whose invoice has come again, loads that are no
// part of what is published. The stage is made by hand, and so are the loads that came later.
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { areCorrections, correctionColumns } from "../../etl/conform/correctionColumns.ts";
import { markSettled, settleCorrections } from "../../etl/conform/settleCorrections.ts";
import { attachPartitions, createPartitions } from "../../etl/derive/snapshotPartitions.ts";
import type { Run } from "../../etl/record/loadSession.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const rows = [
  "X,P1,CUP,2,3/13/2011 9:00,2.5,bo,Belgium",
  "X,P2,CUP,one,3/13/2011 9:00,2.5,bo,Belgium",
  "X,P3,CUP,1,3/13/2011 9:00,2.5,bo,Belgium",
  "X,P4,CUP,two,3/14/2011 9:00,2.5,bo,Belgium",
  "Y,P1,CUP,x,3/13/2011 9:00,2.5,,France",
  "Y,P2,CUP,y,3/13/2011 9:00,2.5,,France",
  "Z,P1,CUP,1,3/13/2011 9:00,2.5,cy,France",
];
/** Lines of the file on which the rejected rows of each invoice stand. */
const rejected = { X: [3, 5], Y: [6, 7] } as const;

let warehouse: TestWarehouse;
let client: pg.Client;
let run: Run;
let snapshotId: number;
beforeEach(async () => {
  warehouse = await makeTestWarehouse();
  ({ snapshotId } = await warehouse.loadText([header, ...rows].join("\n"), { maxRejects: 1 }));
  client = new pg.Client({ connectionString: warehouse.url });
  await client.connect();
  run = Object.assign(
    async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows,
    { count: async (text: string) => (await client.query(text)).rowCount ?? 0 },
  );
});
afterEach(async () => {
  await client?.end();
  await warehouse?.close();
});

type Corrected = Readonly<{
  line: number;
  invoice?: string;
  customer?: string | null;
  country?: string;
  amount?: string;
  load?: number;
  file?: string;
  fileNumber?: number;
}>;
const of = (invoice: "X" | "Y", nth: 0 | 1, more: Partial<Corrected> = {}): Corrected => ({
  line: rejected[invoice][nth],
  invoice,
  ...(invoice === "X" ? { customer: "bo", country: "Belgium" } : { customer: null, country: "France" }),
  ...more,
});

/** Begins a load's transaction with these rows in its stage. */
async function stage(corrected: readonly Corrected[]) {
  await run("BEGIN");
  await run(`CREATE UNLOGGED TABLE load_stage (
    file integer NOT NULL, line bigint NOT NULL, customer_key text COLLATE "C" NOT NULL, guest boolean NOT NULL,
    ordered_at timestamp(0) NOT NULL, invoice text COLLATE "C" NOT NULL, country text COLLATE "C" NOT NULL,
    line_no integer NOT NULL, product text COLLATE "C" NOT NULL, quantity integer NOT NULL, unit_price numeric NOT NULL,
    reject_load integer NOT NULL, reject_file text COLLATE "C" NOT NULL, reject_line bigint NOT NULL,
    amount numeric NOT NULL GENERATED ALWAYS AS (quantity * unit_price) STORED)`);
  for (const [at, row] of corrected.entries()) {
    const { invoice = "X", customer = "bo", country = "Belgium", amount = "2.5" } = row;
    await run(
      `INSERT INTO load_stage VALUES ($1, $2, coalesce($3, $4), $3 IS NULL, '2011-03-13 09:00', $4, $5, 1, 'P9', 1, $6, $7, $8, $9)`,
      [
        row.fileNumber ?? 0,
        at + 2,
        customer,
        invoice,
        country,
        amount,
        row.load ?? 1,
        row.file ?? "file-1.csv",
        row.line,
      ],
    );
  }
}

const settle = (base = snapshotId, generation = 1) =>
  settleCorrections(run, {
    stage: "load_stage",
    partition: `fact_sales_g${generation}`,
    base: { snapshotId: base, generation },
  });
const left = async () =>
  (await run("SELECT reject_line::integer AS line, line_no FROM load_stage s ORDER BY s.file, s.line")).map((row) => [
    row.line,
    row.line_no,
  ]);
const none = { lines: 0, amount: "0" };

/** What a load does with its stage: lines at a new snapshot, with its orders and its record. */
async function publish({ ids = [], mode = "APPEND" }: { ids?: readonly string[]; mode?: string } = {}) {
  const next = Number((await run("SELECT max(snapshot_id) + 1 AS id FROM load_run"))[0]?.id);
  const [{ load_run_id: loadRunId } = {}] = await run(
    `INSERT INTO load_run (started_at, status, mode, files, account, warnings, stages, snapshot_id)
     VALUES (now(), 'PUBLISHED', $1, '[]', '{}', '[]', '[]', $2) RETURNING load_run_id`,
    [mode, next],
  );
  await run("UPDATE fact_sales_g1 SET died = $1 WHERE invoice = ANY ($2) AND died > $1", [next, ids]);
  await run(
    `INSERT INTO fact_sales_g1 (customer_key, guest, ordered_at, invoice, country, line_no, generation, born, died, product, quantity,
       unit_price, amount, kind, line_type)
     SELECT customer_key, guest, ordered_at, invoice, country, line_no, 1, $1, 2147483647, product, quantity, unit_price, amount,
       'SALE', 'PRODUCT' FROM load_stage`,
    [next],
  );
  await createPartitions(run, next);
  await attachPartitions(run, next);
  await run(
    `INSERT INTO sales_order SELECT customer_key, $1, guest, invoice, country, ordered_at::date, 'GUEST', 'GUEST', 'GUEST', count(*),
       count(*), 0, 0, 0, 0, NULL, NULL
     FROM fact_sales_g1 WHERE born <= $1 AND died > $1 GROUP BY 1, 3, 4, 5, 6`,
    [next],
  );
  await markSettled(run, { stage: "load_stage", loadRunId: Number(loadRunId) });
  await run("DROP TABLE load_stage");
  await run("COMMIT");
  return { snapshotId: next, loadRunId: Number(loadRunId) };
}

/** A load of an ordinary file that carries this invoice. */
async function comeAgain(invoice: "X" | "Y") {
  await stage([of(invoice, 0)]);
  await run("UPDATE load_stage SET reject_line = 0");
  return publish({ ids: [invoice] });
}

const settledRows = async () =>
  (
    await run("SELECT line::integer AS line, settled_in FROM rejected_row WHERE settled_in IS NOT NULL ORDER BY line")
  ).map((row) => [row.line, row.settled_in]);

describe("corrected rows", () => {
  test("are added behind the lines that their invoice, customer and country have", async () => {
    await stage([of("X", 1), of("X", 0), of("X", 0, { customer: "di", line: 6 }), of("Y", 1)]);
    expect(await settle()).toEqual({ duplicate: none, superseded: none });
    expect(await left()).toEqual([
      [5, 3],
      [3, 4],
      [6, 1],
      [7, 1],
    ]);
  });

  test("are loaded once: by another load, and where they stand in the files twice", async () => {
    await stage([of("X", 0), of("X", 0, { amount: "7" }), of("X", 0, { fileNumber: 1, amount: "0.25" })]);
    expect(await settle()).toEqual({ duplicate: { lines: 2, amount: "7.25" }, superseded: none });
    const first = await publish();
    expect(await settledRows()).toEqual([[3, first.loadRunId]]);

    await stage([of("X", 0, { amount: "1.10" }), of("X", 1)]);
    expect(await settle(first.snapshotId)).toEqual({ duplicate: { lines: 1, amount: "1.1" }, superseded: none });
    expect(await left()).toEqual([[5, 4]]);
    const second = await publish();
    expect(await settledRows()).toEqual([
      [3, first.loadRunId],
      [5, second.loadRunId],
    ]);

    await stage([of("X", 0), of("X", 1)]);
    expect((await settle(second.snapshotId)).duplicate.lines).toBe(2);
    expect(await left()).toEqual([]);
  });

  test("of an invoice without a line are added one after the other", async () => {
    await stage([of("Y", 0)]);
    await settle();
    const first = await publish();
    await stage([of("Y", 1)]);
    expect(await settle(first.snapshotId)).toEqual({ duplicate: none, superseded: none });
    expect(await left()).toEqual([[7, 2]]);
  });

  test.each(["X", "Y"] as const)("of invoice %s are superseded once it has come again", async (invoice) => {
    const { snapshotId: base } = await comeAgain(invoice);
    const other = invoice === "X" ? "Y" : "X";
    await stage([of(invoice, 0, { amount: "4" }), of(other, 0), of(invoice, 1)]);
    expect(await settle(base)).toEqual({ duplicate: none, superseded: { lines: 2, amount: "6.5" } });
    expect(await left()).toEqual([[rejected[other][0], other === "X" ? 3 : 1]]);
    await publish();
    expect((await settledRows()).map(([line]) => line)).toEqual([rejected[other][0]]);
  });

  test("are superseded also where others of their invoice had been added before it came again", async () => {
    await stage([of("X", 0)]);
    await settle();
    await publish();
    const { snapshotId: base } = await comeAgain("X");
    await stage([of("X", 1)]);
    expect((await settle(base)).superseded.lines).toBe(1);
  });

  test("may name another invoice than they did", async () => {
    await stage([of("X", 0, { invoice: "Z", customer: "cy", country: "France" }), of("X", 1, { invoice: "NEW" })]);
    await settle();
    expect(await left()).toEqual([
      [3, 2],
      [5, 1],
    ]);
  });
});

describe("refused, and the whole file with it", () => {
  const outdated = (words: string) => ({
    code: "CORRECTION_OUTDATED",
    message: expect.stringContaining(words),
    remedy: expect.stringMatching(/\.$/),
  });

  test("rows that nothing can be added to", async () => {
    await stage([of("X", 0)]);
    await expect(
      settleCorrections(run, { stage: "load_stage", partition: "fact_sales_g1", base: null }),
    ).rejects.toMatchObject(outdated("added to what is published"));
  });

  test("rows of a load that published nothing", async () => {
    await warehouse
      .loadText([header, ...rows.filter((row) => /^Y/.test(row))].join("\n"), { maxRejects: 1 })
      .catch(() => {});
    await stage([of("X", 0), of("Y", 0, { load: 2, file: "file-2.csv", line: 2 })]);
    await expect(settle()).rejects.toMatchObject(outdated("Load 2 published nothing"));
  });

  test("rows of a load that was replaced", async () => {
    const { snapshotId: base } = await warehouse.loadText([header, ...rows, rows[0]].join("\n"), { maxRejects: 1 });
    await stage([of("X", 0)]);
    await expect(settle(base, base)).rejects.toMatchObject(
      outdated("Load 1 published snapshot 1, of which nothing is left"),
    );
    await run("ROLLBACK");
    await stage([of("X", 0, { load: 2, file: "file-2.csv" })]);
    expect((await settle(base, base)).duplicate).toEqual(none);
  });

  test.each([
    [{ load: 77 }, "LOAD_UNKNOWN", "no load 77"],
    [{ line: 2 }, "CORRECTION_UNKNOWN", "Load 1 rejected no row at line 2 of file-1.csv."],
    [{ file: "other.csv" }, "CORRECTION_UNKNOWN", "at line 3 of other.csv"],
  ])("rows that are not on record: %j", async (more, code, words) => {
    await stage([of("X", 1), of("X", 0, more)]);
    await expect(settle()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test("files that hold other rows as well", () => {
    const plain = { name: "plain.csv", header: header.split(",") };
    const corrected = { name: "mended.csv", header: [...correctionColumns, ...plain.header] };
    expect(areCorrections([plain, plain])).toBe(false);
    expect(areCorrections([corrected, corrected])).toBe(true);
    expect(() => areCorrections([plain, corrected])).toThrow(
      expect.objectContaining({ code: "CORRECTION_MIXED", message: expect.stringContaining("mended.csv") }),
    );
  });
});

describe("after a rollback", () => {
  /** As `consumer360 rollback` leaves it on record. */
  const rollBack = (to: number) =>
    run(
      `INSERT INTO load_run (started_at, status, mode, files, account, warnings, stages, snapshot_id)
       VALUES (now(), 'PUBLISHED', 'ROLLBACK', '[]', '{}', '[]', '[]', $1)`,
      [to],
    );

  test("rows of a load that was taken back are refused, and what it settled is open again", async () => {
    await stage([of("X", 0)]);
    await settle();
    await publish();
    await run("INSERT INTO rejected_row VALUES (2, 'file-1.csv', 3, NULL, 'BAD_DATE', 'row')");
    await rollBack(1);
    await stage([of("X", 0, { load: 2 })]);
    await expect(settle()).rejects.toMatchObject({ code: "CORRECTION_OUTDATED" });
    await run("ROLLBACK");
    await stage([of("X", 0)]);
    expect((await settle()).duplicate).toEqual(none);
    expect(await left()).toEqual([[3, 3]]);
  });

  test("rows of a load before it can be added where their invoice tells, and are refused where it does not", async () => {
    await comeAgain("X");
    await rollBack(1);
    // The next load of other rows brings back what the one before had withdrawn, as lines of its own.
    await stage([of("X", 0, { invoice: "OTHER" })]);
    await run("UPDATE load_stage SET reject_line = 0");
    const { snapshotId: base } = await publish();
    await run("UPDATE fact_sales_g1 SET died = $1 WHERE born = 2", [base]);
    await run(
      `INSERT INTO fact_sales_g1 SELECT customer_key, guest, ordered_at, invoice, country, line_no, generation, $1, 2147483647, product,
         quantity, unit_price, amount, kind, line_type FROM fact_sales_g1 WHERE died = 2`,
      [base],
    );
    await stage([of("Y", 0)]);
    expect(await settle(base)).toEqual({ duplicate: none, superseded: none });
    await run("ROLLBACK");
    await stage([of("X", 0)]);
    await expect(settle(base)).rejects.toMatchObject({
      code: "CORRECTION_OUTDATED",
      message: expect.stringContaining("rolled back since load 1, and whether invoice X"),
    });
  });
});
