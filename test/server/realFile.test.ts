// The real file as its readers get it: loaded once, asked over HTTP with signed tokens of the demo policy, and held against the reference
// figures file by file; each of those was computed twice elsewhere. Skipped where the files are not at hand.
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { admin, type DemoServer, makeDemoServer } from "./demoServer.ts";
import { askAsAdmin } from "./realFileAsAdmin.ts";
import { askForMetrics } from "./realFileMetrics.ts";
import { askUnderScopes } from "./realFileUnderScopes.ts";
import { realData, realFiles } from "./referenceFiles.ts";

describeWithShared("the real file, over HTTP", realFiles, () => {
  let warehouse: TestWarehouse;
  let server: DemoServer;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.load(sharedFile(realData));
    server = await makeDemoServer(warehouse);
  });
  afterAll(async () => {
    await server?.close();
    await warehouse?.close();
  });
  const shop = {
    server: () => server,
    async sql<Row>(text: string, values: readonly unknown[] = []) {
      return (await warehouse.owner.query(text, [...values])).rows as Row[];
    },
  };

  askAsAdmin(shop);
  askUnderScopes(shop);
  askForMetrics(shop, () => warehouse);

  test("customers with their segment and last 10 lines take as many statements for 1 as for 100 and 1,000", async () => {
    type Line = { id: string; orderedAt: string; customerId: string };
    type Profile = { id: string; segment: { key: string; customers: number }; sales: { nodes: Line[] } };
    const profiles = async (first: number) => {
      const query = `query ($first: Int) { customers(first: $first) { nodes {
        id segment { key customers } sales(first: 10) { nodes { id orderedAt customerId } }
      } } }`;
      const { codes, data, statements } = await server.ask(admin, query, { first });
      expect(codes).toEqual([]);
      return { statements, nodes: (data as { customers: { nodes: Profile[] } }).customers.nodes };
    };
    const asked = [await profiles(1), await profiles(100), await profiles(1_000)];
    expect(asked.map(({ nodes }) => nodes.length)).toEqual([1, 100, 1_000]);
    // The snapshot, the list, the scores, the segments, the lines.
    expect(asked.map(({ statements }) => statements)).toEqual([5, 5, 5]);

    const latest = await shop.sql<{ id: string; times: string[] }>(
      `SELECT customer_key AS id, array_agg(to_char(ordered_at, 'YYYY-MM-DD"T"HH24:MI:SS') ORDER BY ordered_at DESC) AS times
       FROM (SELECT *, row_number() OVER (PARTITION BY customer_key ORDER BY ordered_at DESC) AS nth
             FROM fact_sales WHERE NOT guest) line
       WHERE nth <= 10 GROUP BY customer_key`,
    );
    const timesOf = new Map(latest.map(({ id, times }) => [id, times]));
    for (const { nodes } of asked)
      for (const { id, sales } of nodes) {
        expect(sales.nodes.map(({ orderedAt }) => orderedAt)).toEqual(timesOf.get(id));
        expect(new Set(sales.nodes.map((line) => line.id)).size).toBe(sales.nodes.length);
        expect(sales.nodes.every(({ customerId }) => customerId === id)).toBe(true);
      }
  });
});
