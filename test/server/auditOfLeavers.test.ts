// Clients that go away before they are answered: each leaves one record behind, wherever the request was.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { AuditRecord } from "../../src/warehouse/openAccessRecords.ts";
import { useAuditedServer } from "./auditedServer.ts";

const audited = useAuditedServer();
const { only, tokenOf } = audited;

describe("a request whose client goes away is recorded once", () => {
  async function send(body: string, length = body.length) {
    const { port } = new URL(await audited.server.listen());
    const socket = connect(Number(port), "127.0.0.1");
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: ${await tokenOf("admin")}\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: ${length}\r\n\r\n${body}`);
    return socket;
  }
  const question = JSON.stringify({ query: "{ kpis { orders } }" });
  async function expectOne(record: Partial<AuditRecord>) {
    await expect.poll(() => audited.records.length, { timeout: 10_000 }).toBe(1);
    await sleep(100);
    expect(only()).toMatchObject(record);
  }

  test("in the middle of its question", async () => {
    const socket = await send(`{"query": "`, 1000);
    await expect.poll(() => audited.identified, { timeout: 10_000 }).toBe(1);
    socket.destroy();
    await expectOne({ role: "admin", asked: null, rows: 0 });
  });

  test("before it is known who asks", async () => {
    let go: () => void = () => undefined;
    audited.hold = new Promise((resolve) => {
      go = resolve;
    });
    const socket = await send(question);
    await expect.poll(() => audited.identified, { timeout: 10_000 }).toBe(1);
    socket.destroy();
    await sleep(50);
    go();
    await expectOne({ role: "admin", rows: 0 });
  });

  test("behind another one of its connection", async () => {
    const { port } = new URL(await audited.server.listen());
    const client = await audited.warehouse.owner.connect();
    try {
      await client.query("BEGIN; LOCK TABLE snapshot IN ACCESS EXCLUSIVE MODE");
      const socket = connect(Number(port), "127.0.0.1");
      const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: ${await tokenOf("admin")}\r\nContent-Type: application/json\r\n`;
      const rows = JSON.stringify({ query: "{ factSales { nodes { id } } }" });
      const others = [question, rows].map(
        (body, nth) => `${head}${nth === 1 ? "Accept: text/csv\r\n" : ""}Content-Length: ${body.length}\r\n\r\n${body}`,
      );
      socket.write(`${head}Content-Length: ${question.length}\r\n\r\n${question}${others.join("")}`);
      await expect.poll(() => audited.identified, { timeout: 10_000 }).toBe(3);
      await sleep(100);
      socket.destroy();
      await expect.poll(() => audited.records.length, { timeout: 10_000 }).toBe(3);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    await sleep(100);
    expect(audited.records).toHaveLength(3);
  });

  test("during the answer", async () => {
    const client = await audited.warehouse.owner.connect();
    try {
      await client.query("BEGIN; LOCK TABLE snapshot IN ACCESS EXCLUSIVE MODE");
      const socket = await send(question);
      await expect
        .poll(
          async () => {
            const { rows } = await client.query(
              "SELECT 1 FROM pg_locks JOIN pg_database ON oid = database WHERE NOT granted AND datname = current_database()",
            );
            return rows.length;
          },
          { timeout: 10_000 },
        )
        .toBe(1);
      socket.destroy();
      await sleep(50);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    await expectOne({ role: "admin", asked: expect.objectContaining({ fields: ["kpis"] }), rows: 0 });
  });
});
