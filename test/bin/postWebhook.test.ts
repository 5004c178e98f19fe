// The webhook against a server of its own: what is sent, how it is signed, when it is tried again, and that it never makes a load fail.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { LoadEnd } from "../../bin/loadEnd.ts";
import { postWebhook } from "../../bin/postWebhook.ts";

type Got = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Answers each request in turn as told; the last answer stands for all that follow. */
async function receiver(...answers: (number | "silence" | ((response: ServerResponse) => void))[]) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const answer = answers[Math.min(got.length, answers.length - 1)] ?? 200;
      got.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
      if (typeof answer === "function") answer(response);
      else if (answer !== "silence") response.writeHead(answer).end("not read");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/letmein?key=hunter2`, got };
}

const rejects = [{ line: 2, code: "BAD_DATE", column: "InvoiceDate", raw: "Jane Doe, 1 Secret Street" }];
const finished = {
  kind: "finished",
  report: {
    status: "PUBLISHED",
    mode: "APPEND",
    loadRunId: 4,
    snapshotId: 3,
    files: [{ name: "2011-03.csv" }],
    account: { read: 3, loaded: 2, duplicate: 0, superseded: 0, rejected: 1, replaced: 0 },
    warnings: [],
    seconds: 1.5,
    ...{ rejects, firstRejects: rejects, amounts: [{ kind: "SALE", lines: 2, amount: "7.345" }] },
  },
} as const satisfies LoadEnd;
const failed: LoadEnd = {
  kind: "failed",
  failure: {
    code: "TOO_MANY_REJECTS",
    message: "3 of 4 rows of a.csv were rejected; 1 % are allowed",
    remedy: 'Mend the file and load it again.\nThe rejected rows:\n  line 2: BAD_DATE: "Jane Doe"',
  },
  files: ["a.csv"],
  seconds: 0.5,
};

async function tell(url: string, end: LoadEnd, secret: string | null = null, options: object = {}) {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  await postWebhook({ url, secret }, end, { warn, pauses: [5, 10], timeout: 300, ...options });
  return warnings;
}

describe("a load's webhook", () => {
  test("is told of a finished load, with its figures and without the text of its rejects", async () => {
    const { url, got } = await receiver(204);
    expect(await tell(url, finished)).toEqual([]);
    const [{ method, path, headers, body } = { body: "" } as Got] = got;
    expect([got.length, method, path, headers["content-type"]]).toEqual([
      1,
      "POST",
      "/hook/letmein?key=hunter2",
      "application/json",
    ]);
    expect(headers["x-consumer360-signature"]).toBeUndefined();
    const payload = JSON.parse(body);
    expect(payload).toMatchObject({ event: "load", status: "PUBLISHED", report: { loadRunId: 4, snapshotId: 3 } });
    expect(payload.report.amounts).toEqual([{ kind: "SALE", lines: 2, amount: "7.345" }]);
    expect(body).not.toMatch(/Jane|rejects/i);
  });

  test("is told of a failed load, and only what to do about it", async () => {
    const { url, got } = await receiver(200);
    expect(await tell(url, failed)).toEqual([]);
    expect(JSON.parse(got[0]?.body ?? "")).toEqual({
      event: "load",
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      status: "FAILED",
      code: "TOO_MANY_REJECTS",
      message: "3 of 4 rows of a.csv were rejected; 1 % are allowed",
      remedy: "Mend the file and load it again.",
      files: ["a.csv"],
      seconds: 0.5,
    });
  });

  test("can tell by the signature who sent the body", async () => {
    const { url, got } = await receiver(200);
    const secret = "0123456789abcdef0123456789abcdef";
    await tell(url, finished, secret);
    const expected = createHmac("sha256", secret)
      .update(got[0]?.body ?? "")
      .digest("hex");
    expect(got[0]?.headers["x-consumer360-signature"]).toBe(`sha256=${expected}`);
  });

  test("that is unwell is tried again, with the same body and delivery", async () => {
    const { url, got } = await receiver(503, "silence", 200);
    expect(await tell(url, finished)).toEqual([]);
    expect(got.length).toBe(3);
    expect(new Set(got.map(({ body }) => body)).size).toBe(1);
    expect(new Set(got.map(({ headers }) => headers["x-consumer360-delivery"])).size).toBe(1);
  });

  test.each([
    [
      "is unwell three times",
      [500],
      3,
      /^The load's webhook at 127\.0\.0\.1:\d+ was not told \(tried 3 times\): it answered 500$/,
    ],
    ["does not answer", ["silence" as const], 3, /tried 3 times\): no answer within 0\.3 s$/],
    ["refuses", [404], 1, /tried once\): it answered 404$/],
    [
      "sends elsewhere",
      [(response: ServerResponse) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end()],
      1,
      /tried once\): it answered 302$/,
    ],
  ])("that %s is given up on, with a warning that tells no secret", async (_, answers, tries, warning) => {
    const { url, got } = await receiver(...answers);
    const warnings = await tell(url, failed);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(got.length).toBe(tries);
    expect(warnings.join()).not.toMatch(/letmein|hunter2/);
  });

  test("that is not there is a warning", async () => {
    const { url } = await receiver(200);
    await closing.pop()?.();
    const warnings = await tell(url, finished);
    expect(warnings).toEqual([expect.stringContaining("ECONNREFUSED")]);
    expect(warnings.join()).not.toContain("hunter2");
  });

  test("is not waited for by a program that stops", async () => {
    const { url } = await receiver("silence");
    const began = Date.now();
    const warnings = await tell(url, finished, null, { timeout: 20_000, signal: AbortSignal.timeout(50) });
    expect(Date.now() - began).toBeLessThan(5_000);
    expect(warnings).toEqual([expect.stringMatching(/the program is stopping$/)]);
  });
});
