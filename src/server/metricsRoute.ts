// `/metrics`: how the server does, in the text format of Prometheus. Sizes and counts tell of what others ask, so that only operators read
// them; none tells of whom, or of what.
import type { FastifyInstance } from "fastify";
import type { Policy } from "../access/policy.ts";
import { scopeOf } from "../access/scopeOf.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import type { AnswerCache, CacheFigures } from "./answerCache.ts";
import { headersOf, type Identify } from "./identity.ts";

export function metricsRoute(
  app: FastifyInstance,
  { identify, policy, answers }: { identify: Identify; policy: () => Policy; answers: AnswerCache | null },
): void {
  app.get("/metrics", async (request, reply) => {
    const { principal } = await identify(headersOf(request));
    if (!scopeOf(policy(), principal).operator)
      throw new Consumer360Error("FORBIDDEN", "This is outside of what you may see.");
    reply.type("text/plain; version=0.0.4; charset=utf-8");
    return formatMetrics(answers?.figures() ?? null, process.memoryUsage.rss());
  });
}

/** Without a cache there is nothing to tell of it. `residentBytes`: memory of the process. */
function formatMetrics(cache: CacheFigures | null, residentBytes: number): string {
  const metric = (name: string, kind: "counter" | "gauge", help: string, values: Readonly<Record<string, number>>) =>
    [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`]
      .concat(Object.entries(values).map(([labels, value]) => `${name}${labels} ${value}`))
      .join("\n");
  const one = (value: number) => ({ "": value });
  const lines = [
    metric("process_resident_memory_bytes", "gauge", "Memory of the process.", one(residentBytes)),
    ...(cache === null
      ? []
      : [
          metric(
            "consumer360_answers_total",
            "counter",
            "Answers by how they were had: from memory, with another that was under way, from the warehouse to be kept, and not to be kept.",
            Object.fromEntries(Object.entries(cache.answers).map(([way, count]) => [`{cache="${way}"}`, count])),
          ),
          metric("consumer360_answer_cache_entries", "gauge", "Answers that are kept.", one(cache.entries)),
          metric("consumer360_answer_cache_bytes", "gauge", "Memory that they take.", one(cache.bytes)),
          metric("consumer360_answer_cache_limit_bytes", "gauge", "Memory that they may take.", one(cache.mostBytes)),
          metric(
            "consumer360_answer_cache_dropped_total",
            "counter",
            "Answers that are kept no longer: they made room for others, or another snapshot was published.",
            { '{why="room"}': cache.evicted, '{why="publish"}': cache.outdated },
          ),
        ]),
  ];
  return `${lines.join("\n")}\n`;
}
