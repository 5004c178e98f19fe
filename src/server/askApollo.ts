// Hands a question to Apollo Server: with the document in the place of its hash, and with who is told what becomes of it.
import { type ApolloServer, type BaseContext, HeaderMap } from "@apollo/server";
import type { FastifyRequest } from "fastify";
import { type Outcome, watchOutcome } from "./noteOutcome.ts";
import type { PersistedDocuments } from "./persistedDocuments.ts";
import { persistedHash, type Sent } from "./readQuestion.ts";

export type ApolloAnswer = Readonly<{
  status: number;
  headers: Iterable<readonly [name: string, value: string]>;
  contentType: string;
  text: string;
  outcome: Outcome;
}>;

/** `sent`: what the request holds; null where that is no question. `fingerprint`: of the asker's scope. */
export async function askApollo<Context extends BaseContext>(
  apollo: ApolloServer<Context>,
  request: FastifyRequest,
  {
    sent,
    fingerprint,
    documents,
    makeContext,
    onUnfixed,
  }: {
    sent: Sent | null;
    fingerprint: string;
    documents: PersistedDocuments;
    /** Throws what refuses the question. */
    makeContext: (asked: Sent, outcome: Outcome) => Promise<Context>;
    onUnfixed: () => void;
  },
): Promise<ApolloAnswer> {
  const { method } = request;
  const { search } = addressOf(request);
  const sha256 = sent && persistedHash(sent);
  const hasText = typeof sent?.query === "string" && sent.query !== "";
  const query = sha256 === null || hasText ? sent?.query : documents.find(fingerprint, sha256);
  const asked: Sent = sha256 === null ? (sent ?? {}) : { ...sent, query, extensions: withoutHash(sent?.extensions) };
  const outcome: Outcome = { onUnfixed };
  const { status, headers, body } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method,
      headers: headersOf(request),
      body: sha256 === null ? request.body : asked,
      search: sha256 === null ? search : searchOf(asked),
    },
    context: async () => {
      const context = await makeContext(asked, outcome);
      watchOutcome(context, outcome);
      return context;
    },
  });
  if (body.kind !== "complete") throw new Error("An answer came in parts.");
  if (sha256 !== null && outcome.result?.data) documents.keep(fingerprint, String(query));
  return {
    status: status ?? 200,
    headers,
    contentType: headers.get("content-type") ?? "",
    text: body.string,
    outcome,
  };
}

/** Throws where the Host header is none. */
export function addressOf({ url, protocol, hostname }: FastifyRequest): URL {
  return new URL(url, `${protocol}://${hostname}/`);
}

function headersOf({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers))
    if (value) map.set(name, Array.isArray(value) ? value.join(", ") : value);
  return map;
}

function withoutHash(extensions: unknown): unknown {
  const { persistedQuery: _, ...others } = extensions as Readonly<Record<string, unknown>>;
  return others;
}

function searchOf({ query, operationName, variables }: Sent): string {
  const search = new URLSearchParams({ query: String(query) });
  if (typeof operationName === "string") search.set("operationName", operationName);
  if (variables !== undefined && variables !== null) search.set("variables", JSON.stringify(variables));
  return `?${search}`;
}
