// The same question again, with the answer cache on: ours against a bare fastify handler that sends the same bytes, and against
// PostGraphile, which answers anew each time.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { askOnce, type Reply } from "../firing/askOnce.ts";
import { detailsOf, fireInTurn, type Match, ratios, type Sample } from "../firing/fireInTurn.ts";
import type { Findings, Outcome } from "../Outcome.ts";
import { startBytes, startPostGraphile } from "../peers/startPeers.ts";
import type { Bench } from "../setting/openBench.ts";
import { servedWarehouse } from "../setting/servedWarehouse.ts";
import { needsNode, serverNode } from "../setting/serverNode.ts";
import { poolSize, startProduct } from "../setting/startProduct.ts";
import type { StartedServer } from "../setting/startServer.ts";
import { bodiesOf } from "./measureCold.ts";
import { makeQuestions, type Question } from "./questions.ts";

const spans = {
  full: { rounds: 15, seconds: 2, warmUp: 0.5, connections: poolSize },
  quick: { rounds: 3, seconds: 1.5, warmUp: 0.5, connections: poolSize },
} as const;

const cacheMegabytes = 64;

export async function measureWarm(bench: Bench): Promise<Findings> {
  const node = await serverNode();
  if (node === null) return skippedFor(needsNode);
  const warehouse = await servedWarehouse(bench);
  const product = await startProduct(bench, { node: node.path, database: warehouse.database, cache: cacheMegabytes });
  const servers: StartedServer[] = [product];
  try {
    const headers = await product.headersOf({ role: "country_manager", countries: warehouse.countries });
    const peer = await startPostGraphile(bench, { node: node.path, warehouse });
    servers.push(peer);
    const questions = makeQuestions(warehouse);
    const matches: Match[] = [];
    for (const question of questions) {
      const [body = ""] = bodiesOf(question.ours);
      const [first, second] = [await askOnce(product.url, headers, body), await askOnce(product.url, headers, body)];
      if (first.code !== null) throw new Error(`${question.title}: ours answers with ${first.code}.`);
      if (!isFromCache(second)) return skippedFor("the product has no answer cache, or did not answer from it");
      const file = join(bench.folder, `answer-${question.key}.json`);
      await writeFile(file, second.bytes);
      const bytes = await startBytes(bench, node.path, file);
      servers.push(bytes);
      const [peerBody = ""] = bodiesOf(question.peer);
      matches.push({
        title: `warm: ${question.title}`,
        contestants: [
          { name: "ours", url: product.url, headers, bodies: [body] },
          { name: "bytes", url: bytes.url, headers, bodies: [body] },
          { name: "PostGraphile", url: peer.url, headers: {}, bodies: [peerBody] },
        ],
      });
    }
    const samples = await fireInTurn(bench, matches, spans[bench.options.quick ? "quick" : "full"]);
    return {
      outcomes: questions.flatMap((question, index) => outcomesOf(question, samples[index] ?? [])),
      details: matches.flatMap((match, index) => detailsOf(match, samples[index] ?? [])),
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** By the receipt's mark. */
function isFromCache({ receipt }: Reply): boolean {
  return receipt?.cached === true;
}

const skippedFor = (because: string): Findings => ({
  outcomes: [{ kind: "skipped", key: "answers.warm", title: "warm answers", because }],
  details: [],
});

function outcomesOf({ key, title }: Question, samples: readonly Sample[]): Outcome[] {
  const measured = { kind: "measured", unit: "×", better: "higher" } as const;
  return [
    {
      ...measured,
      key: `answers.warm.${key}`,
      title: `warm: ${title}, against a bare handler`,
      meaning: `The same question, snapshot and scope again and again, ${poolSize} connections: requests a second of ours, which checks the token and answers from its cache, divided by those of a fastify handler that sends the same bytes and checks nothing.`,
      bar: 0.6,
      samples: ratios(samples, "ours", "bytes"),
    },
    {
      ...measured,
      key: `answers.warm.${key}.peer`,
      title: `warm: ${title}, against PostGraphile`,
      meaning:
        "The same, divided by PostGraphile's requests a second for the question, which it answers from the warehouse each time.",
      bar: 5,
      samples: ratios(samples, "ours", "PostGraphile"),
    },
  ];
}
