// An answer of the query floor with its cursors written out, and what its statements read and passed over.
import type { QueryTrace } from "../../src/query/answer.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import type { MetricsRequest } from "../../src/query/request.ts";

export async function traced(request: MetricsRequest, asker: Asker) {
  const traces: QueryTrace[] = [];
  const answer = await ask(request, { ...asker, trace: (trace) => traces.push(trace) });
  const cursors = Array.from({ length: answer.cursors.length }, (_, at) => answer.cursors.at(at));
  return { answer: { ...answer, cursors }, sources: [...new Set(traces.flatMap(({ sources }) => sources))], traces };
}
