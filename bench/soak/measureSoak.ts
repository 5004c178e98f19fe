// Minutes of mixed load by all roles, with publishes in between: whether memory stays flat, connections come back, and nothing fails.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { fireAnyway } from "../firing/fire.ts";
import { loadByProduct } from "../load/loadByProduct.ts";
import type { Findings, Outcome } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import { usualFile } from "../setting/benchFiles.ts";
import type { Bench } from "../setting/openBench.ts";
import { serverNode } from "../setting/serverNode.ts";
import { type Product, poolSize, startProduct } from "../setting/startProduct.ts";
import { mixedQuestions } from "./mixedQuestions.ts";
import { publishInTurn } from "./publishInTurn.ts";

const database = "bench_soak";
const cacheMegabytes = 32;
const customersAsked = 1_000;
/** Share of the time that is warm-up, and of the rest that the beginning and the end of memory are taken from. */
const warmUpShare = 0.2;
const endShare = 0.25;
/** Milliseconds. */
const lookEvery = 1_000;
const publishEvery = 5_000;
/** So often is looked whether connections have come to rest. */
const looksAtRest = 6;

type Look = Readonly<{ at: number; megabytes: number }>;

export async function measureSoak(bench: Bench): Promise<Findings> {
  const file = await usualFile(bench);
  const url = await bench.server.freshDatabase(database);
  bench.say(`Soak: loading ${file.name}`);
  await loadByProduct(bench, url, file);
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  const node = (await serverNode())?.path ?? process.execPath;
  const product = await startProduct(bench, { node, database, cache: cacheMegabytes });
  try {
    const asks = await mixedQuestions(product, await knownOf(owner));
    const seconds = bench.options.minutes * 60;
    const over = new AbortController();
    const files = await product.openFiles();
    const looking = lookAt(product, over.signal);
    const readersWarm = sleep(seconds * warmUpShare * 1000).then(() => readersOf(bench.server.urlOf(database)));
    const pause = () => sleep(publishEvery, undefined, { signal: over.signal }).catch(() => undefined);
    const publishing = publishInTurn(bench, url, owner, { until: over.signal, pause });
    // what it throws is told below
    publishing.catch(() => over.abort());
    const fired = await fireAnyway(bench, { url: product.url, asks, connections: poolSize, seconds, warmUp: 0 });
    over.abort();
    const [looks, publishes] = [await looking, await publishing];
    const leaked = await leakedOf(owner, await readersWarm);
    const left = await product.openFiles();
    const cached = await answersByTheCache(product);
    bench.say(
      [`Soak: ${fired.requests} answers, ${fired.faults} faults`, fired.firstFault ?? [], leaked].flat().join("\n  "),
    );
    const time = (value: number) => `${value.toFixed(1)} ms`;
    return {
      outcomes: outcomesOf({ minutes: bench.options.minutes, looks, faults: fired.faults, leaked: leaked.length }),
      details: [
        { what: "soak: answers", value: `${fired.requests}, ${fired.perSecond.toFixed(0)}/s` },
        { what: "soak: p50, p95, p99", value: [fired.p50, fired.p95, fired.p99].map(time).join(", ") },
        {
          what: "soak: publishes",
          value: `${publishes.appended} files appended, ${publishes.rolledBack} times to another snapshot`,
        },
        { what: "soak: answers by the answer cache", value: cached },
        { what: "soak: memory every tenth of the time", value: `${tenths(looks).join(", ")} MB` },
        {
          what: "soak: files and sockets open in the server, before and after",
          value: `${files ?? "?"}, ${left ?? "?"}`,
        },
      ],
    };
  } finally {
    await owner.end();
    await product.stop();
    await bench.server.dropDatabase(database);
  }
}

async function knownOf(owner: pg.Client) {
  const list = async (text: string, limit: number) =>
    (await owner.query({ text, values: [limit], rowMode: "array" })).rows.map(([value]) => String(value));
  return {
    customers: await list("SELECT customer_key FROM rfm_segments ORDER BY md5(customer_key) LIMIT $1", customersAsked),
    countries: await list(
      "SELECT country FROM fact_sales GROUP BY country ORDER BY count(*) DESC OFFSET 1 LIMIT $1",
      4,
    ),
    months: await list(
      "SELECT to_char(period, 'YYYY-MM') FROM sales_cell WHERE grain = 'month' GROUP BY period ORDER BY period LIMIT $1",
      100,
    ),
  };
}

