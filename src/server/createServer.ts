// The HTTP server: the graph, the health of what stands behind it, and one shape for every refusal. Listens when told, stops when told.
import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import type { BaseContext } from "@apollo/server";
import { type FastifyError, type FastifyInstance, type FastifyRequest, fastify } from "fastify";
import type { Policy } from "../access/policy.ts";
import type { AnswerCache } from "./answerCache.ts";
import { portError } from "./ensurePortFree.ts";
import { errorReply, headerKiB, replyTo } from "./errorReply.ts";
import { KeysUnavailable } from "./fetchKeys.ts";
import { formatLogLine } from "./formatLogLine.ts";
import { type Graph, graphRoute } from "./graphRoute.ts";
import type { Identify } from "./identity.ts";
import { indexPage } from "./indexPage.ts";
import { AskedTooMuch } from "./limitAskers.ts";
import { metricsRoute } from "./metricsRoute.ts";
import { onceSent } from "./onceSent.ts";
import type { Audit } from "./openAudit.ts";
import type { Stream } from "./openLog.ts";
import { type Config, defaultStreams } from "./readConfig.ts";
import type { StreamLimits } from "./streamRows.ts";

export type Server = Readonly<{
  /** For tests, which ask without a socket. */
  app: FastifyInstance;
  /** Begins to listen; gives back where, such as `http://127.0.0.1:4000`. Throws PORT_TAKEN. */
  listen(): Promise<string>;
  /** Answers what was asked, refuses what comes, and is done within a few seconds. */
  close(): Promise<void>;
}>;

/** Milliseconds that running questions get to finish once the server stops. */
const patience = 4000;

/** Milliseconds for which a key server that is away is not complained of again: every request meets it. */
const oncePer = 60_000;

const json = "application/json; charset=utf-8";
const headers = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

export async function createServer<Context extends BaseContext>({
  config,
  identify,
  policy,
  graph,
  notReady,
  audit = null,
  answers = null,
  log = process.stderr,
  streams = defaultStreams,
}: {
  config: Pick<Config, "host" | "port" | "production" | "logLevel">;
  identify: Identify;
  /** The policy in force: asked for at every request. */
  policy: () => Policy;
  graph: Graph<Context>;
  /** Why nothing can be asked yet; null where it can. */
  notReady: () => Promise<string | null>;
  /** Gets a record of every request to the graph; null: none is kept. */
  audit?: Pick<Audit, "record"> | null;
  /** Keeps answers that may be given again; null: every question is asked anew. */
  answers?: AnswerCache | null;
  log?: Stream;
  /** How many rows may leave outside of GraphQL at once, and how slowly. */
  streams?: StreamLimits;
}): Promise<Server> {
  let closing: Promise<void> | undefined;
  const running = new Set<object>();
  const app = fastify({
    bodyLimit: 1 << 20,
    requestTimeout: 30_000,
    // tokens with long claims
    http: { maxHeaderSize: headerKiB * 1024 },
    genReqId: nameRequests(),
    // what comes in on a connection that was open before is still answered, and the connection then closed
    return503OnClosing: false,
    logger: {
      level: config.logLevel,
      // machines read the log in production, people elsewhere
      stream: { write: (line: string) => void log.write(config.production ? line : formatLogLine(line)) },
      // without the query string: it may hold what was asked about whom
      serializers: { req: ({ method, url }) => ({ method, url: url.replace(/\?.*$/s, "") }) },
    },
    frameworkErrors: (error, _, reply) => {
      const { status, body } = replyTo(error);
      reply.raw
        .writeHead(status, { ...headers, "cache-control": "no-store", "content-type": json })
        .end(JSON.stringify(body));
    },
    clientErrorHandler: (error, socket) => {
      if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
      socket.end(rawReply(clientStatus[error.code] ?? 400));
    },
  });

  app.addHook("onRequest", (_, { raw }, done) => {
    running.add(raw);
    onceSent(raw, () => running.delete(raw));
    done();
  });
  app.addHook("onSend", (_, reply, _payload, done) => {
    reply.headers(headers);
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
    if (closing) reply.header("connection", "close");
    done();
  });
  let keysWereAway = Number.NEGATIVE_INFINITY;
  const sayKeysAreAway = ({ log: requestLog }: FastifyRequest, { message }: KeysUnavailable) => {
    if (performance.now() - keysWereAway < oncePer) return;
    keysWereAway = performance.now();
    requestLog.error(message);
  };
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, body } = replyTo(error);
    if (error.cause instanceof KeysUnavailable) sayKeysAreAway(request, error.cause);
    // 503: the warehouse is away
    else if (status >= 500) request.log.error(error);
    if (status === 401) reply.header("www-authenticate", "Bearer");
    if (error instanceof AskedTooMuch) reply.header("retry-after", error.retryAfter);
    return reply.code(status).type(json).send(body);
  });
  app.setNotFoundHandler((_, reply) =>
    reply.code(404).send(errorReply(404, "BAD_USER_INPUT", "There is nothing here; the graph is at /graphql.").body),
  );

  const apollo = await graphRoute(app, {
    graph,
    identify,
    policy,
    audit,
    answers,
    production: config.production,
    streams,
  });
  metricsRoute(app, { identify, policy, answers });
  const reasonNotReady = shared(notReady);
  app.get("/health/live", () => ({ status: "live" }));
  app.get("/health/ready", async (_, reply) => {
    const reason = closing ? "The server is stopping." : await reasonNotReady();
    return reason === null
      ? { status: "ready" }
      : reply.code(503).send(errorReply(503, "WAREHOUSE_UNAVAILABLE", reason).body);
  });
  app.get("/", (_, reply) => reply.type("text/plain; charset=utf-8").send(indexPage(originOf(app, config.host))));
  await app.ready();

  return Object.freeze({
    app,
    async listen() {
      try {
        await app.listen({ host: config.host, port: config.port });
      } catch (error) {
        throw portError(error, config);
      }
      return originOf(app, config.host);
    },
    close() {
      closing ??= drain();
      return closing;
    },
  });

  async function drain(): Promise<void> {
    const deadline = Date.now() + patience;
    // Node waits for connections that have asked nothing yet: only what is being answered is worth waiting for
    const impatience = setInterval(() => {
      if (running.size === 0 || Date.now() > deadline) app.server.closeAllConnections();
    }, 50);
    await app.close();
    clearInterval(impatience);
    await apollo.stop();
  }
}

/** Names that are also told apart from those of servers beside this one: random for the process, then counted. */
function nameRequests(): () => string {
  const ofProcess = randomBytes(4).toString("hex");
  let count = 0;
  return () => {
    count += 1;
    return `req-${ofProcess}${count.toString(16).padStart(8, "0")}`;
  };
}

/** One check for all who ask while it runs: probes cannot pile up on the warehouse. */
function shared<T>(check: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= check().finally(() => {
      running = undefined;
    });
    return running;
  };
}

/** Where this machine reaches the server. */
function originOf(app: FastifyInstance, host: string): string {
  const address = app.server.address() as AddressInfo | null;
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${address?.port ?? 0}`;
}

const clientStatus: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** The answer to bytes that are no HTTP request, for which there is no reply object. */
function rawReply(statusCode: number): string {
  const { status, body } = replyTo({ statusCode });
  const text = JSON.stringify(body);
  return [
    `HTTP/1.1 ${status} Bad Request`,
    `Content-Type: ${json}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
    "",
    text,
  ].join("\r\n");
}
