// What is bought together in the real file, against a plain count of one pair after the other. Skipped where the file is not at hand.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FollowUpDone, followUp } from "../../etl/followUp/followUp.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

const realFile = "data/online-retail.latin1.crlf.csv.gz";

describeWithShared("what is bought together in the real file", [realFile], () => {
  let warehouse: TestWarehouse;
  let done: readonly FollowUpDone[] | null;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.load(sharedFile(realFile));
    const before = process.memoryUsage.rss();
    done = await followUp({ url: warehouse.url });
    const grown = Math.round((process.memoryUsage.rss() - before) / 1024 / 1024);
    console.info(`Follow-up of the real file: ${JSON.stringify(done)}; this process grew by ${grown} MB.`);
  }, 300_000);
  afterAll(() => warehouse?.close());

  test("both parts are done", () => expect(done?.map(({ name }) => name)).toEqual(["standings", "pairs"]));

  test("the pairs are those of a plain count, for a product of every fiftieth part", async () => {
    const { rows: counted } = await warehouse.owner.query(
      `WITH lines AS (SELECT DISTINCT invoice, product FROM fact_sales WHERE kind = 'SALE' AND line_type = 'PRODUCT'),
        asked AS (SELECT product FROM (SELECT product, row_number() OVER (ORDER BY product) AS nth FROM (SELECT DISTINCT product FROM lines) p) n WHERE nth % 50 = 7)
       SELECT a.product, b.product AS other, count(*)::int AS together
       FROM asked JOIN lines a USING (product) JOIN lines b ON b.invoice = a.invoice AND b.product <> a.product
       GROUP BY 1, 2 HAVING count(*) >= 20`,
    );
    const { rows: stored } = await warehouse.owner.query(
      "SELECT product, other, together, product_orders, all_orders FROM product_pair",
    );
    const { rows: all } = await warehouse.owner.query(
      "SELECT count(DISTINCT invoice)::int AS orders FROM fact_sales WHERE kind = 'SALE' AND line_type = 'PRODUCT'",
    );
    // A thousandth of all orders, rounded up.
    expect([all[0].orders, Math.ceil(all[0].orders / 1000)]).toEqual([stored[0].all_orders, 20]);
    const storedCounts = new Map(stored.map((pair) => [`${pair.product} ${pair.other}`, pair.together]));
    const byProduct = new Map<string, number[]>();
    for (const { product, together } of counted) byProduct.set(product, [...(byProduct.get(product) ?? []), together]);
    expect(counted.length).toBeGreaterThan(500);
    for (const { product, other, together } of counted) {
      const fifty = (byProduct.get(product) ?? []).toSorted((a, b) => b - a).slice(0, 50);
      if (together > (fifty.at(-1) ?? 0)) expect(storedCounts.get(`${product} ${other}`)).toBe(together);
    }
  });
});
