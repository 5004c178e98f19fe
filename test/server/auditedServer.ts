// A server whose audit is kept in a list, over the fixture shop, for tests that look at the records. Each test gets a server of its own.
import { fileURLToPath } from "node:url";
import type { LightMyRequestResponse } from "fastify";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { createServer, type Server } from "../../src/server/createServer.ts";
import { makeIdentify } from "../../src/server/identify.ts";
import type { Audit } from "../../src/server/openAudit.ts";
import { openGraph } from "../../src/server/openGraph.ts";
import { signToken } from "../../src/server/signToken.ts";
import { type AccessRecords, type AuditRecord, openAccessRecords } from "../../src/warehouse/openAccessRecords.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { testAuth, testServerSecret } from "./demoServer.ts";

const policy = parsePolicy(
  `roles:
  admin: {countries: all, segments: all, customerLevel: true, operator: true}
  figures: {countries: all, segments: all, customerLevel: false}
  masked: {countries: all, segments: all, customerLevel: true, mask: [customerName]}
  limited: {countries: all, segments: all, customerLevel: true, limits: {requestsPerMinute: 1}}
  frugal: {countries: all, segments: all, customerLevel: true, limits: {costPerMinute: 2}}`,
  "test.yaml",
);

const tokenOf = async (role: string) =>
  `Bearer ${await signToken(testAuth.secret, { role, subject: `${role}@shop`, expiresIn: 600 })}`;

export type AuditedServer = {
  warehouse: TestWarehouse;
  access: AccessRecords;
  server: Server;
  records: AuditRecord[];
  /** How often it was asked who asks, and what that waits for. */
  identified: number;
  hold: Promise<void>;
  open(audit: Pick<Audit, "record">): Promise<Server>;
  tokenOf(role: string): Promise<string>;
  post(role: string | null, payload: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  ask(role: string, query: string, variables?: Record<string, unknown>): Promise<LightMyRequestResponse>;
  /** The record, where there is exactly one. */
  only(): AuditRecord;
};

/** Call it at the top of a file; what it gives is there from the first test on. */
export function useAuditedServer(): AuditedServer {
  const made: Partial<AuditedServer> = {};
  const audited = made as AuditedServer;
  const identify = makeIdentify({ auth: testAuth, findKey: (...key) => audited.access.useKey(...key) });
  Object.assign(made, {
    tokenOf,
    open: async (audit) =>
      createServer({
        config: { host: "127.0.0.1", port: 0, production: false, logLevel: "silent" },
        identify: async (headers) => {
          audited.identified += 1;
          await audited.hold;
          return identify(headers);
        },
        policy: () => policy,
        graph: await openGraph(audited.warehouse.read, testServerSecret),
        notReady: async () => null,
        audit,
      }),
    async post(role, payload, headers = {}) {
      const authorization = role === null ? {} : { authorization: await tokenOf(role) };
      return audited.server.app.inject({
        method: "POST",
        url: "/graphql",
        headers: { ...authorization, "content-type": "application/json", ...headers },
        payload: typeof payload === "string" ? payload : JSON.stringify(payload),
      });
    },
    ask: (role, query, variables = {}) => audited.post(role, { query, variables }),
    only() {
      expect(audited.records).toHaveLength(1);
      return audited.records[0] as AuditRecord;
    },
  } satisfies Partial<AuditedServer>);

  beforeAll(async () => {
    audited.warehouse = await makeTestWarehouse();
    await audited.warehouse.load(fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url)));
    audited.access = openAccessRecords(audited.warehouse.url);
  });
  afterAll(async () => {
    await audited.access?.close();
    await audited.warehouse?.close();
  });
  beforeEach(async () => {
    audited.records = [];
    audited.identified = 0;
    audited.hold = Promise.resolve();
    audited.server = await audited.open({ record: (record) => void audited.records.push(record) });
  });
  afterEach(() => audited.server.close());
  return audited;
}