async function lookAt(product: Product, until: AbortSignal): Promise<Look[]> {
  const looks: Look[] = [];
  while (!until.aborted) {
    const memory = await product.memory();
    if (memory) looks.push({ at: performance.now(), megabytes: memory.now });
    await sleep(lookEvery, undefined, { signal: until }).catch(() => undefined);
  }
  return looks;
}

async function readersOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT count(*) AS readers FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'consumer360-read'",
    );
    return Number(rows[0]?.readers);
  } finally {
    await client.end();
  }
}

/** Sessions that stay at work or in a transaction though nobody asks, and readers' beyond those that there were once warm. */
async function leakedOf(owner: pg.Client, readersWarm: number): Promise<readonly string[]> {
  let leaked: readonly string[] = [];
  for (let look = 0; look < looksAtRest; look += 1) {
    await sleep(lookEvery);
    const { rows } = await owner.query(
      `SELECT application_name || ', ' || state || ': ' || left(query, 100) AS session
       FROM (
         SELECT *, row_number() OVER (PARTITION BY application_name ORDER BY backend_start) AS nth
         FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
       ) s
       WHERE state <> 'idle' OR application_name = 'consumer360-read' AND nth > $1`,
      [readersWarm],
    );
    leaked = rows.map(({ session }) => String(session));
    // whoever looks now and then for what is published is seen by chance
    if (leaked.length === 0) break;
  }
  return leaked;
}

/** As the server's metrics tell operators. */
async function answersByTheCache({ url, headersOf }: Product): Promise<string> {
  const response = await fetch(new URL("/metrics", url), { headers: await headersOf({ role: "admin" }) });
  const told = [...(await response.text()).matchAll(/^consumer360_answers_total\{cache="(\w+)"\} (\d+)$/gm)];
  return told.map(([, way, count]) => `${way} ${count}`).join(", ") || "not told";
}

const medianOf = (looks: readonly Look[]) => spreadOf(looks.map(({ megabytes }) => megabytes)).median;

function tenths(looks: readonly Look[]): string[] {
  const size = Math.max(1, Math.ceil(looks.length / 10));
  return Array.from({ length: Math.ceil(looks.length / size) }, (_, nth) =>
    medianOf(looks.slice(nth * size, (nth + 1) * size)).toFixed(0),
  );
}

type Soaked = Readonly<{ minutes: number; looks: readonly Look[]; faults: number; leaked: number }>;

function outcomesOf({ minutes, looks, faults, leaked }: Soaked): Outcome[] {
  const warm = looks.slice(Math.floor(looks.length * warmUpShare));
  const part = Math.max(1, Math.floor(warm.length * endShare));
  const load = `${minutes} minutes of mixed questions by all roles over ${poolSize} connections, repeated ones and new ones, with the answer cache on, while small files are appended and snapshots taken back`;
  const memory = { key: "soak.memory", title: "soak: memory of the server at the end against after warm-up" } as const;
  return [
    looks.length === 0
      ? { kind: "skipped", ...memory, because: "the system does not tell it" }
      : {
          kind: "measured",
          ...memory,
          meaning: `${load}: the median of the resident memory in the last quarter of the time after warm-up (a fifth), divided by that of the first quarter.`,
          unit: "×",
          better: "lower",
          bar: 1.1,
          samples: [medianOf(warm.slice(-part)) / medianOf(warm.slice(0, part))],
        },
    {
      kind: "measured",
      key: "soak.faults",
      title: "soak: questions that were not answered",
      meaning: "Answers with another status than 200 or with errors, and connections that broke, in the same minutes.",
      unit: "",
      better: "lower",
      bar: 0,
      samples: [faults],
    },
    {
      kind: "measured",
      key: "soak.connections",
      title: "soak: connections that were not given back",
      meaning:
        "Sessions of PostgreSQL that stay at work or in a transaction for seconds after the last answer, and readers' beyond those that there were after warm-up.",
      unit: "",
      better: "lower",
      bar: 0,
      samples: [leaked],
    },
  ];
}
