// Answers without the answer cache, row scope on: ours against PostGraphile over the same tables under the same policies, and against the
// driver alone, in alternating rounds.
import type { Detail, Findings, Outcome } from "../Outcome.ts";
import { startPostGraphile, startRaw } from "../peers/startPeers.ts";
import { spreadOf } from "../report/spreadOf.ts";
import type { Bench } from "../setting/openBench.ts";
import { servedWarehouse } from "../setting/servedWarehouse.ts";
import { serverNode } from "../setting/serverNode.ts";
import { poolSize, startProduct } from "../setting/startProduct.ts";
import { askOnce } from "./askOnce.ts";
import { findDifference } from "./findDifference.ts";
import { fire } from "./fire.ts";
import type { Fired } from "./fireRequests.ts";
import { columnsQuery, makeQuestions, pageLength, type Question, type Row, rowsOfColumns } from "./questions.ts";

const rounds = { full: 7, quick: 3 } as const;
const spans = { full: { seconds: 5, warmUp: 1 }, quick: { seconds: 2, warmUp: 0.5 } } as const;

export const connections = poolSize;

/** One that is asked: a body for each of the question's variables. */
type Contestant = Readonly<{
  name: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  bodies: readonly string[];
  rowsOf(data: unknown): readonly Row[];
}>;

type Match = Readonly<{ question: Question; contestants: readonly Contestant[]; hasColumns: boolean }>;
type Sample = Readonly<Record<string, Fired>>;

const columnsTitle = `the same page column-wise, rows a second`;

export async function measureCold(bench: Bench): Promise<Findings> {
  const node = await serverNode();
  if (node === null)
    return { outcomes: [skipped("answers.cold", "cold answers", "no Node from 22 on is here")], details: [] };
  const warehouse = await servedWarehouse(bench);
  const product = await startProduct(bench, { node: node.path, database: warehouse.database, cache: 0 });
  const peer = await startPostGraphile(bench, { node: node.path, warehouse });
  const raw = await startRaw(bench, { node: node.path, warehouse });
  try {
    const headers = await product.headersOf({ role: "country_manager", countries: warehouse.countries });
    const [, country = ""] = warehouse.countries;
    const hasColumns = (await askOnce(product.url, headers, JSON.stringify({ query: columnsQuery }))).code === null;
    const matches = makeQuestions({ customers: warehouse.customers, country }).map((question): Match => {
      const contestants: Contestant[] = [
        { name: "ours", url: product.url, headers, bodies: bodiesOf(question.ours), rowsOf: question.rowsOfOurs },
        {
          name: "postgraphile",
          url: peer.url,
          headers: {},
          bodies: bodiesOf(question.peer),
          rowsOf: question.rowsOfPeer,
        },
        { name: "raw", url: raw.url, headers: {}, bodies: rawBodies(question), rowsOf: question.rowsOfOurs },
      ];
      const columns = question.key === "facts" && hasColumns;
      if (columns)
        contestants.push({
          ...{ name: "columns", url: product.url, headers },
          ...{ bodies: [JSON.stringify({ query: columnsQuery })], rowsOf: rowsOfColumns },
        });
      return { question, contestants, hasColumns: columns };
    });
    for (const match of matches) await checkEqual(match);
    bench.say("Cold: all answers are equal; measuring");
    const samples = await measureAll(bench, matches);
    return {
      outcomes: matches.flatMap((match) => outcomesOf(match, samples.get(match.question.key) ?? [])),
      details: matches.flatMap((match) => detailsOf(match, samples.get(match.question.key) ?? [])),
    };
  } finally {
    await Promise.all([product.stop(), peer.stop(), raw.stop()]);
  }
}

const bodiesOf = ({ query, variables }: Question["ours"]) =>
  variables.map((each) => JSON.stringify({ query, variables: each }));

function rawBodies({ raw, ours }: Question): string[] {
  return ours.variables.map((each) =>
    JSON.stringify({ question: raw, values: raw === "facts" ? [pageLength] : Object.values(each) }),
  );
}

