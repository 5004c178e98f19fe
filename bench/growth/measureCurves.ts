// How answers, loads and the warehouse grow, one thing at a time: lines, customers, months, and askers at once. The curves of
// docs/scaling.md are read from it; no bar hangs on them.
import { pageQueries } from "../answers/questions.ts";
import { askOnce } from "../firing/askOnce.ts";
import { type Contestant, fireInTurn, type Match, type Sample } from "../firing/fireInTurn.ts";
import type { Detail, Findings } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import { type SampleSize, smallRows } from "../setting/benchFiles.ts";
import { type GrownWarehouse, grownWarehouse } from "../setting/grownWarehouse.ts";
import type { Bench } from "../setting/openBench.ts";
import { serverNode } from "../setting/serverNode.ts";
import { type Product, startProduct } from "../setting/startProduct.ts";
import { wholeQuestions } from "./wholeQuestions.ts";

const span = { rounds: 5, seconds: 1, warmUp: 0.3 } as const;

const lines = [125_000, 500_000, 2_000_000] as const;
const customers = [1_500, 30_000] as const;
const months = [12, 48, 96] as const;
const askersAtOnce = [1, 2, 4, 8, 16, 32] as const;
/** Cheap, so that the process is what is measured. */
const askedAtOnce = ["revenueByMonth", "profile"] as const;

/** A warehouse, the server on it, and what it is asked: bodies by the question's name. */
type Served = Readonly<{
  warehouse: GrownWarehouse;
  product: Product;
  headers: Contestant["headers"];
  bodies: Readonly<Record<string, readonly string[]>>;
}>;

export async function measureCurves(bench: Bench): Promise<Findings> {
  const { large } = bench.options;
  const sizes: readonly SampleSize[] = [
    ...[...lines.filter((rows) => rows < large), large].map((rows) => ({ rows })),
    ...customers.map((many) => ({ rows: smallRows, customers: many })),
    ...months.map((many) => ({ rows: smallRows, months: many })),
  ];
  const served: Served[] = [];
  const missing: Detail[] = [];
  try {
    for (const size of sizes) {
      const warehouse = await grownWarehouse(bench, size);
      if (typeof warehouse === "string") missing.push({ what: `curve: ${size.rows} lines`, value: warehouse });
      else served.push(await serve(bench, warehouse));
    }
    return {
      outcomes: [],
      details: [...missing, ...(await sizesOf(bench, served)), ...(await askersOf(bench, served))],
    };
  } finally {
    await Promise.all(served.map(({ product }) => product.stop()));
  }
}

/** Asked by one who sees everything. */
async function serve(bench: Bench, warehouse: GrownWarehouse): Promise<Served> {
  const node = (await serverNode())?.path ?? process.execPath;
  const product = await startProduct(bench, { node, database: warehouse.database, cache: 0 });
  const headers = await product.headersOf({ role: "admin" });
  const best = "orderBy: [{ field: GROSS_REVENUE, direction: DESC }], first: 50";
  const customersBody = JSON.stringify({
    query: `{ customers(${best}) { nodes { id orders grossRevenue segmentKey } } }`,
  });
  const { data } = await askOnce(product.url, headers, customersBody);
  const profile =
    "query ($id: ID!) { customer(id: $id) { id orders grossRevenue rfm { code } sales(first: 10) { nodes { invoice amount } } } }";
  const bodies = {
    ...Object.fromEntries(wholeQuestions.map(({ key, body }) => [key, [body]])),
    profile: data.customers.nodes.map(({ id }: { id: string }) =>
      JSON.stringify({ query: profile, variables: { id } }),
    ),
    "50 customers": [customersBody],
    "5,000 lines": [JSON.stringify({ query: pageQueries.objects })],
  };
  return { warehouse, product, headers, bodies };
}

const contestantOf = ({ product: { url }, headers, bodies }: Served, name: string, question: string): Contestant => ({
  ...{ name, url, headers },
  bodies: bodies[question] ?? [],
});

const nameOf = ({ warehouse: { rows, customers: many, months: time } }: Served) =>
  `${rows} lines, ${many} customers, ${time} months`;

/** Each question goes to one warehouse after the other, by one asker. */
async function sizesOf(bench: Bench, served: readonly Served[]): Promise<Detail[]> {
  const questions = Object.keys(served[0]?.bodies ?? {});
  const matches = questions.map(
    (title): Match => ({ title, contestants: served.map((each) => contestantOf(each, nameOf(each), title)) }),
  );
  const samples = await fireInTurn(bench, matches, { ...span, connections: 1 });
  return served.map((each) => {
    const { load, megabytes } = each.warehouse;
    const times = questions.map((question, index) => {
      const found = (samples[index] ?? []).map((sample) => sample[nameOf(each)]?.p50 ?? Number.NaN);
      return `${question} ${spreadOf(found).median.toFixed(1)}`;
    });
    return {
      what: `curve: ${nameOf(each)}`,
      value: `load ${load.seconds.toFixed(1)} s, ${load.peakMemory.toFixed(0)} MB of the process; ${megabytes.toFixed(0)} MB of database; p50 of one asker, ms: ${times.join(", ")}`,
    };
  });
}

/** One server process, more and more connections. */
async function askersOf(bench: Bench, served: readonly Served[]): Promise<Detail[]> {
  const usual = served.find(({ warehouse: { rows } }) => rows === smallRows);
  if (!usual) return [];
  const contestants = askedAtOnce.map((question) => contestantOf(usual, question, question));
  const details: Detail[] = [];
  for (const connections of askersAtOnce) {
    const title = `curve: askers at once, ${connections}`;
    const [samples = []] = await fireInTurn(bench, [{ title, contestants }], { ...span, connections });
    details.push({ what: title, value: askedAtOnce.map((question) => describe(question, samples)).join("; ") });
  }
  return details;
}

function describe(question: string, samples: readonly Sample[]): string {
  const of = (value: "perSecond" | "p95") =>
    spreadOf(samples.map((sample) => sample[question]?.[value] ?? Number.NaN)).median;
  return `${question} ${of("perSecond").toFixed(0)}/s, p95 ${of("p95").toFixed(1)} ms`;
}
