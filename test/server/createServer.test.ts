// The server's manners over HTTP: who is let in, what every refusal looks like, health, and a clean end. The schema is a stand-in,
// since none of this depends on what is asked; what the real graph answers is tested in test/graph.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { buildSchema } from "graphql";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { makeFormatError } from "../../src/graph/formatError.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createServer, type Server } from "../../src/server/createServer.ts";
import type { Graph } from "../../src/server/graphRoute.ts";
import { makeIdentify } from "../../src/server/identify.ts";
import type { Identify } from "../../src/server/identity.ts";
import { signToken } from "../../src/server/signToken.ts";
import { testAuth } from "./demoServer.ts";

type Context = { role: string; countries: readonly string[] | null; signal?: AbortSignal };

const { secret } = testAuth;
const policy = parsePolicy(
  `roles:
  admin: {countries: all, segments: all, customerLevel: true}
  manager: {countries: $claims.countries, segments: all, customerLevel: true}`,
  "test.yaml",
);

function standIn({ contextError }: { contextError?: unknown } = {}): Graph<Context> {
  const schema = buildSchema("type Query { role: String! countries: [String!] slow: String! }");
  const resolvers: Record<string, (parent: unknown, args: unknown, context: Context) => unknown> = {
    role: (_, __, { role }) => role,
    countries: (_, __, { countries }) => countries,
    slow: (_, __, { signal }) => {
      begun(signal);
      return sleep(300, "done");
    },
  };
  for (const [name, field] of Object.entries(schema.getQueryType()?.getFields() ?? {})) {
    Object.assign(field, { resolve: resolvers[name] });
  }
  return {
    schema,
    makeContext: ({ role, countries }) => {
      if (contextError !== undefined) throw contextError;
      return { role, countries };
    },
    makeFormatError,
    plugins: [],
    parseOptions: {},
  };
}

let server: Server;
let begun: (signal: AbortSignal | undefined) => void;
let notReady: string | null;
let logged: string;
let bearer: string;
type Options = {
  production?: boolean;
  contextError?: unknown;
  logLevel?: "info" | "silent";
  identify?: Identify;
};
async function open(options: Options = {}) {
  const { production = false, logLevel = "silent" } = options;
  const { identify = makeIdentify({ auth: testAuth, findKey: async () => null }) } = options;
  return createServer({
    config: { host: "127.0.0.1", port: 0, production, logLevel },
    identify,
    policy: () => policy,
    graph: standIn(options),
    notReady: async () => notReady,
    log: {
      write(text) {
        logged += text;
      },
    },
  });
}

beforeEach(async () => {
  notReady = null;
  logged = "";
  bearer = `Bearer ${await signToken(secret, { role: "admin", expiresIn: 60 })}`;
  server = await open();
});
afterEach(() => server.close());

async function reopen(options: Parameters<typeof open>[0]) {
  await server.close();
  server = await open(options);
}

const post = (payload: unknown, headers: Record<string, string> = {}) =>
  server.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: bearer, "content-type": "application/json", ...headers },
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
  });

function expectRefusal(
  reply: { statusCode: number; headers: Record<string, unknown>; json: () => unknown },
  status: number,
  code: string,
) {
  expect({ status: reply.statusCode, body: reply.json() }).toEqual({
    status,
    body: { errors: [{ message: expect.stringMatching(/^[A-Z].*\.$/), extensions: { code } }] },
  });
  expect(reply.headers["content-type"]).toMatch(/^application\/(graphql-response\+)?json/);
  expect(reply.headers["x-content-type-options"]).toBe("nosniff");
}

