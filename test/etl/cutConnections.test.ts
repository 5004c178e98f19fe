// The network fails under a load, after any number of bytes: the load says that the warehouse is unavailable, readers have a whole snapshot,
// and the next load works.
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  expectWhole,
  holdOutcome,
  loadModes,
  loadOld,
  makeSubject,
  type Subject,
  startLoad,
} from "../support/interruptedLoad.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { createDraw } from "./mutated/createDraw.ts";

/** A whole number in CONSUMER360_SOAK multiplies the cuts. */
const soak = Math.max(1, Math.trunc(Number(process.env.CONSUMER360_SOAK ?? 1)) || 1);

let folder: string;
let subject: Subject;
let warehouse: TestWarehouse;
let proxy: Awaited<ReturnType<typeof startProxy>> | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-cut-"));
  subject = await makeSubject(folder, 3_000);
  warehouse = await makeTestWarehouse();
});
afterEach(() => proxy?.close());
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Stands before the server, and cuts every connection once so many bytes have come from the load. */
async function startProxy(cutAfter: number) {
  const target = new URL(warehouse.url);
  const sockets = new Set<Socket>();
  let passed = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => other.destroy());
    }
    client.on("data", (bytes) => {
      const left = cutAfter - passed;
      passed += bytes.length;
      upstream.write(bytes.subarray(0, Math.max(0, left)));
      if (passed >= cutAfter) cut();
    });
    upstream.on("data", (bytes) => client.write(bytes));
    if (passed >= cutAfter) cut();
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? String(address.port) : "";
  return {
    url: Object.assign(new URL(warehouse.url), { hostname: "127.0.0.1", port }).toString(),
    passed: () => passed,
    close() {
      cut();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function loadThrough(cutAfter: number, mode: (typeof loadModes)[number]) {
  proxy = await startProxy(cutAfter);
  return startLoad({ url: proxy.url, owner: warehouse.owner }, subject, mode).ended;
}

let whole = 0;
test("nothing is cut from a load that needs fewer bytes", async () => {
  const before = await loadOld(warehouse, subject);
  expect(await loadThrough(Number.POSITIVE_INFINITY, "APPEND")).toHaveProperty("report");
  whole = proxy?.passed() ?? 0;
  expect(await expectWhole(warehouse, subject, "APPEND", before)).toBe("new");
});

// Half of them among the first few thousand bytes: there the load connects, locks and begins its record.
const trials = Array.from({ length: 10 * soak }, (_, seed) => ({
  seed,
  mode: loadModes[seed % 2] as (typeof loadModes)[number],
}));

test.each(trials)("$mode, after the bytes of seed $seed", async ({ seed, mode }) => {
  const before = await loadOld(warehouse, subject);
  const { below } = createDraw(200 + seed);
  const bytes = seed % 4 < 2 ? below(2_500) : Math.floor((below(1_000) / 1_000) * whole);
  const outcome = await loadThrough(bytes, mode);
  if ("report" in outcome)
    expect(mode).toBe("REPLACE"); // which takes fewer bytes than there were
  else expect(outcome).toMatchObject({ code: "WAREHOUSE_UNAVAILABLE" });
  holdOutcome(outcome);
  await expectWhole(warehouse, subject, mode, before);
});
