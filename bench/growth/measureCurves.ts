// How answers, loads and the warehouse grow, one thing at a time: lines, customers, months, and askers at once. The curves of
// docs/scaling.md are read from it; no bar hangs on them.
import { pageQueries } from "../answers/questions.ts";
import { askOnce } from "../firing/askOnce.ts";
import { type Contestant, fireInTurn } from "../firing/fireInTurn.ts";
import type { Detail, Findings } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import { type SampleSize, smallRows } from "../setting/benchFiles.ts";
import { type GrownWarehouse, grownWarehouse } from "../setting/grownWarehouse.ts";
import type { Bench } from "../setting/openBench.ts";
import { serverNode } from "../setting/serverNode.ts";
import { type Product, startProduct } from "../setting/startProduct.ts";
import { wholeQuestions } from "./wholeQuestions.ts";

const span = { rounds: 3, seconds: 1.5, warmUp: 0.5 } as const;

const lines = [125_000, 500_000, 2_000_000] as const;
const customers = [1_500, 30_000] as const;
const months = [12, 48, 96] as const;
const askersAtOnce = [1, 2, 4, 8, 16, 32] as const;

export async function measureCurves(bench: Bench): Promise<Findings> {
  const { large } = bench.options;
  const sizes: readonly SampleSize[] = [
    ...[...lines.filter((rows) => rows < large), large].map((rows) => ({ rows })),
    ...customers.map((many) => ({ rows: smallRows, customers: many })),
    ...months.map((many) => ({ rows: smallRows, months: many })),
  ];
  const details: Detail[] = [];
  for (const size of sizes) details.push(await growthAt(bench, size));
  return { outcomes: [], details: [...details, ...(await askersAt(bench))] };
}

const nameOf = ({ rows, customers: many, months: time }: GrownWarehouse) =>
  `curve: ${rows} lines, ${many} customers, ${time} months`;

async function withProduct<T>(
  bench: Bench,
  { database }: GrownWarehouse,
  work: (product: Product) => Promise<T>,
): Promise<T> {
  const product = await startProduct(bench, {
    node: (await serverNode())?.path ?? process.execPath,
    database,
    cache: 0,
  });
  try {
    return await work(product);
  } finally {
    await product.stop();
  }
}

/** What one asker waits, who sees everything. */
async function contestantsOf(product: Product): Promise<readonly Contestant[]> {
  const headers = await product.headersOf({ role: "admin" });
  const first =
    "{ customers(orderBy: [{ field: GROSS_REVENUE, direction: DESC }], first: 50) { nodes { id orders grossRevenue segmentKey } } }";
  const { data } = await askOnce(product.url, headers, JSON.stringify({ query: first }));
  const profile =
    "query ($id: ID!) { customer(id: $id) { id orders grossRevenue rfm { code } sales(first: 10) { nodes { invoice amount } } } }";
  const bodies: Readonly<Record<string, readonly string[]>> = {
    ...Object.fromEntries(wholeQuestions.map(({ key, body }) => [key, [body]])),
    profile: data.customers.nodes.map(({ id }: { id: string }) =>
      JSON.stringify({ query: profile, variables: { id } }),
    ),
    "50 customers": [JSON.stringify({ query: first })],
    "5,000 lines": [JSON.stringify({ query: pageQueries.objects })],
  };
  return Object.entries(bodies).map(([name, asked]) => ({ name, url: product.url, headers, bodies: asked }));
}

async function growthAt(bench: Bench, size: SampleSize): Promise<Detail> {
  const warehouse = await grownWarehouse(bench, size);
  if (typeof warehouse === "string") return { what: `curve: ${size.rows} lines`, value: warehouse };
  const title = nameOf(warehouse);
  return withProduct(bench, warehouse, async (product) => {
    const contestants = await contestantsOf(product);
    const [samples = []] = await fireInTurn(bench, [{ title, contestants }], { ...span, connections: 1 });
    const times = contestants.map(({ name }) => {
      const median = spreadOf(samples.map((sample) => sample[name]?.p50 ?? Number.NaN)).median;
      return `${name} ${median.toFixed(1)}`;
    });
    const { load, megabytes } = warehouse;
    return {
      what: title,
      value: `load ${load.seconds.toFixed(1)} s, ${load.peakMemory.toFixed(0)} MB of the process; ${megabytes.toFixed(0)} MB of database; p50 of one asker, ms: ${times.join(", ")}`,
    };
  });
}

/** One process, more and more connections; what is asked is cheap, so that the process is what is measured. */
async function askersAt(bench: Bench): Promise<Detail[]> {
  const warehouse = await grownWarehouse(bench, { rows: smallRows });
  if (typeof warehouse === "string") return [];
  return withProduct(bench, warehouse, async (product) => {
    const contestants = (await contestantsOf(product)).filter(
      ({ name }) => name === "revenueByMonth" || name === "profile",
    );
    const details: Detail[] = [];
    for (const connections of askersAtOnce) {
      const title = `curve: ${connections} askers at once`;
      const [samples = []] = await fireInTurn(bench, [{ title, contestants }], { ...span, connections });
      const told = contestants.map(({ name }) => {
        const of = (value: "perSecond" | "p95") =>
          spreadOf(samples.map((sample) => sample[name]?.[value] ?? Number.NaN)).median;
        return `${name} ${of("perSecond").toFixed(0)}/s, p95 ${of("p95").toFixed(1)} ms`;
      });
      details.push({ what: title, value: told.join("; ") });
    }
    return details;
  });
}
