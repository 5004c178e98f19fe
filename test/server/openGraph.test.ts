// The whole way through, over HTTP: the demo policy, real tokens, the real graph, a real warehouse with the fixture shop in it.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { createServer, type Server } from "../../src/server/createServer.ts";
import { makeIdentify } from "../../src/server/identify.ts";
import { openGraph } from "../../src/server/openGraph.ts";
import { reasonNotReady } from "../../src/server/reasonNotReady.ts";
import { signToken } from "../../src/server/signToken.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { testAuth, testServerSecret } from "./demoServer.ts";

const fileOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let warehouse: TestWarehouse;
let server: Server;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  const policy = await loadPolicy(fileOf("policy/demo.yaml"));
  server = await createServer({
    config: { host: "127.0.0.1", port: 0, production: false, logLevel: "silent" },
    identify: makeIdentify({ auth: testAuth, findKey: async () => null }),
    policy: () => policy,
    graph: await openGraph(warehouse.read, testServerSecret),
    notReady: () => reasonNotReady(warehouse.read),
  });
});
afterAll(async () => {
  await server?.close();
  await warehouse?.close();
});

type Reply = { data?: Record<string, unknown> | null; errors?: { message: string; extensions: { code: string } }[] };

async function ask(role: string, query: string, claims: Record<string, unknown> = {}): Promise<Reply> {
  const token = await signToken(testAuth.secret, { role, claims, expiresIn: 60 });
  const reply = await server.app.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: `Bearer ${token}` },
    payload: { query },
  });
  return reply.json();
}

const france = { countries: ["France"] };

describe("before anything is published", () => {
  test("nothing is ready, and a question says so", async () => {
    const health = await server.app.inject("/health/ready");
    expect([health.statusCode, health.json()]).toEqual([
      503,
      { errors: [{ message: "Nothing has been published yet.", extensions: { code: "WAREHOUSE_UNAVAILABLE" } }] },
    ]);
    const reply = await ask("admin", "{ kpis { orders } }");
    expect(reply.errors?.map(({ extensions }) => extensions.code)).toEqual(["WAREHOUSE_UNAVAILABLE"]);
    expect((await ask("admin", "{ me { role } }")).data).toEqual({ me: { role: "admin" } });
  });
});

describe("with the shop", () => {
  beforeAll(() => warehouse.load(fileOf("test/fixtures/shop.csv")));

  test("it is ready", async () => {
    expect((await server.app.inject("/health/ready")).statusCode).toBe(200);
  });

  test("each demo role sees what the policy gives it", async () => {
    const query = "{ kpis { grossRevenue customers } dataset { account { read } } }";
    expect((await ask("admin", query)).data).toEqual({
      kpis: { grossRevenue: "2740.238", customers: 19 },
      dataset: { account: { read: 199 } },
    });
    for (const role of ["executive", "analyst"]) {
      expect((await ask(role, query)).data).toEqual({
        kpis: { grossRevenue: "2740.238", customers: 19 },
        dataset: { account: null },
      });
    }
    expect((await ask("crm", "{ customer(id: 12001) { id } churn: customer(id: 12008) { id } }")).data).toEqual({
      customer: null,
      churn: { id: "12008" },
    });
    expect((await ask("country_manager", "{ me { countries } revenueByCountry { country } }", france)).data).toEqual({
      me: { countries: ["France"] },
      revenueByCountry: [{ country: "France" }],
    });
  });

  test("a claim that is missing or malformed shows nothing", async () => {
    const query = "{ me { countries } kpis { grossRevenue orders } revenueByCountry { country } }";
    for (const claims of [{}, { countries: "France" }, { countries: [1] }, { countries: [] }]) {
      expect((await ask("country_manager", query, claims)).data).toEqual({
        me: { countries: [] },
        kpis: { grossRevenue: "0", orders: 0 },
        revenueByCountry: [],
      });
    }
  });

  test("what lies outside the scope is refused in the same words, whether it exists or not", async () => {
    const about = (country: string) => `{ kpis(where: { country: { eq: "${country}" } }) { orders } }`;
    const hidden = await ask("country_manager", about("Germany"), france);
    const unknown = await ask("country_manager", about("Atlantis"), france);
    expect(hidden.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    expect(unknown).toEqual(hidden);
    const level = await ask("executive", "{ customers(first: 1) { totalCount } }");
    expect(level.errors?.[0]).toMatchObject({
      message: hidden.errors?.[0]?.message,
      extensions: { code: "FORBIDDEN" },
    });
  });

  test("a short document that would come to millions of objects is refused at once", async () => {
    const level = (nth: number) =>
      `fragment F${nth} on RevenueByMonth { ${nth === 9 ? "month" : [..."abcdefg"].map((alias) => `${alias}: previous { ...F${nth + 1} }`).join(" ")} }`;
    const fragments = Array.from({ length: 10 }, (_, nth) => level(nth)).join(" ");
    const began = performance.now();
    const attack = `{ revenueByMonth(from: "2011-10", to: "2011-10") { ...F0 } } ${fragments}`;
    expect((await ask("admin", attack)).errors?.[0]?.extensions.code).toBe("QUERY_TOO_COSTLY");
    expect(performance.now() - began).toBeLessThan(1_000);
    const many = Array.from(
      { length: 500 },
      (_, nth) => `a${nth}: kpis(where: { product: { eq: "${nth}" } }) { customers }`,
    );
    expect((await ask("admin", `{ ${many.join(" ")} }`)).errors?.[0]?.message).toContain(
      "500 questions; the bound is 30",
    );
  });

  test("200 questions at once, of different roles, each get their own answer", async () => {
    const query = "{ me { role scopeFingerprint } kpis { grossRevenue } }";
    const askers: [string, Record<string, unknown>][] = [
      ["admin", {}],
      ["crm", {}],
      ["country_manager", france],
      ["country_manager", { countries: ["Germany"] }],
      ["country_manager", {}],
    ];
    const alone = await Promise.all(askers.map(([role, claims]) => ask(role, query, claims)));
    expect(new Set(alone.map((reply) => JSON.stringify(reply))).size).toBe(askers.length);
    const together = await Promise.all(
      Array.from({ length: 200 }, (_, nth) => ask(...at(askers, nth % askers.length, query))),
    );
    together.forEach((reply, nth) => {
      expect(reply).toEqual(alone[nth % askers.length]);
    });
  });
});

function at(askers: [string, Record<string, unknown>][], nth: number, query: string) {
  const [role, claims] = askers[nth] ?? ["", {}];
  return [role, query, claims] as const;
}
