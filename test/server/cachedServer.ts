// A server that keeps answers, over a test's warehouse: asked with signed tokens, its policy can be changed, and it counts the statements that
// answers were read by. What is published it reads by a way of its own, as the program does.
import type { LightMyRequestResponse } from "fastify";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { type AnswerCache, openAnswerCache, type Way } from "../../src/server/answerCache.ts";
import { createServer, type Server } from "../../src/server/createServer.ts";
import { followPublished } from "../../src/server/followPublished.ts";
import { type FindKey, makeIdentify } from "../../src/server/identify.ts";
import type { Audit } from "../../src/server/openAudit.ts";
import { openGraph } from "../../src/server/openGraph.ts";
import { signToken } from "../../src/server/signToken.ts";
import { listenForPublish } from "../../src/warehouse/listenForPublish.ts";
import type { ReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import type { TestWarehouse } from "../support/testWarehouse.ts";
import { testAuth, testServerSecret } from "./demoServer.ts";

export type Asker = Readonly<{ role: string; countries?: readonly string[]; subject?: string }>;
export type Question = Readonly<{
  query?: string;
  variables?: unknown;
  operationName?: string;
  extensions?: unknown;
}>;

export type CachedServer = {
  readonly server: Server;
  readonly answers: AnswerCache;
  policy: ReturnType<typeof parsePolicy>;
  /** Statements about rows so far. */
  statements: number;
  /** What each statement waits for. */
  hold: Promise<void>;
  ask(asker: Asker, question: Question, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  get(asker: Asker, question: Question, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  tokenOf(asker: Asker): Promise<string>;
  ways(): Readonly<Record<Way, number>>;
  close(): Promise<void>;
};

export async function openCachedServer(
  warehouse: TestWarehouse,
  {
    policyText,
    bytes = 16 * 2 ** 20,
    audit = null,
    findKey = async () => null,
    hears = true,
  }: {
    policyText: string;
    bytes?: number;
    audit?: Pick<Audit, "record"> | null;
    findKey?: FindKey;
    /** Whether it hears of publishes. */
    hears?: boolean;
  },
): Promise<CachedServer> {
  const published = followPublished(() => readSnapshot(warehouse.read));
  const listening = hears ? listenForPublish(warehouse.url, published.doubt) : null;
  const answers = openAnswerCache(published, bytes);
  const counted: ReadWarehouse = {
    ...warehouse.read,
    async read(...args) {
      cached.statements += 1;
      await cached.hold;
      return warehouse.read.read(...args);
    },
  };
  const server = await createServer({
    config: { host: "127.0.0.1", port: 0, production: false, logLevel: "silent" },
    identify: makeIdentify({ auth: testAuth, findKey }),
    policy: () => cached.policy,
    graph: await openGraph(counted, testServerSecret),
    notReady: async () => null,
    audit,
    answers,
  });
  const tokens = new Map<string, Promise<string>>();
  const cached: CachedServer = {
    server,
    answers,
    policy: parsePolicy(policyText, "test.yaml"),
    statements: 0,
    hold: Promise.resolve(),
    tokenOf(asker) {
      const { role, countries, subject = role } = asker;
      const key = JSON.stringify(asker);
      const claims = countries ? { countries } : {};
      const token = tokens.get(key) ?? signToken(testAuth.secret, { role, subject, claims, expiresIn: 600 });
      tokens.set(key, token);
      return token;
    },
    async ask(asker, question, headers = {}) {
      const authorization = `Bearer ${await cached.tokenOf(asker)}`;
      return server.app.inject({
        method: "POST",
        url: "/graphql",
        headers: { authorization, ...headers },
        payload: question as object,
      });
    },
    async get(asker, { query, variables, operationName, extensions }, headers = {}) {
      const authorization = `Bearer ${await cached.tokenOf(asker)}`;
      const search = new URLSearchParams();
      if (query !== undefined) search.set("query", query);
      if (operationName !== undefined) search.set("operationName", operationName);
      if (variables !== undefined) search.set("variables", JSON.stringify(variables));
      if (extensions !== undefined) search.set("extensions", JSON.stringify(extensions));
      return server.app.inject({
        url: `/graphql?${search}`,
        headers: { authorization, "apollo-require-preflight": "1", ...headers },
      });
    },
    ways: () => answers.figures().answers,
    async close() {
      await server.close();
      await listening?.close();
    },
  };
  return cached;
}
