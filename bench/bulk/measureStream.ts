// The whole table of lines as CSV through the graph's own document: rows a second against COPY of the same columns, and the memory of the
// server, which must not hang on how long the table is.

import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { lineKeys } from "../../src/query/compile/compileLines.ts";
import { factFields } from "../answers/questions.ts";
import type { Findings, Outcome } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import { type GrownWarehouse, grownWarehouse } from "../setting/grownWarehouse.ts";
import type { Bench } from "../setting/openBench.ts";
import { servedWarehouse } from "../setting/servedWarehouse.ts";
import { serverNode } from "../setting/serverNode.ts";
import { type Product, startProduct } from "../setting/startProduct.ts";

const rounds = { full: 3, quick: 2 } as const;

const rateKey = { key: "bulk.stream", title: "the whole table as CSV against COPY of the same" } as const;
const memoryKey = {
  key: "bulk.stream.memory",
  title: "peak memory of the server that streams the whole table",
} as const;

const document = JSON.stringify({ query: `{ factSales { nodes { ${factFields.join(" ")} } } }` });

/** What the document's columns are made of, in the order of the lines' key. */
const copied = `COPY (
  SELECT invoice, ordered_at, product, kind, line_type, quantity, unit_price, amount,
    CASE WHEN NOT guest THEN customer_key END, country
  FROM fact_sales
  ORDER BY ${lineKeys.join(", ")}
) TO STDOUT WITH (FORMAT csv)`;

type Round = Readonly<{
  csv: Streamed;
  copy: Streamed;
  /** Of the server since its start; null where the system does not tell. */
  peak: number | null;
}>;

type Streamed = Readonly<{ lines: number; bytes: number; seconds: number }>;

export async function measureStream(bench: Bench): Promise<Findings> {
  const warehouse = bench.options.quick
    ? await servedWarehouse(bench)
    : await grownWarehouse(bench, { rows: bench.options.large });
  if (typeof warehouse === "string") return skipped(warehouse);
  const node = (await serverNode())?.path ?? process.execPath;
  const product = await startProduct(bench, { node, database: warehouse.database, cache: 0 });
  try {
    if (!(await streams(product))) return skipped("the graph does not answer with text/csv");
    const before = await product.memory();
    const done: Round[] = [];
    const length = bench.options.quick ? "quick" : "full";
    for (let round = 0; round < rounds[length]; round += 1) {
      bench.signal.throwIfAborted();
      const copy = await copyOut(bench.server.urlOf(warehouse.database));
      const csv = await streamOut(product, warehouse.rows);
      done.push({ csv, copy, peak: (await product.memory())?.peak ?? null });
      bench.say(
        `Stream ${round + 1}/${rounds[length]}: ${warehouse.rows} rows in ${csv.seconds.toFixed(1)} s, COPY in ${copy.seconds.toFixed(1)} s`,
      );
    }
    return {
      outcomes: outcomesOf(done, warehouse),
      details: detailsOf(done, warehouse, before),
    };
  } finally {
    await product.stop();
  }
}

async function request({ url, headersOf }: Product): Promise<Response> {
  const headers = { ...(await headersOf({ role: "admin" })), "content-type": "application/json", accept: "text/csv" };
  return fetch(url, { method: "POST", headers, body: document });
}

async function streams(product: Product): Promise<boolean> {
  const response = await request(product);
  await response.body?.cancel();
  return response.ok && (response.headers.get("content-type") ?? "").startsWith("text/csv");
}

/** A header and perhaps a trailer stand beside the rows. */
async function streamOut(product: Product, rows: number): Promise<Streamed> {
  const began = performance.now();
  const { body } = await request(product);
  if (body === null) throw new Error("The stream has no body.");
  const counter = countLines();
  await pipeline(body, counter.sink);
  const { lines, bytes } = counter;
  if (lines < rows + 1 || lines > rows + 3) throw new Error(`The stream of ${rows} rows has ${lines} lines.`);
  return { lines, bytes, seconds: (performance.now() - began) / 1000 };
}

async function copyOut(url: string): Promise<Streamed> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const counter = countLines();
    const began = performance.now();
    await pipeline(client.query(copyTo(copied)), counter.sink);
    return { lines: counter.lines, bytes: counter.bytes, seconds: (performance.now() - began) / 1000 };
  } finally {
    await client.end();
  }
}

const newLine = 0x0a;

function countLines() {
  const counter = {
    lines: 0,
    bytes: 0,
    sink: new Writable({
      write(chunk: Buffer, _, done) {
        counter.bytes += chunk.length;
        for (let at = chunk.indexOf(newLine); at >= 0; at = chunk.indexOf(newLine, at + 1)) counter.lines += 1;
        done();
      },
    }),
  };
  return counter;
}

const skipped = (because: string): Findings => ({
  outcomes: [rateKey, memoryKey].map((key) => ({ kind: "skipped", ...key, because })),
  details: [],
});

type Named = Pick<GrownWarehouse, "rows">;

function outcomesOf(done: readonly Round[], { rows }: Named): Outcome[] {
  const peaks = done.flatMap(({ peak }) => peak ?? []);
  return [
    {
      kind: "measured",
      ...rateKey,
      meaning: `\`{ factSales { nodes { … } } }\` with ${factFields.length} columns and \`Accept: text/csv\`, all ${rows} rows: rows a second divided by those of \`COPY (SELECT …) TO STDOUT\` by the owner, of the same columns in the same order, in the same round.`,
      unit: "×",
      better: "higher",
      samples: done.map(({ csv, copy }) => copy.seconds / csv.seconds),
    },
    peaks.length === 0
      ? { kind: "skipped", ...memoryKey, because: "the system does not tell it" }
      : {
          kind: "measured",
          ...memoryKey,
          meaning: `The most resident memory that the server had (VmHWM) from its start to the end of one stream after another of ${rows} rows each: it must not go with the rows, nor from stream to stream.`,
          unit: "MB",
          better: "lower",
          samples: peaks,
        },
  ];
}

function detailsOf(done: readonly Round[], { rows }: Named, before: Readonly<{ peak: number }> | null) {
  const rate = (of: (each: Round) => Streamed) =>
    `${Math.round(rows / spreadOf(done.map((each) => of(each).seconds)).median)} rows/s`;
  return [
    {
      what: `CSV of ${rows} rows`,
      value: `${rate(({ csv }) => csv)}, ${((done[0]?.csv.bytes ?? 0) / 1e6).toFixed(0)} MB`,
    },
    { what: `COPY of ${rows} rows`, value: rate(({ copy }) => copy) },
    ...(before === null
      ? []
      : [{ what: "the server's peak before the first stream", value: `${before.peak.toFixed(0)} MB` }]),
  ];
}
