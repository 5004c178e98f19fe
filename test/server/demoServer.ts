// A server of the demo policy over a test's warehouse, asked over HTTP with signed tokens; it counts the SQL statements of each question.
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { createServer } from "../../src/server/createServer.ts";
import { makeIdentify } from "../../src/server/identify.ts";
import type { Audit } from "../../src/server/openAudit.ts";
import { openGraph } from "../../src/server/openGraph.ts";
import { reasonNotReady } from "../../src/server/reasonNotReady.ts";
import { signToken } from "../../src/server/signToken.ts";
import type { ReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import type { TestWarehouse } from "../support/testWarehouse.ts";

const secret = "0123456789abcdef0123456789abcdef";
/** Tokens are checked with the secret above, and nothing else about them is asked. */
export const testAuth = Object.freeze({
  secret,
  jwksUrl: null,
  issuer: null,
  audience: null,
  clockSkew: 30,
  roleClaim: "role",
});
/** What cursors and made-up names are sealed with: the same for all servers of the tests. */
export const testServerSecret = Buffer.alloc(32, "test");

/** Whose token a question carries: a role and the countries that it claims. */
export type Asker = Readonly<{ role: string; countries?: readonly string[] }>;
export const admin: Asker = Object.freeze({ role: "admin" });
export const crm: Asker = Object.freeze({ role: "crm" });
export const managerOf = (...countries: string[]): Asker => ({ role: "country_manager", countries });

export type Reply = Readonly<{
  status: number;
  /** The answer, byte for byte. */
  body: string;
  data: Record<string, unknown> | null | undefined;
  errors: readonly { message: string; extensions: { code: string } }[];
  /** The codes of its errors. */
  codes: readonly string[];
  /** SQL statements behind it, where nothing else was asked meanwhile. */
  statements: number;
}>;

export type DemoServer = Readonly<{
  ask(asker: Asker, query: string, variables?: Record<string, unknown>): Promise<Reply>;
  /** The data of an answer without errors; the caller says what it looks like. */
  dataOf<Data>(asker: Asker, query: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Asks with this header, or with none. */
  askWith(authorization: string | undefined, query: string): Promise<Reply>;
  close(): Promise<void>;
}>;

/** `policyText`: a policy of the test's own; without it the demo's. `audit` gets a record of every question. */
export async function makeDemoServer(
  warehouse: TestWarehouse,
  { policyText, audit = null }: { policyText?: string; audit?: Pick<Audit, "record"> | null } = {},
): Promise<DemoServer> {
  const demoPolicy = fileURLToPath(new URL("../../policy/demo.yaml", import.meta.url));
  const policy = policyText === undefined ? await loadPolicy(demoPolicy) : parsePolicy(policyText, "test.yaml");
  let statements = 0;
  const counted: ReadWarehouse = {
    ...warehouse.read,
    read(...args) {
      statements += 1;
      return warehouse.read.read(...args);
    },
    readPublished(...args) {
      statements += 1;
      return warehouse.read.readPublished(...args);
    },
  };
  const server = await createServer({
    config: { host: "127.0.0.1", port: 0, production: false, logLevel: "silent" },
    identify: makeIdentify({ auth: testAuth, findKey: async () => null }),
    policy: () => policy,
    graph: await openGraph(counted, testServerSecret),
    notReady: () => reasonNotReady(warehouse.read),
    audit,
  });
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = ({ role, countries }: Asker) => {
    const key = JSON.stringify([role, countries]);
    const token =
      tokens.get(key) ?? signToken(secret, { role, claims: countries ? { countries } : {}, expiresIn: 600 });
    tokens.set(key, token);
    return token;
  };

  async function askWith(
    authorization: string | undefined,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Reply> {
    const before = statements;
    const { statusCode, body } = await server.app.inject({
      method: "POST",
      url: "/graphql",
      headers: authorization === undefined ? {} : { authorization },
      payload: { query, variables },
    });
    const { data, errors = [] } = JSON.parse(body) as Pick<Reply, "data"> & Partial<Pick<Reply, "errors">>;
    const codes = errors.map(({ extensions }) => extensions.code);
    return { status: statusCode, body, data, errors, codes, statements: statements - before };
  }
  const ask: DemoServer["ask"] = async (asker, query, variables) =>
    askWith(`Bearer ${await tokenOf(asker)}`, query, variables);

  return {
    ask,
    askWith,
    async dataOf<Data>(...question: Parameters<DemoServer["ask"]>) {
      const { data, errors } = await ask(...question);
      expect(errors).toEqual([]);
      return data as Data;
    },
    close: () => server.close(),
  };
}
