// Readers who ask without pause through ten publishes of every kind, replacing, appending and going back, find only whole snapshots: every
// answer is that of the snapshot it names, never a mix of two.
import { afterAll, beforeAll, expect, test } from "vitest";
import { rollBack } from "../../etl/rollBack.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { openReadWarehouse, type ReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { testFile } from "./loadTestFile.ts";

const linesPerInvoice = 4;
const invoices = 40;

/** What each invoice's lines cost in a snapshot. */
type Prices = ReadonlyMap<number, number>;
type Whole = Readonly<{ revenue: number; lines: number; orders: number; customers: number }>;

const customerOf = (invoice: number) => `C${invoice % 15}`;

function fileOf(prices: Prices): string {
  return testFile(
    [...prices].flatMap(([invoice, price]) =>
      Array.from({ length: linesPerInvoice }, (_, line) => ({
        invoice: String(1000 + invoice),
        product: `P${line}`,
        price,
        customer: customerOf(invoice),
        country: invoice % 2 === 0 ? "France" : "Spain",
        at: `2024-0${1 + (invoice % 6)}-1${line} 10:00`,
      })),
    ),
  );
}

const wholeOf = (prices: Prices): Whole => ({
  revenue: [...prices.values()].reduce((sum, price) => sum + price * linesPerInvoice, 0),
  lines: prices.size * linesPerInvoice,
  orders: prices.size,
  customers: new Set([...prices.keys()].map(customerOf)).size,
});

const replacing = (k: number): Prices => new Map(Array.from({ length: invoices }, (_, invoice) => [invoice, k]));
/** Half of the invoices anew, and two that were not there. */
const appending = (k: number): Prices =>
  new Map(
    [...Array.from({ length: invoices / 2 }, (_, at) => 2 * at + (k % 2)), 100 + 2 * k, 101 + 2 * k].map((invoice) => [
      invoice,
      k,
    ]),
  );

/** Each says what it saw of a snapshot, in several ways of being answered: stored cells, orders, lines. */
const questions: readonly ((asker: Asker) => Promise<Partial<Whole>>)[] = [
  async (asker) => {
    const measures = ["grossRevenue", "lines", "orders", "customers"] as const;
    const { rows } = await ask({ kind: "metrics", measures, dimensions: [] }, asker);
    const [row] = rows;
    return {
      revenue: Number(row?.grossRevenue),
      lines: Number(row?.lines),
      orders: Number(row?.orders),
      customers: Number(row?.customers),
    };
  },
  async (asker) => {
    const { rows } = await ask(
      { kind: "metrics", measures: ["grossRevenue", "orders"], dimensions: ["customer"] },
      asker,
    );
    return { revenue: sumOf(rows, "grossRevenue"), orders: sumOf(rows, "orders"), customers: rows.length };
  },
  async (asker) => {
    const { rows } = await ask(
      { kind: "metrics", measures: ["grossRevenue", "lines"], dimensions: ["month", "country"] },
      asker,
    );
    return { revenue: sumOf(rows, "grossRevenue"), lines: sumOf(rows, "lines") };
  },
  async (asker) => {
    const { rows, totalCount } = await ask({ kind: "lines", page: { first: 5_000 }, count: true }, asker);
    expect(rows).toHaveLength(totalCount ?? -1);
    return {
      revenue: sumOf(rows, "amount"),
      lines: rows.length,
      orders: new Set(rows.map(({ invoice }) => invoice)).size,
    };
  },
];
const sumOf = (rows: readonly object[], name: string) =>
  rows.reduce((sum, row) => sum + Number((row as Record<string, unknown>)[name]), 0);

let warehouse: TestWarehouse;
let read: ReadWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  read = openReadWarehouse(warehouse.url, { maxConnections: 8 });
});
afterAll(async () => {
  await read?.close();
  await warehouse?.close();
});

type Seen = Readonly<{ snapshotId: number; found: Partial<Whole>; milliseconds: number }>;

async function askWithoutPause(
  question: (typeof questions)[number],
  until: { stopped: boolean },
  seen: Seen[],
): Promise<void> {
  while (!until.stopped) {
    const began = performance.now();
    const snapshot = await readSnapshot(read);
    try {
      const found = await question({ warehouse: read, snapshot, scope: adminScope });
      seen.push({ snapshotId: snapshot.snapshotId, found, milliseconds: performance.now() - began });
    } catch (cause) {
      // Cleaned away between the look at the pointer and the question.
      if (!(cause instanceof Consumer360Error) || cause.code !== "SNAPSHOT_EXPIRED") throw cause;
    }
  }
}

test("ten publishes of every kind show whole snapshots alone", async () => {
  const options = { snapshotsKept: 3 };
  let prices = replacing(1);
  const bySnapshot = new Map<number, Prices>();
  const publish = async (file: Prices, append: boolean) => {
    const { snapshotId, status } = await warehouse.loadText(fileOf(file), { ...options, append });
    expect(status).toBe("PUBLISHED");
    prices = append ? new Map([...prices, ...file]) : file;
    bySnapshot.set(snapshotId, prices);
  };
  await publish(prices, false);

  const seen: Seen[] = [];
  const until = { stopped: false };
  const asking = Promise.all(questions.map((question) => askWithoutPause(question, until, seen)));
  const steps = ["append", "append", "back", "append", "replace", "append", "back", "append", "append", "replace"];
  const working = async () => {
    for (const [at, step] of steps.entries()) {
      const k = at + 2;
      if (step === "back") {
        const { to } = await rollBack({ url: warehouse.url });
        prices = bySnapshot.get(to) as Prices;
      } else await publish(step === "append" ? appending(k) : replacing(k), step === "append");
    }
  };
  await Promise.race([working(), asking]).finally(() => {
    until.stopped = true;
  });
  await asking;

  expect(new Set(seen.map(({ snapshotId }) => snapshotId)).size).toBeGreaterThanOrEqual(8);
  const wrong = seen.filter(({ snapshotId, found }) => {
    const whole = wholeOf(bySnapshot.get(snapshotId) as Prices);
    return Object.entries(found).some(([name, value]) => whole[name as keyof Whole] !== value);
  });
  expect(wrong).toEqual([]);
  expect(Math.max(...seen.map(({ milliseconds }) => milliseconds))).toBeLessThan(2_000);
});
