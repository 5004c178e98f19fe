// The demo's policy over the fixture shop as an attacker meets it: any request, and for each answer the statements that it took. Whatever
// the server logs as an error, and any INTERNAL, fails the tests, unless a test says that it expects it.
import { fileURLToPath } from "node:url";
import type { InjectOptions } from "fastify";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { loadPolicy } from "../../src/access/loadPolicy.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { createServer, type Server } from "../../src/server/createServer.ts";
import { makeIdentify } from "../../src/server/identify.ts";
import { makeApiKey } from "../../src/server/makeApiKey.ts";
import { openGraph } from "../../src/server/openGraph.ts";
import { reasonNotReady } from "../../src/server/reasonNotReady.ts";
import { signToken } from "../../src/server/signToken.ts";
import { type AccessRecords, openAccessRecords } from "../../src/warehouse/openAccessRecords.ts";
import type { ReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { type Asker, testAuth, testServerSecret } from "../server/demoServer.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

export type Answered = Readonly<{
  status: number;
  headers: Readonly<Record<string, unknown>>;
  body: string;
  data: Readonly<Record<string, unknown>> | null | undefined;
  errors: readonly Readonly<{ message: string; extensions: Readonly<{ code: string; remedy?: string }> }>[];
  codes: readonly string[];
  /** Texts of the statements behind it, where nothing else was asked meanwhile. */
  statements: readonly string[];
}>;

type Options = Readonly<{
  /** Roles of the test's own, beside those of the demo. */
  roles?: string;
  /** What stands between the server and the warehouse. */
  readBy?: (warehouse: TestWarehouse) => ReadWarehouse;
}>;

const demoPolicy = fileURLToPath(new URL("../../policy/demo.yaml", import.meta.url));

/** For one test file: a warehouse with names in it, and a server before it. */
export function useAttackedShop({ roles = "", readBy = ({ read }) => read }: Options = {}) {
  let warehouse: TestWarehouse;
  let base: ReadWarehouse | undefined;
  let records: AccessRecords;
  let server: Server;
  let statements: string[] = [];
  let faults = "";
  const tokens = new Map<string, Promise<string>>();

  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.load(shopFile);
    // The fixture's layout has no names; one that has them would leave them here.
    await warehouse.owner.query(
      `INSERT INTO dim_customer (customer_key, snapshot_id, name)
       SELECT customer_key, snapshot_id, 'Name of ' || customer_key FROM rfm_segments`,
    );
    records = openAccessRecords(warehouse.url);
    const read = readBy(warehouse);
    base = read;
    const counted: ReadWarehouse = {
      read(statement, ...rest) {
        statements.push(statement.text);
        return read.read(statement, ...rest);
      },
      readPublished(statement, ...rest) {
        statements.push(statement.text);
        return read.readPublished(statement, ...rest);
      },
      close: read.close,
    };
    const demo = await loadPolicy(demoPolicy);
    const policy = { roles: [...demo.roles, ...(roles === "" ? [] : parsePolicy(roles, "test.yaml").roles)] };
    server = await createServer({
      config: { host: "127.0.0.1", port: 0, production: false, logLevel: "error" },
      identify: makeIdentify({ auth: testAuth, findKey: records.useKey }),
      policy: () => policy,
      graph: await openGraph(counted, testServerSecret),
      notReady: () => reasonNotReady(warehouse.read),
      log: {
        write(line) {
          faults += line;
        },
      },
    });
  });
  afterEach(() => expect(takeFaults()).toBe(""));
  afterAll(async () => {
    await server?.close();
    if (base !== warehouse?.read) await base?.close();
    await records?.close();
    await warehouse?.close();
  });

  function takeFaults(): string {
    const taken = faults;
    faults = "";
    return taken;
  }

  const tokenOf = ({ role, countries }: Asker): Promise<string> => {
    const key = JSON.stringify([role, countries]);
    const token =
      tokens.get(key) ?? signToken(testAuth.secret, { role, claims: countries ? { countries } : {}, expiresIn: 600 });
    tokens.set(key, token);
    return token;
  };

  /** Any request at all. */
  async function send(options: InjectOptions): Promise<Answered> {
    statements = [];
    const { statusCode, headers, body } = await server.app.inject(options);
    const parsed = body.startsWith("{") ? (JSON.parse(body) as Partial<Pick<Answered, "data" | "errors">>) : {};
    const { data, errors = [] } = parsed;
    const codes = errors.map(({ extensions }) => extensions.code);
    return { status: statusCode, headers, body, data, errors, codes, statements };
  }

  async function ask(asker: Asker, query: string, variables: Record<string, unknown> = {}): Promise<Answered> {
    return askWith({ authorization: `Bearer ${await tokenOf(asker)}` }, query, variables);
  }

  async function askWith(
    headers: Record<string, string>,
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Answered> {
    return send({ method: "POST", url: "/graphql", headers, payload: { query, variables } });
  }

  return {
    send,
    ask,
    askWith,
    tokenOf,
    takeFaults,
    /** The data of an answer without errors. */
    async dataOf<Data>(...question: Parameters<typeof ask>): Promise<Data> {
      const { data, errors } = await ask(...question);
      expect(errors).toEqual([]);
      return data as Data;
    },
    /** The text of a new API key. */
    async keyOf(role: string, claims: Readonly<Record<string, readonly string[]>> = {}): Promise<string> {
      const { text, keyId, secretHash } = makeApiKey();
      const name = `key ${keyId}`;
      expect(await records.createKey({ keyId, secretHash, name, role, claims, expiresIn: null })).not.toBeNull();
      return text;
    },
    listen: () => server.listen(),
    warehouse: () => warehouse,
  };
}