describe("the graph over HTTP", () => {
  test("answers a question under the scope of its token", async () => {
    const token = await signToken(secret, { role: "manager", claims: { countries: ["France"] }, expiresIn: 60 });
    const reply = await post({ query: "{ role countries }" }, { authorization: `Bearer ${token}` });
    expect(reply.json()).toEqual({ data: { role: "manager", countries: ["France"] } });
    expect(reply.headers["cache-control"]).toBe("no-store");
  });

  test("answers GET, where the request could not have been forged by a page", async () => {
    const ask = (headers: Record<string, string>) =>
      server.app.inject({ url: "/graphql?query=%7Brole%7D", headers: { authorization: bearer, ...headers } });
    expect((await ask({ "apollo-require-preflight": "1" })).json()).toEqual({ data: { role: "admin" } });
    const bare = await ask({});
    expect(bare.statusCode).toBe(400);
    expect(bare.body).toContain("CSRF");
  });

  test.each<[string, string | undefined, RegExp]>([
    ["no token", undefined, /^A token or an API key is required/],
    ["garbage", "Bearer garbage", /^What follows Bearer is neither a token nor an API key\.$/],
    [
      "a forged token",
      "Bearer eyJhbGciOiJub25lIn0.e30.AAAA",
      /^The token is not valid\. .* Make a new one: npx consumer360 token --role NAME\.$/,
    ],
  ])("with %s is 401 before the body is read", async (_, authorization, message) => {
    const headers = { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) };
    for (const payload of [`{"query":"{ role }"}`, "{{{", "x".repeat(2 << 20)]) {
      const reply = await server.app.inject({ method: "POST", url: "/graphql", headers, payload });
      expectRefusal(reply, 401, "UNAUTHENTICATED");
      expect(reply.json().errors[0].message).toMatch(message);
      expect(reply.headers["www-authenticate"]).toBe("Bearer");
    }
    expectRefusal(await server.app.inject({ url: "/graphql?query=%7Brole%7D", headers }), 401, "UNAUTHENTICATED");
  });

  test("with a header of credentials that was sent twice is 401, whichever line is good", async () => {
    const { hostname, port } = new URL(await server.listen());
    const lines = (...headers: string[]) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), hostname);
        let text = "";
        socket.on("data", (chunk) => {
          text += chunk;
        });
        socket.on("error", reject).on("end", () => resolve(text));
        socket.write(
          `${["GET /graphql?query=%7Brole%7D HTTP/1.1", "Host: x", "Apollo-Require-Preflight: 1", "Connection: close", ...headers].join("\r\n")}\r\n\r\n`,
        );
      });
    expect(await lines(`Authorization: ${bearer}`)).toMatch(/^HTTP\/1\.1 200 .*"role":"admin"/s);
    for (const twice of [
      [`Authorization: ${bearer}`, "Authorization: Bearer a.b.c"],
      [`Authorization: ${bearer}`, `authorization: ${bearer}`],
      ["X-Api-Key: c360_a_b", "X-Api-Key: c360_a_b"],
    ]) {
      expect(await lines(...twice)).toMatch(/^HTTP\/1\.1 401 .*must be sent once/s);
    }
  });

  test("complains of a key server that is away once a minute, in one line", async () => {
    await server.close();
    const auth = { ...testAuth, secret: null, jwksUrl: "http://127.0.0.1:1/keys", issuer: "i", audience: "a" };
    server = await open({ logLevel: "info", identify: makeIdentify({ auth, findKey: async () => null }) });
    const token = `Bearer ${Buffer.from('{"alg":"RS256"}').toString("base64url")}.e30.AAAA`;
    vi.useFakeTimers({ toFake: ["performance"] });
    try {
      const complaints = async () => {
        expectRefusal(await post({ query: "{ role }" }, { authorization: token }), 401, "UNAUTHENTICATED");
        return logged.split("\n").filter((line) => line.includes(" error "));
      };
      const [first] = await complaints();
      expect(first).toMatch(/ error req-\w+ The keys of tokens cannot be had from http:\/\/127\.0\.0\.1:1\/keys: .*$/);
      expect(await complaints()).toEqual([first]);
      expect(logged).not.toMatch(/^ {4}at /m);
      vi.advanceTimersByTime(60_001);
      expect(await complaints()).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  test("with a genuine token of a role that is not there is 403", async () => {
    const token = await signToken(secret, { role: "ghost", expiresIn: 60 });
    const reply = await post({ query: "{ role }" }, { authorization: `Bearer ${token}` });
    expectRefusal(reply, 403, "FORBIDDEN");
    expect(reply.body).not.toContain("ghost");
  });

  test("refuses several questions in one request", async () => {
    const reply = await post([{ query: "{ role }" }, { query: "{ countries }" }]);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().data).toBeUndefined();
  });

  test("refuses a body that is not JSON, too large, or of another type", async () => {
    expectRefusal(await post("{{{"), 400, "BAD_USER_INPUT");
    expectRefusal(await post(`{"__proto__":{"query":"{ role }"}}`), 400, "BAD_USER_INPUT");
    expectRefusal(await post({ query: `{ role } #${"x".repeat(1 << 20)}` }), 413, "BAD_USER_INPUT");
    expectRefusal(await post("a=1", { "content-type": "application/x-www-form-urlencoded" }), 415, "BAD_USER_INPUT");
    expect((await post("{ role }", { "content-type": "text/plain" })).body).toContain("CSRF");
  });

  test("refuses a method or a Host that it does not know", async () => {
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS"] as const) {
      const reply = await server.app.inject({ method, url: "/graphql" });
      expectRefusal(reply, 405, "BAD_USER_INPUT");
      expect(reply.headers.allow).toBe("GET, POST");
    }
    expectRefusal(await post({ query: "{ role }" }, { host: "a b" }), 400, "BAD_USER_INPUT");
  });

  test("refuses what nests too deep to be read, or spreads its fragments too often, in its own words", async () => {
    const nested = `{ role(x: ${"[".repeat(4_000)}`;
    expectRefusal(await post({ query: nested }), 400, "QUERY_TOO_COSTLY");
    const get = await server.app.inject({
      url: `/graphql?query=${encodeURIComponent(nested)}`,
      headers: { authorization: bearer, "apollo-require-preflight": "1" },
    });
    expectRefusal(get, 400, "QUERY_TOO_COSTLY");
    const levels = Array.from(
      { length: 15 },
      (_, nth) => `fragment F${nth} on Query { ...F${nth + 1} ...F${nth + 1} }`,
    );
    const spread = `{ ...F0 } ${levels.join(" ")} fragment F15 on Query { role }`;
    const reply = await post({ query: spread });
    expectRefusal(reply, 400, "QUERY_TOO_COSTLY");
    expect(reply.json().errors[0].message).toMatch(/^The query comes to more than 20,000 selections/);
  });

  test("does not suggest names", async () => {
    expect((await post({ query: "{ rol }" })).body).not.toContain("Did you mean");
  });

  test("shows its schema, except in production", async () => {
    const query = "{ __schema { queryType { name } } }";
    expect((await post({ query })).json().data.__schema.queryType.name).toBe("Query");
    await reopen({ production: true });
    expect((await post({ query })).json().errors[0]).toMatchObject({
      message: "Introspection is off in production; the schema is in schema/schema.graphql.",
      extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
    });
  });

  test("has no page of its own for browsers", async () => {
    const reply = await server.app.inject({ url: "/graphql", headers: { accept: "text/html", authorization: bearer } });
    expect(reply.headers["content-type"]).not.toContain("html");
  });

  test.each<[string, unknown, number, string]>([
    [
      "nothing is published",
      new Consumer360Error("WAREHOUSE_NOT_READY", "Nothing has been published yet."),
      503,
      "WAREHOUSE_UNAVAILABLE",
    ],
    [
      "the warehouse is away",
      new Consumer360Error("WAREHOUSE_UNAVAILABLE", "The warehouse does not answer."),
      503,
      "WAREHOUSE_UNAVAILABLE",
    ],
    ["a setting of ours is wrong", new Consumer360Error("CONFIG_INVALID", "The password is wrong."), 500, "INTERNAL"],
  ])("says so where %s", async (_, contextError, status, code) => {
    await reopen({ contextError });
    const reply = await post({ query: "{ role }" });
    expectRefusal(reply, status, code);
    expect(reply.body).not.toContain("password");
  });
});

