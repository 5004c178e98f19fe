// A server whose streams are tested, over a warehouse of the test's own: asked by pages and by stream, over real sockets where it matters.
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { createServer, type Server } from "../../src/server/createServer.ts";
import { makeIdentify } from "../../src/server/identify.ts";
import { openGraph } from "../../src/server/openGraph.ts";
import { signToken } from "../../src/server/signToken.ts";
import type { AuditRecord } from "../../src/warehouse/openAccessRecords.ts";
import type { ReadWarehouse } from "../../src/warehouse/openReadWarehouse.ts";
import { testAuth, testServerSecret } from "./demoServer.ts";

const roles = `roles:
  admin: {countries: all, segments: all, customerLevel: true, operator: true}
  analyst: {countries: all, segments: all, customerLevel: true, mask: [customerName]}
  renamed: {countries: all, segments: all, customerLevel: true, mask: {customerName: pseudonym}}
  manager: {countries: [France, Belgium], segments: all, customerLevel: true}
  crm: {countries: all, segments: [AT_RISK, CHURN_RISK], customerLevel: true}
  executive: {countries: all, segments: all, customerLevel: false}
  partner: {countries: all, segments: all, customerLevel: false, minimumCustomers: 5}
  figureless: {countries: all, segments: all, customerLevel: true, members: [public, personal]}
  claims: {countries: $claims.countries, segments: all, customerLevel: true}
  few: {countries: all, segments: all, customerLevel: true, limits: {rows: 10}}
  frugal: {countries: all, segments: all, customerLevel: true, limits: {costPerMinute: 120}}`;

export type Streamed = Readonly<{
  status: number;
  headers: IncomingMessage["headers"];
  trailers: IncomingMessage["trailers"];
  body: string;
  /** Whether the response ended as a whole one does. */
  isWhole: boolean;
}>;

export type StreamedServer = Readonly<{
  server: Server;
  records: AuditRecord[];
  /** What was logged as an error. */
  faults: string[];
  /** The JSON answer. */
  ask(role: string, query: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>>;
  stream(role: string, accept: string, query: string, variables?: Record<string, unknown>): Promise<Streamed>;
  /** Begins a stream, and gives its response once its head is there; nothing of it is read. */
  begin(role: string, accept: string, query: string): Promise<{ sent: ClientRequest; response: IncomingMessage }>;
  close(): Promise<void>;
}>;

export async function openStreamedServer(
  warehouse: ReadWarehouse,
  { streams, connections = 4 }: { streams?: { most: number; stallSeconds: number }; connections?: number } = {},
): Promise<StreamedServer> {
  const policy = parsePolicy(roles, "test.yaml");
  const records: AuditRecord[] = [];
  const faults: string[] = [];
  const sockets = new Set<Socket>();
  const server = await createServer({
    config: { host: "127.0.0.1", port: 0, production: true, logLevel: "error" },
    identify: makeIdentify({ auth: testAuth, findKey: async () => null }),
    policy: () => policy,
    graph: await openGraph(warehouse, testServerSecret, connections),
    notReady: async () => null,
    audit: { record: (record) => void records.push(record) },
    log: { write: (line) => void faults.push(line) },
    ...(streams && { streams }),
  });
  const { port } = new URL(await server.listen());

  async function begin(role: string, accept: string, query: string, variables: Record<string, unknown> = {}) {
    const { authorization } = await headersOf(role);
    return new Promise<{ sent: ClientRequest; response: IncomingMessage }>((resolve, reject) => {
      const sent = request(
        {
          port: Number(port),
          method: "POST",
          path: "/graphql",
          agent: false,
          headers: { authorization, accept, "content-type": "application/json" },
        },
        (response) => resolve({ sent, response }),
      );
      sent.on("error", reject);
      sent.on("socket", (socket) => sockets.add(socket));
      sent.end(JSON.stringify({ query, variables }));
    });
  }
  async function stream(role: string, accept: string, query: string, variables?: Record<string, unknown>) {
    const { response } = await begin(role, accept, query, variables);
    return readWhole(response);
  }
  return {
    server,
    records,
    faults,
    stream,
    begin,
    async ask(role, query, variables) {
      const { body } = await stream(role, "application/json", query, variables);
      const { data, errors } = JSON.parse(body) as { data: Record<string, unknown>; errors?: unknown };
      if (errors) throw new Error(body);
      return data;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await server.close();
    },
  };
}

export async function headersOf(role: string): Promise<{ authorization: string }> {
  const token = await signToken(testAuth.secret, { role, subject: `${role}@shop`, expiresIn: 600 });
  return { authorization: `Bearer ${token}` };
}

/** Reads what is left of a response. */
export function readWhole(response: IncomingMessage): Promise<Streamed> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", () => undefined);
    response.resume();
    response.on("close", () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        trailers: response.trailers,
        body: Buffer.concat(chunks).toString("utf8"),
        isWhole: response.complete,
      }),
    );
  });
}