/** Every body of every contestant: that nobody is measured on less, and that nobody is measured while still cold. */
async function checkEqual({ question, contestants }: Match): Promise<void> {
  const [first, ...others] = contestants;
  if (!first) return;
  for (const [index] of first.bodies.entries()) {
    const rowsOf = async ({ url, headers, bodies, rowsOf, name }: Contestant) => {
      const { data, code } = await askOnce(url, headers, bodies[index] ?? "");
      if (code !== null) throw new Error(`${question.title}: ${name} answers with ${code}.`);
      return rowsOf(data);
    };
    const expected = await rowsOf(first);
    if (expected.length < 2) throw new Error(`${question.title}: the answer has no rows.`);
    for (const other of others) {
      const difference = findDifference(expected, await rowsOf(other));
      if (difference !== null) throw new Error(`${question.title}: ours and ${other.name} differ: ${difference}`);
    }
  }
}

/** In each round another begins. */
async function measureAll(bench: Bench, matches: readonly Match[]): Promise<Map<string, Sample[]>> {
  const length = bench.options.quick ? "quick" : "full";
  const samples = new Map<string, Sample[]>();
  for (let round = 0; round < rounds[length]; round += 1) {
    for (const { question, contestants } of matches) {
      const sample: Record<string, Fired> = {};
      const turn = round % contestants.length;
      for (const { name, url, headers, bodies } of [...contestants.slice(turn), ...contestants.slice(0, turn)]) {
        bench.signal.throwIfAborted();
        sample[name] = await fire(bench, { url, headers, bodies, connections, ...spans[length] });
      }
      samples.set(question.key, [...(samples.get(question.key) ?? []), sample]);
      const told = contestants.map(({ name }) => `${name} ${sample[name]?.perSecond.toFixed(0)}/s`);
      bench.say(`Cold ${round + 1}/${rounds[length]}, ${question.title}: ${told.join(", ")}`);
    }
  }
  return samples;
}

const skipped = (key: string, title: string, because: string): Outcome => ({ kind: "skipped", key, title, because });

function outcomesOf({ question, hasColumns }: Match, samples: readonly Sample[]): Outcome[] {
  const { key, title, meaning, bar, goal } = question;
  const ratio = (name: string, to: string) =>
    samples.map((sample) => (sample[name]?.perSecond ?? Number.NaN) / (sample[to]?.perSecond ?? Number.NaN));
  const measured = { kind: "measured", unit: "×", better: "higher" } as const;
  const outcomes: Outcome[] = [
    {
      ...measured,
      key: `answers.cold.${key}`,
      title: `${title}, against PostGraphile`,
      meaning: `${meaning} Requests a second of ours divided by PostGraphile's in the same round: ${connections} connections, one process each, ${poolSize} connections to PostgreSQL each, the answer cache off.`,
      bar,
      goal,
      samples: ratio("ours", "postgraphile"),
    },
    {
      ...measured,
      key: `answers.cold.${key}.limit`,
      title: `${title}, against the driver alone`,
      meaning:
        "The same, divided by what fastify, pg and one statement written by hand reach, which returns the finished JSON.",
      samples: ratio("ours", "raw"),
    },
  ];
  if (key !== "facts") return outcomes;
  const columnsKey = "answers.cold.columns";
  if (!hasColumns) return [...outcomes, skipped(columnsKey, columnsTitle, "the schema has no factSalesColumns yet")];
  return [
    ...outcomes,
    {
      ...measured,
      key: columnsKey,
      title: `${columnsTitle}, against PostGraphile's page`,
      meaning:
        "The same rows and columns by `factSalesColumns`, each column one list, divided by PostGraphile's page of objects.",
      bar: 3,
      goal: 5,
      samples: ratio("columns", "postgraphile"),
    },
  ];
}

function detailsOf({ question: { title }, contestants }: Match, samples: readonly Sample[]): Detail[] {
  return contestants.map(({ name }) => {
    const of = (value: (fired: Fired) => number) =>
      spreadOf(samples.map((sample) => value(sample[name] as Fired))).median;
    const milliseconds = [of(({ p50 }) => p50), of(({ p95 }) => p95), of(({ p99 }) => p99)].map((each) =>
      each.toFixed(1),
    );
    const size = of(({ bytes, requests }) => bytes / requests / 1000);
    return {
      what: `${title}, ${name}`,
      value: `${of(({ perSecond }) => perSecond).toFixed(0)} requests/s; p50, p95, p99: ${milliseconds.join(", ")} ms; ${size.toFixed(1)} kB`,
    };
  });
}