describe("beside the graph", () => {
  test("an unknown path is 404 in the same shape", async () => {
    expectRefusal(await server.app.inject("/nothing"), 404, "BAD_USER_INPUT");
    expectRefusal(await server.app.inject({ method: "POST", url: "/health/live" }), 404, "BAD_USER_INPUT");
    expectRefusal(await server.app.inject("/%zz"), 400, "BAD_USER_INPUT");
  });

  test("health: live at once, ready only where something can be asked", async () => {
    notReady = "The load has not finished.";
    expect((await server.app.inject("/health/live")).statusCode).toBe(200);
    const waiting = await server.app.inject("/health/ready");
    expectRefusal(waiting, 503, "WAREHOUSE_UNAVAILABLE");
    expect(waiting.body).toContain("The load has not finished.");
    notReady = null;
    const ready = await server.app.inject("/health/ready");
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: "ready" }]);
  });

  test("the front page says what this is, loads nothing and gives away no token", async () => {
    const page = await server.app.inject("/");
    expect([page.statusCode, page.headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(page.body).toContain("npx consumer360 token --role");
    // the question is the README's: what is shown to a newcomer twice is shown alike
    const [, question = "not found"] = /-d '(\{.*\})'/.exec(page.body) ?? [];
    expect(readFileSync(new URL("../../README.md", import.meta.url), "utf8")).toContain(question);
    expect(page.body).not.toMatch(/eyJ/);
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("the log holds no question and no token", async () => {
    await reopen({ logLevel: "info" });
    await server.app.inject({ url: "/graphql?query=secretquestion", headers: { authorization: bearer } });
    expect(logged).toMatch(/info req-\w+ incoming request GET \/graphql\n/);
    expect(logged).not.toMatch(/secretquestion|eyJ/);
    // for people here, for machines in production
    logged = "";
    await reopen({ logLevel: "info", production: true });
    await server.app.inject("/health/live");
    for (const line of logged.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("level", 30);
  });
});

describe("listening and stopping", () => {
  test("bytes that are no HTTP get the same shape", async () => {
    const { port } = new URL(await server.listen());
    const answerTo = async (bytes: string) => {
      const socket = connect(Number(port), "127.0.0.1");
      let answer = "";
      socket.on("data", (chunk) => {
        answer += chunk;
      });
      socket.write(bytes);
      await once(socket, "close");
      return answer;
    };
    expect(await answerTo("nonsense\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*"code":"BAD_USER_INPUT"/s);
    const withHeaders = (bytes: number) =>
      answerTo(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ${"x".repeat(bytes)}\r\n\r\n`);
    expect(await withHeaders(60_000)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await withHeaders(70_000)).toMatch(/^HTTP\/1\.1 431 .*up to 64 KiB.*"code":"BAD_USER_INPUT"/s);
  });

  test("a request learns that its client has gone, and of no other end", async () => {
    const origin = await server.listen();
    const askSlowly = async (leave?: AbortSignal) => {
      const slow = new Promise<AbortSignal | undefined>((resolve) => {
        begun = resolve;
      });
      const reply = fetch(`${origin}/graphql`, {
        method: "POST",
        headers: { authorization: bearer, "content-type": "application/json" },
        body: JSON.stringify({ query: "{ slow }" }),
        ...(leave && { signal: leave }),
      }).then((response) => response.json());
      return { signal: await slow, reply };
    };
    const patient = await askSlowly();
    expect(await patient.reply).toEqual({ data: { slow: "done" } });
    const leave = new AbortController();
    const gone = await askSlowly(leave.signal);
    expect(gone.signal?.aborted).toBe(false);
    leave.abort();
    await expect(gone.reply).rejects.toThrow();
    await expect.poll(() => gone.signal?.aborted).toBe(true);
    expect(patient.signal?.aborted).toBe(false);
  });

  test("requests of a connection that is gone are forgotten, also those behind others, and hold no stop up", async () => {
    const { port } = new URL(await server.listen());
    const socket = connect(Number(port), "127.0.0.1");
    await once(socket, "connect");
    socket.write(`GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n${"GET /x HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500)}`);
    await sleep(4);
    socket.resetAndDestroy();
    await sleep(200);
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test("a taken port is PORT_TAKEN", async () => {
    const origin = await server.listen();
    const second = await createServer({
      config: { host: "127.0.0.1", port: Number(new URL(origin).port), production: false, logLevel: "silent" },
      identify: makeIdentify({ auth: testAuth, findKey: async () => null }),
      policy: () => policy,
      graph: standIn(),
      notReady: async () => null,
    });
    await expect(second.listen()).rejects.toMatchObject({ code: "PORT_TAKEN" });
    await second.close();
  });

  test("what is running is answered, what comes is refused, and idle connections do not hold it up", async () => {
    const origin = await server.listen();
    const idle = connect(Number(new URL(origin).port), "127.0.0.1");
    await once(idle, "connect");
    const slow = new Promise((resolve) => {
      begun = resolve;
    });
    const running = fetch(`${origin}/graphql`, {
      method: "POST",
      headers: { authorization: bearer, "content-type": "application/json" },
      body: JSON.stringify({ query: "{ slow }" }),
    });
    await slow;
    const began = Date.now();
    const closed = server.close();
    expect(await (await running).json()).toEqual({ data: { slow: "done" } });
    await closed;
    expect(Date.now() - began).toBeLessThan(2000);
    await expect(fetch(`${origin}/health/live`)).rejects.toThrow();
    idle.destroy();
  });
});
