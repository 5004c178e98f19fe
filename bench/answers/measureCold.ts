// Answers without the answer cache, row scope on: ours against PostGraphile over the same tables under the same policies, and against the
// driver alone, in alternating rounds.
import { askOnce } from "../firing/askOnce.ts";
import { type Contestant, detailsOf, fireInTurn, type Match, ratios, type Sample } from "../firing/fireInTurn.ts";
import type { Findings, Outcome } from "../Outcome.ts";
import { startPostGraphile, startRaw } from "../peers/startPeers.ts";
import type { Bench } from "../setting/openBench.ts";
import { servedWarehouse } from "../setting/servedWarehouse.ts";
import { needsNode, serverNode } from "../setting/serverNode.ts";
import { poolSize, startProduct } from "../setting/startProduct.ts";
import { findDifference } from "./findDifference.ts";
import { makeQuestions, pageLength, pageQueries, type Question, type Row, rowsOfColumns } from "./questions.ts";

const spans = {
  full: { rounds: 11, seconds: 3, warmUp: 0.7, connections: poolSize },
  quick: { rounds: 3, seconds: 2, warmUp: 0.5, connections: poolSize },
} as const;

type Compared = Contestant & Readonly<{ rowsOf(data: unknown): readonly Row[] }>;
type Comparison = Match & Readonly<{ question: Question; contestants: readonly Compared[] }>;

export async function measureCold(bench: Bench): Promise<Findings> {
  const node = await serverNode();
  if (node === null) return { outcomes: [skipped("answers.cold", "cold answers", needsNode)], details: [] };
  const warehouse = await servedWarehouse(bench);
  const product = await startProduct(bench, { node: node.path, database: warehouse.database, cache: 0 });
  const peer = await startPostGraphile(bench, { node: node.path, warehouse });
  const raw = await startRaw(bench, { node: node.path, warehouse });
  try {
    const headers = await product.headersOf({ role: "country_manager", countries: warehouse.countries });
    const hasColumns =
      (await askOnce(product.url, headers, JSON.stringify({ query: pageQueries.columns }))).code === null;
    const comparisons = makeQuestions(warehouse).map((question): Comparison => {
      const ours = { url: product.url, headers };
      const contestants: Compared[] = [
        { name: "ours", ...ours, bodies: bodiesOf(question.ours), rowsOf: question.rowsOfOurs },
        {
          name: "PostGraphile",
          url: peer.url,
          headers: {},
          bodies: bodiesOf(question.peer),
          rowsOf: question.rowsOfPeer,
        },
        { name: "driver", url: raw.url, headers: {}, bodies: rawBodies(question), rowsOf: question.rowsOfOurs },
      ];
      const columns = {
        name: "columns",
        ...ours,
        bodies: [JSON.stringify({ query: pageQueries.columns })],
        rowsOf: rowsOfColumns,
      };
      if (question.key === "facts" && hasColumns) contestants.push(columns);
      return { title: question.title, question, contestants };
    });
    for (const comparison of comparisons) await checkEqual(comparison);
    bench.say("Cold: all answers are equal");
    const samples = await fireInTurn(bench, comparisons, spans[bench.options.quick ? "quick" : "full"]);
    const each = comparisons.map((comparison, index) => [comparison, samples[index] ?? []] as const);
    return {
      outcomes: [
        ...each.flatMap(([{ question }, found]) => outcomesOf(question, found)),
        columnsOutcome(hasColumns ? (samples.at(-1) ?? []) : null),
      ],
      details: each.flatMap(([comparison, found]) => detailsOf(comparison, found)),
    };
  } finally {
    await Promise.all([product.stop(), peer.stop(), raw.stop()]);
  }
}

export const bodiesOf = ({ query, variables }: Question["ours"]) =>
  variables.map((each) => JSON.stringify({ query, variables: each }));

function rawBodies({ raw, ours }: Question): string[] {
  return ours.variables.map((each) =>
    JSON.stringify({ question: raw, values: raw === "facts" ? [pageLength] : Object.values(each) }),
  );
}

/** Every body of every contestant: that nobody is measured on less, and that nobody is measured while still cold. */
async function checkEqual({ title, contestants }: Comparison): Promise<void> {
  const [first, ...others] = contestants;
  if (!first) return;
  const rowsOf = async ({ name, url, headers, bodies, rowsOf: read }: Compared, index: number) => {
    const { data, code } = await askOnce(url, headers, bodies[index] ?? "");
    if (code !== null) throw new Error(`${title}: ${name} answers with ${code}.`);
    return read(data);
  };
  for (const [index] of first.bodies.entries()) {
    const expected = await rowsOf(first, index);
    if (expected.length < 2) throw new Error(`${title}: the answer has no rows.`);
    for (const other of others) {
      const difference = findDifference(expected, await rowsOf(other, index));
      if (difference !== null) throw new Error(`${title}: ours and ${other.name} differ: ${difference}`);
    }
  }
}

const skipped = (key: string, title: string, because: string): Outcome => ({ kind: "skipped", key, title, because });

const measured = { kind: "measured", unit: "×", better: "higher" } as const;

function outcomesOf({ key, title, meaning, bar, goal }: Question, samples: readonly Sample[]): Outcome[] {
  return [
    {
      ...measured,
      key: `answers.cold.${key}`,
      title: `cold: ${title}, against PostGraphile`,
      meaning: `${meaning} Requests a second of ours divided by PostGraphile's in the same round: ${poolSize} connections, one process each, ${poolSize} connections to PostgreSQL each, the answer cache off. Both read under the same scope of countries, by the same row policies.`,
      bar,
      goal,
      samples: ratios(samples, "ours", "PostGraphile"),
    },
    {
      ...measured,
      key: `answers.cold.${key}.limit`,
      title: `cold: ${title}, against the driver alone`,
      meaning:
        "The same, divided by what fastify, pg and one prepared statement reach that was written by hand and returns the finished JSON, in a transaction with the same scope.",
      samples: ratios(samples, "ours", "driver"),
    },
  ];
}

/** `samples`: of the page of lines; null where the schema has no columns. */
function columnsOutcome(samples: readonly Sample[] | null): Outcome {
  const [key, title] = [
    "answers.cold.columns",
    "cold: the same page column-wise, against PostGraphile's objects",
  ] as const;
  if (samples === null) return skipped(key, title, "the schema has no factSalesColumns");
  return {
    ...measured,
    key,
    title,
    meaning:
      "The same rows and columns by `factSalesColumns`, each column one list: rows a second divided by those of PostGraphile's page of objects.",
    bar: 3,
    goal: 5,
    samples: ratios(samples, "columns", "PostGraphile"),
  };
}
