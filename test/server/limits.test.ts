// Rate and cost limits as a client meets them, over the real graph; and a policy that changes between two requests, or during one.
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { createServer, type Server } from "../../src/server/createServer.ts";
import { makeIdentify } from "../../src/server/identify.ts";
import { openGraph } from "../../src/server/openGraph.ts";
import { signToken } from "../../src/server/signToken.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { testAuth, testServerSecret } from "./demoServer.ts";

const policyWith = (...roles: string[]) =>
  parsePolicy(`roles:\n${roles.map((role) => `  ${role}\n`).join("")}`, "test.yaml");
const roleWith = (name: string, limits: string) =>
  `${name}: {countries: all, segments: all, customerLevel: true${limits === "" ? "" : `, limits: {${limits}}`}}`;

let warehouse: TestWarehouse;
let server: Server;
let policy: ReturnType<typeof policyWith>;
let hold: Promise<void>;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)));
});
afterAll(() => warehouse?.close());
beforeEach(async () => {
  hold = Promise.resolve();
  const graph = await openGraph(warehouse.read, testServerSecret);
  server = await createServer({
    config: { host: "127.0.0.1", port: 0, production: false, logLevel: "silent" },
    identify: makeIdentify({ auth: testAuth, findKey: async () => null }),
    policy: () => policy,
    graph: {
      ...graph,
      async makeContext(...given) {
        await hold;
        return graph.makeContext(...given);
      },
    },
    notReady: async () => null,
  });
});
afterEach(() => server.close());

async function ask(query: string, { role = "limited", subject = "anna" } = {}) {
  const token = await signToken(testAuth.secret, { role, subject, expiresIn: 600 });
  const reply = await server.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: `Bearer ${token}` },
    payload: { query },
  });
  const { data, errors = [] } = reply.json() as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  return { status: reply.statusCode, headers: reply.headers, data, errors, code: errors[0]?.extensions.code };
}
const me = "{ me { role } }";
const threeValues = "{ kpis { orders customers units } }";

describe("requests a minute", () => {
  beforeEach(() => {
    policy = policyWith(roleWith("limited", "requestsPerMinute: 2"), roleWith("free", ""));
  });

  test("beyond the bound it is 429 with Retry-After, before the body is read", async () => {
    expect((await ask(me)).status).toBe(200);
    expect((await ask(threeValues)).status).toBe(200);
    for (const query of [me, "not a document", "x".repeat(2 << 20)]) {
      const refused = await ask(query);
      expect([refused.status, refused.code]).toEqual([429, "RATE_LIMITED"]);
      expect(refused.headers["retry-after"]).toMatch(/^[1-5]?\d$|^60$/);
      expect(refused.errors[0]?.message).toMatch(
        /^Your role allows 2 requests a minute, and as many have been made\. Ask again in \d+ seconds?\.$/,
      );
    }
  });

  test("another asker, and a role without limits, are not held up", async () => {
    for (let nth = 0; nth < 3; nth += 1) await ask(me);
    expect((await ask(me)).status).toBe(429);
    expect((await ask(me, { subject: "bert" })).status).toBe(200);
    for (let nth = 0; nth < 5; nth += 1) expect((await ask(me, { role: "free" })).status).toBe(200);
  });
});

describe("cost a minute", () => {
  beforeEach(() => {
    policy = policyWith(roleWith("limited", "costPerMinute: 7"));
  });

  test("beyond the budget it is 429 with Retry-After; what was refused cost nothing", async () => {
    expect((await ask(threeValues)).data).toMatchObject({ kpis: { orders: expect.any(Number) } });
    const refused = await ask("{ kpis { orders customers units newCustomers grossRevenue } }");
    expect([refused.status, refused.code, refused.data]).toEqual([429, "RATE_LIMITED", undefined]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.errors[0]?.message).toMatch(
      /^The query may bring an estimated 5 values, and less is left of the 7 a minute that your role allows\. Ask again in \d+ seconds?\.$/,
    );
    expect((await ask(threeValues)).status).toBe(200);
    expect((await ask(me)).status).toBe(200);
    expect((await ask(me)).status).toBe(429);
  });

  test("a question above the whole budget is too costly, now and later", async () => {
    const refused = await ask("{ factSales(first: 100) { nodes { id amount } } }");
    expect([refused.status, refused.code]).toEqual([400, "QUERY_TOO_COSTLY"]);
    expect(refused.errors[0]?.message).toMatch(
      /^The query may bring an estimated \d+ values; your role allows 7 a minute\./,
    );
    expect(refused.headers["retry-after"]).toBeUndefined();
  });

  test("what is refused for another reason costs nothing", async () => {
    for (const query of ["{", "{ nobody }", `{ kpis { orders } __schema { queryType { name } } }`]) {
      expect((await ask(query)).status).toBe(400);
    }
    for (let nth = 0; nth < 2; nth += 1) expect((await ask(threeValues)).status).toBe(200);
  });
});

describe("a policy that changes", () => {
  test("counts from the next request on, its limits too", async () => {
    policy = policyWith(roleWith("limited", "requestsPerMinute: 1"));
    await ask(me);
    expect((await ask(me)).status).toBe(429);
    policy = policyWith(roleWith("limited", "requestsPerMinute: 2"));
    expect((await ask(me)).status).toBe(200);
    expect((await ask(me)).status).toBe(429);
    policy = policyWith("limited: {countries: [France], segments: all, customerLevel: false}");
    expect((await ask("{ me { countries } customers { totalCount } }")).code).toBe("FORBIDDEN");
    expect((await ask("{ me { countries } }")).data).toEqual({ me: { countries: ["France"] } });
    policy = policyWith(roleWith("other", ""));
    expect((await ask(me)).status).toBe(403);
  });

  test("does not reach a request that has begun", async () => {
    policy = policyWith(roleWith("limited", ""));
    let go: () => void = () => undefined;
    hold = new Promise((resolve) => {
      go = resolve;
    });
    const running = ask("{ me { countries customerLevel } }");
    await new Promise((resolve) => setTimeout(resolve, 50));
    policy = policyWith("limited: {countries: [France], segments: all, customerLevel: false}");
    go();
    expect((await running).data).toEqual({ me: { countries: null, customerLevel: true } });
  });
});
