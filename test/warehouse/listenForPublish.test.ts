// The announcement of a publish: heard when it is committed, not when it is undone, and again after the connection was lost.
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { rollBack } from "../../etl/rollBack.ts";
import { type Listening, listenForPublish } from "../../src/warehouse/listenForPublish.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

const shop = fileURLToPath(new URL("../fixtures/shop.csv", import.meta.url));

let warehouse: TestWarehouse;
let listening: Listening | undefined;
let heard = 0;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());
afterEach(() => listening?.close());

async function listen(): Promise<void> {
  heard = 0;
  listening = listenForPublish(warehouse.url, () => {
    heard += 1;
  });
  await expect.poll(() => heard).toBe(1);
}

test("a load and a way back are heard, a load that fails is not", async () => {
  await listen();
  await warehouse.load(shop);
  await expect.poll(() => heard).toBe(2);
  await expect(warehouse.loadText("nothing,of,the,kind\n1,2,3,4\n")).rejects.toThrow();
  await warehouse.load(shop, { again: true });
  await expect.poll(() => heard).toBe(3);
  await rollBack({ url: warehouse.url });
  await expect.poll(() => heard).toBe(4);
});

test("a connection that is lost is made anew, and that counts as an announcement", async () => {
  await listen();
  await warehouse.owner.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'consumer360-listen' AND datname = current_database()",
  );
  await expect.poll(() => heard, { timeout: 10_000 }).toBe(2);
  await warehouse.load(shop, { again: true });
  await expect.poll(() => heard).toBe(3);
});

test("where nobody answers nothing is thrown, and closing ends it", async () => {
  listening = listenForPublish("postgresql://nobody@127.0.0.1:1/nothing", () => {
    throw new Error("heard");
  });
  await listening.close();
});
