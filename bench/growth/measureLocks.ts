// What the two locks cost: the same question in the same transaction, once as a reader under a scope and once as the owner, past every
// policy, with the scope's filter as an ordinary `where`. What the transaction itself costs is told apart.
import { join } from "node:path";
import pg from "pg";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { scopeOf } from "../../src/access/scopeOf.ts";
import type { Scope } from "../../src/model/scope.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { Request, Where } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { openReadWarehouse, type ReadWarehouse, type Statement } from "../../src/warehouse/openReadWarehouse.ts";
import {
  boundSettings,
  endSession,
  keptPlans,
  openSession,
  pinStatements,
  setLocally,
} from "../../src/warehouse/openSession.ts";
import { sendTogether } from "../../src/warehouse/sendTogether.ts";
import type { Detail, Findings, Outcome } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import { type Bench, repository } from "../setting/openBench.ts";
import { servedWarehouse } from "../setting/servedWarehouse.ts";

const rounds = { full: 7, quick: 3 } as const;
/** Of a round: each is asked so often, with and without in turn. */
const turns = { full: 20, quick: 8 } as const;

/** Who asks, and the same as a filter; whose profile is read has all lines within it. */
type Sight = Readonly<{ name: string; scope: Scope; filter: Where; customer: string }>;

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

/** Milliseconds of a transaction's opening and end, and of its statements, each with its round trip. */
type Spent = Readonly<{ own: number; statements: number }>;

/** Statements of one transaction each, what opens it, and a connection of its own, whose kept plans are those of one role. */
type Way = Readonly<{
  client: pg.Client;
  begin(keepsPlans: boolean): readonly Statement[];
  statements: readonly Statement[];
}>;

export async function measureLocks(bench: Bench): Promise<Findings> {
  const { database, countries } = await servedWarehouse(bench);
  const length = bench.options.quick ? "quick" : "full";
  const reader = openReadWarehouse(bench.server.readerUrlOf(database), { maxConnections: 1 });
  const connect = async () => {
    const client = new pg.Client({ connectionString: bench.server.urlOf(database) });
    await client.connect();
    return { client };
  };
  const [asReader, asOwner] = [await connect(), await connect()];
  try {
    const snapshot = await readSnapshot(reader);
    const sights = await sightsOf(asOwner.client, countries);
    const everything = sights[0]?.scope as Scope;
    const outcomes: Outcome[] = [];
    const details: Detail[] = [];
    for (const [question, requestsFor] of Object.entries(questions))
      for (const { name, scope, filter, customer } of sights) {
        bench.signal.throwIfAborted();
        const locked: Way = {
          ...asReader,
          begin: (keepsPlans) => openSession(scope, snapshot, { keepsPlans }),
          statements: await statementsOf(requestsFor(customer, {}), snapshot, scope),
        };
        const plain: Way = {
          ...asOwner,
          begin: (keepsPlans) => [
            { text: "BEGIN READ ONLY", values: [], keepsPlan: true },
            setLocally({ ...boundSettings, ...(keepsPlans && keptPlans) }),
            ...pinStatements(snapshot),
          ],
          statements: await statementsOf(requestsFor(customer, filter), snapshot, everything),
        };
        await checkEqual(locked, plain);
        const found = [];
        for (let round = 0; round < rounds[length]; round += 1) found.push(await spend(locked, plain, turns[length]));
        const title = `${question}, ${name}`;
        outcomes.push(outcomeOf(title, found));
        details.push(detailOf(title, found));
      }
    bench.say(`Locks: ${outcomes.length} questions and scopes, ${rounds[length]} rounds`);
    return { outcomes, details };
  } finally {
    await Promise.all([asReader.client.end(), asOwner.client.end(), reader.close()]);
  }
}

