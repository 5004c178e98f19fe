// What the two locks cost: the same question in the same transaction, once as a reader under a scope and once as the owner, past every
// policy, with the scope's filter as an ordinary `where`. Measured only when asked for (MEASURE=1): a table is printed, nothing is judged.

import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Scope } from "../../src/model/scope.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { Request, Where } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import type { ReadWarehouse, Statement } from "../../src/warehouse/openReadWarehouse.ts";
import { boundSettings, openSession, pinStatements } from "../../src/warehouse/openSession.ts";
import { storedTypes } from "../../src/warehouse/storedTypes.ts";
import { scope } from "../oracle/shopLines.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

const realFile = "data/online-retail.latin1.crlf.csv.gz";
const rounds = Number(process.env.MEASURE_ROUNDS ?? 60);

/** A scope, the same as a filter, and the customer whose profile is read: one with all lines within it. */
type Case = Readonly<{ as: Scope; filter: Where; customer: string }>;

const cases: readonly Case[] = [
  { as: scope("unrestricted", null, null), filter: {}, customer: "12748" },
  {
    as: scope("France, Germany", ["France", "Germany"], null),
    filter: { country: { in: ["France", "Germany"] } },
    customer: "12682",
  },
  {
    as: scope("AT_RISK, CHURN_RISK", null, ["AT_RISK", "CHURN_RISK"]),
    filter: { segment: { in: ["AT_RISK", "CHURN_RISK"] } },
    customer: "16745",
  },
];

/** What is asked under a scope, and with what filter the same is asked without. */
const questions: Readonly<Record<string, (customer: string, filter: Where) => readonly Request[]>> = {
  profile: (customer, filter) => [
    { kind: "customerAttributes", ids: [customer] },
    {
      kind: "metrics",
      measures: ["latestCountry", "lastPurchaseAt", "recencyDays", "orders", "grossRevenue"],
      dimensions: ["customer"],
      where: { ...filter, customer: { in: [customer] } },
    },
    { kind: "customerLines", ids: [customer], page: { first: 10 } },
  ],
  months: (_, filter) => [
    {
      kind: "metrics",
      measures: ["grossRevenue", "netRevenue", "orders", "customers"],
      dimensions: ["month"],
      where: filter,
    },
  ],
  "5,000 lines": (_, filter) => [{ kind: "lines", where: filter, page: { first: 5_000 } }],
};

describeWithShared("what the locks cost on the real file", [realFile], () => {
  let warehouse: TestWarehouse;
  let snapshot: SnapshotFacts;
  let client: pg.Client;

  beforeAll(async () => {
    if (!process.env.MEASURE) return;
    warehouse = await makeTestWarehouse();
    await warehouse.loadText(gunzipSync(await readFile(sharedFile(realFile))));
    snapshot = await readSnapshot(warehouse.read);
    await warehouse.owner.query("VACUUM ANALYZE");
    client = new pg.Client({ connectionString: warehouse.url, types: storedTypes });
    await client.connect();
  }, 600_000);
  afterAll(async () => {
    await client?.end();
    await warehouse?.close();
  });

  async function statementsOf(requests: readonly Request[], as: Scope): Promise<readonly Statement[]> {
    const found: Statement[] = [];
    const noted: Pick<ReadWarehouse, "read"> = {
      async read(statement) {
        found.push(statement);
        return [];
      },
    };
    for (const request of requests) await ask(request, { warehouse: noted as ReadWarehouse, snapshot, scope: as });
    return found;
  }

  /** One transaction for each statement, as readers have it: milliseconds of its opening, its statement and its end, and its rows. */
  async function run(begin: string, statements: readonly Statement[]) {
    const spent = { begin: 0, statement: 0, end: 0 };
    const rows: unknown[] = [];
    for (const { text, values } of statements) {
      const [t0] = [performance.now(), await client.query(begin)];
      const t1 = performance.now();
      rows.push(...(await client.query({ text, values: [...values] })).rows);
      const t2 = performance.now();
      await client.query("COMMIT");
      spent.begin += t1 - t0;
      spent.statement += t2 - t1;
      spent.end += performance.now() - t2;
    }
    return { ...spent, rows };
  }

  it.skipIf(!process.env.MEASURE)(
    "prints statements and transactions with and without, and their ratios",
    async () => {
      const lines: string[] = [];
      for (const [name, requestsFor] of Object.entries(questions))
        for (const { as, filter, customer } of cases) {
          const withLocks = await statementsOf(requestsFor(customer, {}), as);
          const without = await statementsOf(requestsFor(customer, filter), adminScope);
          const open = openSession(as, snapshot);
          const openWithout = ["BEGIN READ ONLY", ...boundSettings, ...pinStatements(snapshot)].join("; ");
          const found = { locks: [] as Spent[], plain: [] as Spent[] };
          for (let round = -3; round < rounds; round++) {
            const turns = [
              async () => ({ to: found.locks, ran: await run(open, withLocks) }),
              async () => ({ to: found.plain, ran: await run(openWithout, without) }),
            ];
            if (round % 2 !== 0) turns.reverse();
            const [first, second] = [await turns[0]?.(), await turns[1]?.()];
            expect(first?.ran.rows.length).toBeGreaterThan(0);
            expect(second?.ran.rows).toEqual(first?.ran.rows);
            for (const turn of [first, second]) if (turn && round >= 0) turn.to.push(turn.ran);
          }
          lines.push(rowOf(`${name}, ${as.role}`, found.locks, found.plain));
        }
      console.log(`\n${[heading, ...lines].join("\n")}\n`);
    },
    1_200_000,
  );
});

type Spent = Readonly<{ begin: number; statement: number; end: number }>;

const heading =
  "question, scope                     statements with    without   ratio (quartiles)     begin+end with  without";

function rowOf(name: string, locks: readonly Spent[], plain: readonly Spent[]): string {
  const of = (list: readonly Spent[], value: (spent: Spent) => number) => quantile(list.map(value), 0.5);
  const own = ({ begin, end }: Spent) => begin + end;
  const ratios = locks.map((spent, round) => spent.statement / (plain[round]?.statement ?? Number.NaN));
  const [with_, without] = [of(locks, (spent) => spent.statement), of(plain, (spent) => spent.statement)];
  return [
    name.padEnd(36),
    `${with_.toFixed(2)} ms`.padStart(15),
    `${without.toFixed(2)} ms`.padStart(11),
    (with_ / without).toFixed(2).padStart(8),
    ` (${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)})`,
    `${of(locks, own).toFixed(2)} ms`.padStart(18),
    `${of(plain, own).toFixed(2)} ms`.padStart(9),
  ].join("");
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
}
