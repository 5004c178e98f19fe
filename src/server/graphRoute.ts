// `/graphql`: who asks is settled before a byte of the question is read; then Apollo Server answers under that scope.
import { ApolloServer, type ApolloServerPlugin, type BaseContext } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema, type ParseOptions } from "graphql";
import type { Limits, Policy } from "../access/policy.ts";
import { limitsOf, scopeOf } from "../access/scopeOf.ts";
import type { Bulk, BulkRows } from "../graph/bulk/BulkRows.ts";
import { mostSelections } from "../graph/guardCost.ts";
import { guardNesting } from "../graph/guardNesting.ts";
import { guardVariables } from "../graph/guardVariables.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import type { AnswerCache } from "./answerCache.ts";
import { type Asking, answerGraph, goneOf, sentReader } from "./answerGraph.ts";
import { askApollo } from "./askApollo.ts";
import { auditRequests } from "./auditRequests.ts";
import { errorReply, replyTo } from "./errorReply.ts";
import { headersOf, type Identify, type Identity, type Scope } from "./identity.ts";
import { keepDocuments } from "./keptDocuments.ts";
import { AskedTooMuch, limitAskers } from "./limitAskers.ts";
import { noteOutcome, type Outcome } from "./noteOutcome.ts";
import type { Audit } from "./openAudit.ts";
import { openPersistedDocuments } from "./persistedDocuments.ts";
import { persistedHash, type Sent } from "./readQuestion.ts";
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
    answers,
    production,
    streams: streamLimits,
  }: {
    graph: Graph<Context>;
    identify: Identify;
    policy: () => Policy;
    audit: Pick<Audit, "record"> | null;
    /** Null: every question is asked anew. */
    answers: AnswerCache | null;
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
      noteOutcome(),
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
    documentStore: keepDocuments(),
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: production ? "production" : "development",
    logger: app.log,
  });
  await apollo.start();

  const askers = new WeakMap<FastifyRequest, Asker>();
  const askerOf = askersUnder(policy);
  const limiter = limitAskers();
  const documents = openPersistedDocuments();
  const bulks = new WeakMap<FastifyRequest, Bulk>();
  const streams = openStreams(streamLimits);
  /** What the work throws can mean nothing but this. */
  const noting = <T>(request: FastifyRequest, reason: Reason, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      noted.refused(request, reason);
      throw error;
    }
  };
  const admit = (request: FastifyRequest, reply: FastifyReply, identity: Identity): void => {
    noted.identified(request, identity);
    const asker = noting(request, "no such role", () => askerOf(identity));
    noted.scoped(request, asker.scope);
    noting(request, "limit of requests", () => limiter.countRequest(asker.name, asker.limits));
    askers.set(request, asker);
    // of a client that has gone meanwhile the body would never end
    if (reply.raw.destroyed)
      throw new Consumer360Error("BAD_USER_INPUT", "The request was given up before it was read.");
  };
  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: () => void): Promise<void> | undefined => {
    const identity = identify(headersOf(request));
    if (identity instanceof Promise) {
      const refuse = (error: Error) => {
        noted.refused(request, error);
        throw error;
      };
      return identity.then((found) => admit(request, reply, found), refuse);
    }
    admit(request, reply, identity);
    done();
    return undefined;
  };

  const makeContext = async (
    request: FastifyRequest,
    asker: Asker,
    { query, variables }: Sent,
    signal: AbortSignal,
    outcome: Outcome,
  ) => {
    try {
      if (typeof query === "string") guardNesting(query);
      guardVariables(variables);
      const spend = ({ values }: { readonly values: number }) => {
        noting(request, "limit of cost", () => limiter.countCost(asker.name, asker.limits, values));
        outcome.values = values;
      };
      const context = await graph.makeContext(asker.scope, spend, asker.name.subject);
      noted.asking(request, context);
      const bulk = bulks.get(request);
      return Object.assign(context, { signal }, bulk && { bulk });
    } catch (error) {
      throw withStatus(error);
    }
  };
  const askerOfRequest = (request: FastifyRequest): Asker => {
    const asker = askers.get(request);
    if (!asker) throw new Error("A question came without a scope.");
    return asker;
  };
  const asking: Asking = {
    fingerprintOf: (request) => askerOfRequest(request).scope.fingerprint,
    charge(request, values) {
      const { name, limits } = askerOfRequest(request);
      try {
        limiter.countCost(name, limits, values);
        return true;
      } catch {
        return false;
      }
    },
    ask(request, { sent, signal, onUnfixed }) {
      const asker = askerOfRequest(request);
      return askApollo(apollo, request, {
        sent,
        fingerprint: asker.scope.fingerprint,
        documents,
        makeContext: (asked, outcome) => makeContext(request, asker, asked, signal, outcome),
        onUnfixed,
      });
    },
    tell: noted.tell,
    answered: noted.answered,
  };
  /** The document was in order, and its first rows are read. */
  function stream(rows: BulkRows, format: StreamFormat, request: FastifyRequest, reply: FastifyReply): void {
    const { snapshotId } = rows.facts;
    noted.streamed(request, { snapshotId, codes: [] });
    streams.send(rows, format, reply, (why) => {
      if (why instanceof Stalled) return noted.refused(request, "reader stalled");
      // whoever has gone needs no reason, and gave up what was still asked
      if (reply.raw.destroyed) return;
      if (isFault(why)) app.log.error(why);
      noted.streamed(request, { snapshotId, codes: [replyTo(why).body.errors[0].extensions.code] });
    });
  }
  /** Rows are read anew each time: nothing of them is kept. */
  async function answerRows(request: FastifyRequest, reply: FastifyReply, format: StreamFormat, sent: Sent | null) {
    const { name, limits, scope } = askerOfRequest(request);
    if (request.raw.httpVersion === "1.0")
      throw new Consumer360Error(
        "BAD_USER_INPUT",
        "A stream needs HTTP/1.1, by which its end is told from its breaking off.",
        {
          remedy: "Ask with HTTP/1.1, or for JSON by pages.",
        },
      );
    noting(request, "limit of streams", () => streams.enter(name.subject, reply));
    const bulk = bulkFor(format, limits.costPerMinute !== null);
    bulks.set(request, bulk);
    acceptJson(request);
    const { status, headers, text } = await asking.ask(request, { sent, signal: goneOf(reply), onUnfixed: () => {} });
    if (bulk.rows) {
      // whoever has been answered may name the document by its hash
      if (typeof sent?.query === "string" && persistedHash(sent) !== null)
        documents.keep(scope.fingerprint, sent.query);
      return stream(bulk.rows, format, request, reply);
    }
    for (const [header, value] of headers) reply.header(header, value);
    reply.code(status).send(text);
  }
  await app.register(async (route) => {
    const answer = answerGraph(route, answers, asking);
    const readSent = sentReader(route);
    // whoever asks what was asked before is answered without its being read
    route.addContentTypeParser(
      "application/json",
      { parseAs: "buffer" },
      (_: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void) => done(null, body),
    );
    route.route({
      method: ["GET", "POST"],
      url: "/graphql",
      exposeHeadRoute: false,
      onRequest: [noted.begin, onRequest],
      onSend: noted.end,
      handler(request, reply) {
        const format = streamFormat(request.headers.accept);
        if (format === null) return answer(request, reply);
        readSent(request)
          .then((sent) => answerRows(request, reply, format, sent))
          .catch((error) => void reply.send(error));
      },
    });
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

type Asker = Readonly<{ scope: Scope; limits: Limits; name: Readonly<{ role: string; subject: string }> }>;

/**
 * One policy for scope and limits, and for all of a request: a changed one counts from the next request on. What a policy makes of an identity
 * is kept for as long as both are there.
 */
function askersUnder(policy: () => Policy): (identity: Identity) => Asker {
  const made = new WeakMap<Policy, WeakMap<Identity, Asker>>();
  return (identity) => {
    const current = policy();
    const ofPolicy = made.get(current) ?? new WeakMap<Identity, Asker>();
    made.set(current, ofPolicy);
    const { principal, credential, subject } = identity;
    const asker = ofPolicy.get(identity) ?? {
      scope: scopeOf(current, principal),
      limits: limitsOf(current, principal),
      // a token may call its subject what a key is called
      name: { role: principal.role, subject: `${credential} ${subject}` },
    };
    ofPolicy.set(identity, asker);
    return asker;
  };
}

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

/** Gives an error of ours its HTTP status on the way through Apollo. */
function withStatus(error: unknown): unknown {
  if (!(error instanceof Consumer360Error)) return error;
  const { status, body } = replyTo(error);
  const [{ message, extensions }] = body.errors;
  return new GraphQLError(message, { originalError: error, extensions: { ...extensions, http: { status } } });
}
