// Questions about everything at ten million lines against half a million, of as many customers and months: the answers are read from
// stored aggregates, so they should take the same time.
import { detailsOf, fireInTurn, type Match, ratios } from "../firing/fireInTurn.ts";
import type { Findings, Outcome } from "../Outcome.ts";
import { smallRows } from "../setting/benchFiles.ts";
import { type GrownWarehouse, grownWarehouse } from "../setting/grownWarehouse.ts";
import type { Bench } from "../setting/openBench.ts";
import { serverNode } from "../setting/serverNode.ts";
import { poolSize, startProduct } from "../setting/startProduct.ts";
import { wholeAsker, wholeQuestions } from "./wholeQuestions.ts";

/** Many short rounds: what else the machine does falls on both sides. */
const span = { rounds: 21, seconds: 1.5, warmUp: 0.3, connections: poolSize } as const;

const titleOf = (key: string) => `${key}, ten million lines against half a million`;

export async function measureLines(bench: Bench): Promise<Findings> {
  const [small, large] = [
    await grownWarehouse(bench, { rows: smallRows }),
    await grownWarehouse(bench, { rows: bench.options.large }),
  ];
  if (typeof small === "string") return skipped(small);
  if (typeof large === "string") return skipped(large);
  const node = (await serverNode())?.path ?? process.execPath;
  const start = ({ database }: GrownWarehouse) => startProduct(bench, { node, database, cache: 0 });
  const [few, many] = [await start(small), await start(large)];
  try {
    const [fewHeaders, manyHeaders] = [await few.headersOf(wholeAsker), await many.headersOf(wholeAsker)];
    const matches = wholeQuestions.map(
      ({ key, body }): Match => ({
        title: key,
        contestants: [
          { name: `${small.rows} lines`, url: few.url, headers: fewHeaders, bodies: [body] },
          { name: `${large.rows} lines`, url: many.url, headers: manyHeaders, bodies: [body] },
        ],
      }),
    );
    const samples = await fireInTurn(bench, matches, span);
    return {
      outcomes: wholeQuestions.map(
        ({ key }, index): Outcome => ({
          kind: "measured",
          key: `growth.lines.${key}`,
          title: titleOf(key),
          meaning: `The 95th percentile of \`${key}\` without filters, answer cache off, ${poolSize} connections, at ${large.rows} generated lines divided by that at ${small.rows}, both of ${small.customers} customers and the same months, a server each, in the same round.`,
          unit: "×",
          better: "lower",
          bar: 1.3,
          samples: ratios(samples[index] ?? [], `${large.rows} lines`, `${small.rows} lines`, ({ p95 }) => p95),
        }),
      ),
      details: matches.flatMap((match, index) => detailsOf(match, samples[index] ?? [])),
    };
  } finally {
    await Promise.all([few.stop(), many.stop()]);
  }
}

const skipped = (because: string): Findings => ({
  outcomes: wholeQuestions.map(({ key }) => ({
    kind: "skipped",
    key: `growth.lines.${key}`,
    title: titleOf(key),
    because,
  })),
  details: [],
});