async function sightsOf(client: pg.Client, countries: readonly string[]): Promise<readonly Sight[]> {
  const policy = await loadPolicy(join(repository, "policy/demo.yaml"));
  const sight = async (name: string, role: string, filter: Where, where: string, values: unknown[]): Promise<Sight> => {
    const { rows } = await client.query(
      `SELECT customer_key FROM rfm_segments WHERE classic <> 'UNSCORED' AND ${where} ORDER BY frequency DESC, customer_key LIMIT 1`,
      values,
    );
    const scope = scopeOf(policy, { role, claims: { countries } });
    return { name, scope, filter, customer: String(rows[0]?.customer_key) };
  };
  const segments = ["AT_RISK", "CHURN_RISK"] as const;
  return [
    await sight("all rows", "admin", {}, "true", []),
    await sight("a few countries", "country_manager", { country: { in: countries } }, "countries <@ $1::text[]", [
      countries,
    ]),
    await sight("two segments", "crm", { segment: { in: segments } }, "classic = ANY ($1::text[])", [segments]),
  ];
}

async function statementsOf(requests: readonly Request[], snapshot: SnapshotFacts, scope: Scope): Promise<Statement[]> {
  const found: Statement[] = [];
  const noted: Pick<ReadWarehouse, "read"> = {
    async read(statement) {
      found.push(statement);
      return [];
    },
  };
  for (const request of requests) await ask(request, { warehouse: noted as ReadWarehouse, snapshot, scope });
  return found;
}

async function run({ client, begin, statements }: Way): Promise<Spent & Readonly<{ rows: readonly unknown[] }>> {
  const spent = { own: 0, statements: 0 };
  const rows: unknown[] = [];
  for (const statement of statements) {
    const began = performance.now();
    await send(client, begin(statement.keepsPlan === true));
    const opened = performance.now();
    rows.push(...(await send(client, [statement])));
    const answered = performance.now();
    await send(client, [endSession]);
    spent.own += opened - began + performance.now() - answered;
    spent.statements += answered - opened;
  }
  return { ...spent, rows };
}

/** The rows of the last statement. */
async function send(client: pg.Client, statements: readonly Statement[]): Promise<readonly unknown[]> {
  // a client of a pool is one that can be given back
  const { answers, failure } = await sendTogether(client as pg.PoolClient, statements);
  if (failure) throw failure.cause;
  return answers.at(-1) ?? [];
}

async function checkEqual(locked: Way, plain: Way): Promise<void> {
  const [one, other] = [await run(locked), await run(plain)];
  if (one.rows.length === 0) throw new Error("What is to be measured with locks has no rows.");
  if (JSON.stringify(one.rows) !== JSON.stringify(other.rows)) throw new Error("With and without locks, rows differ.");
}

type Found = Readonly<{ locked: Spent; plain: Spent }>;

/** Medians of so many turns. */
async function spend(locked: Way, plain: Way, times: number): Promise<Found> {
  const spent = { locked: [] as Spent[], plain: [] as Spent[] };
  for (let turn = 0; turn < times; turn += 1) {
    const ways = [async () => spent.locked.push(await run(locked)), async () => spent.plain.push(await run(plain))];
    for (const way of turn % 2 === 0 ? ways : ways.reverse()) await way();
  }
  const medianOf = (all: readonly Spent[]): Spent => ({
    own: spreadOf(all.map(({ own }) => own)).median,
    statements: spreadOf(all.map(({ statements }) => statements)).median,
  });
  return { locked: medianOf(spent.locked), plain: medianOf(spent.plain) };
}

function outcomeOf(title: string, found: readonly Found[]): Outcome {
  return {
    kind: "measured",
    key: `growth.locks.${title.replaceAll(/[ ,]+/g, "-")}`,
    title: `the two locks: ${title}`,
    meaning:
      "The statements of the question as a reader under the scope, divided by those of the same question as the owner, past every policy, with the scope as an ordinary filter; with their round trips, without what the transaction itself costs.",
    unit: "×",
    better: "lower",
    bar: 1.15,
    samples: found.map(({ locked, plain }) => locked.statements / plain.statements),
  };
}

function detailOf(title: string, found: readonly Found[]): Detail {
  const of = (value: (each: Found) => number) => `${spreadOf(found.map(value)).median.toFixed(2)} ms`;
  return {
    what: `the two locks: ${title}`,
    value: `statements ${of(({ locked }) => locked.statements)} with, ${of(({ plain }) => plain.statements)} without; the transactions themselves ${of(({ locked }) => locked.own)} and ${of(({ plain }) => plain.own)}`,
  };
}
