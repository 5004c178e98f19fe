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
import type { Limits, Policy } from "../access/policy.ts";
import { limitsOf, scopeOf } from "../access/scopeOf.ts";
import type { Bulk, BulkRows } from "../graph/bulk/BulkRows.ts";
import { mostSelections } from "../graph/guardCost.ts";
import { guardNesting } from "../graph/guardNesting.ts";
import { guardVariables } from "../graph/guardVariables.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { auditRequests } from "./auditRequests.ts";
import { errorReply, replyTo } from "./errorReply.ts";
import type { Headers, Identify, Identity, Scope } from "./identity.ts";
import { AskedTooMuch, limitAskers } from "./limitAskers.ts";
import type { Audit } from "./openAudit.ts";
import type { Reason } from "./refusal.ts";
import {
  acceptJson,
  bulkFor,
  isFault,
  openStreams,
  Stalled,
  type StreamFormat,
  type StreamLimits,
  streamFormat,
} from "./streamRows.ts";

/** What `src/graph/` gives: the schema, and what stands around each question. */
export type Graph<Context extends BaseContext> = Readonly<{
  schema: GraphQLSchema;
  /**
   * The context gets a `signal` beside what is made here, aborted once the client has gone. `spend` is to be told once what a question
   * will cost, before anything is asked for it, and throws where the asker may not ask as much. Connections are shared among subjects.
   */
  makeContext: (
    scope: Scope,
    spend: (cost: { readonly values: number }) => void,
    subject: string,
  ) => Context | Promise<Context>;
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
    identify,
    policy,
    audit,
    production,
    streams: streamLimits,
  }: {
    graph: Graph<Context>;
    identify: Identify;
    policy: () => Policy;
    audit: Pick<Audit, "record"> | null;
    production: boolean;
    streams: StreamLimits;
  },
): Promise<ApolloServer<Context>> {
  const noted = auditRequests<Context>(audit, graph.schema);
  const apollo = new ApolloServer<Context>({
    schema: graph.schema,
    formatError: graph.makeFormatError((error) => app.log.error(error)),
    parseOptions: graph.parseOptions,
    plugins: [
      ...graph.plugins,
      tellWhenToReturn,
      ...noted.plugins,
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

  const askers = new WeakMap<FastifyRequest, Asker>();
  const bulks = new WeakMap<FastifyRequest, Bulk>();
  const streams = openStreams(streamLimits);
  const limiter = limitAskers();
  /** What the work throws can mean nothing but this. */
  const noting = <T>(request: FastifyRequest, reason: Reason, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      noted.refused(request, reason);
      throw error;
    }
  };
  const askerOf = (request: FastifyRequest): Asker => {
    const asker = askers.get(request);
    if (!asker) throw new Error("A question came without a scope.");
    return asker;
  };
  const answer = fastifyApolloHandler(apollo, {
    context: async (request, reply) => {
      const asker = askerOf(request);
      try {
        const { query: text, variables } = questionOf(request);
        if (typeof text === "string") guardNesting(text);
        guardVariables(variables);
        const spend = ({ values }: { readonly values: number }) =>
          noting(request, "limit of cost", () => limiter.countCost(nameOf(asker), asker.limits, values));
        const context = await graph.makeContext(asker.scope, spend, nameOf(asker).subject);
        noted.asking(request, context);
        const bulk = bulks.get(request);
        return Object.assign(context, { signal: clientGone(reply) }, bulk && { bulk });
      } catch (error) {
        throw withStatus(error);
      }
    },
  });
  /** The document was in order, and its first rows are read. */
  function stream(rows: BulkRows, format: StreamFormat, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { snapshotId } = rows.facts;
    noted.streamed(request, { snapshotId, codes: [] });
    return streams.send(rows, format, reply, (why) => {
      if (why instanceof Stalled) return noted.refused(request, "reader stalled");
      // whoever has gone needs no reason, and gave up what was still asked
      if (reply.raw.destroyed) return;
      if (isFault(why)) app.log.error(why);
      noted.streamed(request, { snapshotId, codes: [replyTo(why).body.errors[0].extensions.code] });
    });
  }

  app.route({
    method: ["GET", "POST"],
    url: "/graphql",
    exposeHeadRoute: false,
    onRequest: [
      noted.begin,
      async (request, reply) => {
        const identity = await identify(headersOf(request)).catch((error) => {
          noted.refused(request, error);
          throw error;
        });
        noted.identified(request, identity);
        // one policy for both, and for all of the request: a changed one counts from the next request on
        const current = policy();
        const scope = noting(request, "no such role", () => scopeOf(current, identity.principal));
        noted.scoped(request, scope);
        const asker = { identity, scope, limits: limitsOf(current, identity.principal) };
        noting(request, "limit of requests", () => limiter.countRequest(nameOf(asker), asker.limits));
        askers.set(request, asker);
        // of a client that has gone meanwhile the body would never end
        if (reply.raw.destroyed)
          throw new Consumer360Error("BAD_USER_INPUT", "The request was given up before it was read.");
      },
    ],
    onSend: noted.end,
    handler: async (request, reply) => {
      const format = streamFormat(request.headers.accept);
      if (format === null) return answer.call(app, request, reply);
      const { identity, scope, limits } = askerOf(request);
      const { subject } = nameOf({ identity, scope });
      noting(request, "limit of streams", () => streams.enter(subject, reply));
      const bulk = bulkFor(format, limits.costPerMinute !== null);
      bulks.set(request, bulk);
      acceptJson(request);
      const refusal = await answer.call(app, request, reply);
      return bulk.rows ? stream(bulk.rows, format, request, reply) : refusal;
    },
  });
  app.route({
    method: ["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT"],
    url: "/graphql",
    onRequest: noted.begin,
    onSend: noted.end,
    handler: (_, reply) =>
      reply
        .code(405)
        .header("allow", "GET, POST")
        .send(errorReply(405, "BAD_USER_INPUT", "Ask with POST, or with GET for queries.").body),
  });
  return apollo;
}

/** Each line of a header: of two that may stand once Node keeps the first in silence. What is injected by a test has no lines. */
const headersOf = ({ raw, headers }: FastifyRequest): Headers => raw.headersDistinct ?? headers;

type Asker = Readonly<{ identity: Identity; scope: Scope; limits: Limits }>;

/** A token may call its subject what a key is called. */
const nameOf = ({ identity, scope }: Pick<Asker, "identity" | "scope">) => ({
  role: scope.role,
  subject: `${identity.credential} ${identity.subject}`,
});

/** Gives a question that was refused for its cost the status and the header that clients wait by. */
const tellWhenToReturn: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async willSendResponse({ errors, response }) {
        const refusal = errors
          ?.map(({ originalError }) => originalError)
          .find((error) => error instanceof AskedTooMuch);
        if (!refusal) return;
        response.http.status = replyTo(refusal).status;
        response.http.headers.set("retry-after", String(refusal.retryAfter));
      },
    };
  },
};

/** The question as it came; what is none is refused by Apollo Server. */
function questionOf({ method, body, query }: FastifyRequest): { query?: unknown; variables?: unknown } {
  return (method === "GET" ? query : body) ?? {};
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
