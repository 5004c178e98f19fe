// `/graphql`: who asks is settled before a byte of the question is read; then Apollo Server answers under that scope.
import { ApolloServer, type ApolloServerPlugin, type BaseContext } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, type ParseOptions } from "graphql";
import type { Policy } from "../access/policy.ts";
import { scopeOf } from "../access/scopeOf.ts";
import { mostSelections } from "../graph/guardCost.ts";
import { guardNesting } from "../graph/guardNesting.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { authenticate } from "./authenticate.ts";
import { errorReply, replyTo } from "./errorReply.ts";

type Scope = ReturnType<typeof scopeOf>;

/** What `src/graph/` gives: the schema, and what stands around each question. */
export type Graph<Context extends BaseContext> = Readonly<{
  schema: GraphQLSchema;
  /** The context gets a `signal` beside what is made here, aborted once the client has gone. */
  makeContext: (scope: Scope) => Context | Promise<Context>;
  /** `log` gets what no client may read. */
  makeFormatError: (
    log: (error: unknown) => void,
  ) => (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  plugins: readonly ApolloServerPlugin<Context>[];
  parseOptions: ParseOptions;
}>;

/** Adds the route; gives back the Apollo Server, started, for whoever stops it. */
export async function graphRoute<Context extends BaseContext>(
  app: FastifyInstance,
  {
    graph,
    policy,
    authSecret,
    production,
  }: { graph: Graph<Context>; policy: Policy; authSecret: string; production: boolean },
): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema: graph.schema,
    formatError: graph.makeFormatError((error) => app.log.error(error)),
    parseOptions: graph.parseOptions,
    plugins: [
      ...graph.plugins,
      // the landing page loads from a CDN; the others would call home if a variable in the environment said so
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
    maxRecursiveSelections: mostSelections,
    introspection: !production,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: production ? "production" : "development",
    logger: app.log,
  });
  await apollo.start();

  const scopes = new WeakMap<FastifyRequest, Scope>();
  app.route({
    method: ["GET", "POST"],
    url: "/graphql",
    exposeHeadRoute: false,
    onRequest: async (request) => {
      scopes.set(request, scopeOf(policy, await authenticate(request.headers.authorization, authSecret)));
    },
    handler: fastifyApolloHandler(apollo, {
      context: async (request, reply) => {
        const scope = scopes.get(request);
        if (!scope) throw new Error("A question came without a scope.");
        try {
          const text = textOf(request);
          if (text !== undefined) guardNesting(text);
          return Object.assign(await graph.makeContext(scope), { signal: clientGone(reply) });
        } catch (error) {
          throw withStatus(error);
        }
      },
    }),
  });
  app.route({
    method: ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT"],
    url: "/graphql",
    handler: (_, reply) =>
      reply
        .code(405)
        .header("allow", "GET, POST")
        .send(errorReply(405, "BAD_USER_INPUT", "Ask with POST, or with GET for queries.").body),
  });
  return apollo;
}

/** The text of the question, where there is one: what is none is refused by Apollo Server. */
function textOf({ method, body, query }: FastifyRequest): string | undefined {
  const { query: text } = ((method === "GET" ? query : body) ?? {}) as { query?: unknown };
  return typeof text === "string" ? text : undefined;
}

/** Aborts when the connection closes before the answer is out. */
function clientGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) gone.abort();
  });
  if (raw.destroyed) gone.abort();
  return gone.signal;
}

/** Gives an error of ours its HTTP status on the way through Apollo. */
function withStatus(error: unknown): unknown {
  if (!(error instanceof Consumer360Error)) return error;
  const { status, body } = replyTo(error);
  const [{ message, extensions }] = body.errors;
  return new GraphQLError(message, { originalError: error, extensions: { ...extensions, http: { status } } });
}
