// A file of orders with customers' names and no ids: recency, frequency and monetary value of each as computed elsewhere, under ids that
// tell nobody a name. Skipped where the file is not at hand.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readContent } from "../support/warehouseContent.ts";

const data = "data/orders-200.csv";
const reference = "reference/orders-200_rfm_oracle.csv";

describeWithShared("orders with names", [data, reference], () => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    const report = await warehouse.load(sharedFile(data), {
      asOf: "2024-05-01" as IsoDate,
      currency: "INR",
      allow: [],
    });
    expect(report.account).toMatchObject({ read: 200, loaded: 200 });
    expect(report.files[0]?.readAs).toMatchObject({ layout: "orders" });
  });
  afterAll(() => warehouse?.close());

  test("recency, frequency and monetary value as in the reference", async () => {
    const expected = readFileSync(sharedFile(reference), "utf8")
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((row) => row.split(",").slice(0, 4).join(","))
      .sort();
    const { rows } = await warehouse.owner.query(
      `SELECT d.name, s.recency_days, s.frequency, trim_scale(s.monetary)::text AS monetary
       FROM rfm_segments s JOIN dim_customer d USING (customer_key, snapshot_id)`,
    );
    expect(rows.map((row) => Object.values(row).join(",")).sort()).toEqual(expected);
  });

  test("ids are the same at every load, and elsewhere others", async () => {
    const idsOf = async ({ owner }: TestWarehouse) =>
      (
        await owner.query(
          "SELECT name, customer_key FROM dim_customer WHERE snapshot_id = (SELECT max(snapshot_id) FROM snapshot)",
        )
      ).rows;
    const before = await idsOf(warehouse);
    for (const { customer_key } of before) expect(customer_key).toMatch(/^N-[0-9a-f]{20}$/);
    const content = await readContent(warehouse.owner);
    const options = { asOf: "2024-05-01" as IsoDate, currency: "INR", append: true };
    const text = readFileSync(sharedFile(data), "utf8");
    // the same orders once more, names spelt otherwise
    const shouted = text.replace(
      /^(\d+,[^,]*,)([^,]*)/gm,
      (_, head: string, name: string) => `${head} ${name.toUpperCase()}  `,
    );
    const { account } = await warehouse.loadText(shouted, options);
    expect(account).toMatchObject({ loaded: 200, replaced: 200 });
    const after = await idsOf(warehouse);
    expect(after.map(({ customer_key }) => customer_key).sort()).toEqual(
      before.map(({ customer_key }) => customer_key).sort(),
    );
    const { dim_customer: names, ...others } = await readContent(warehouse.owner);
    expect({ ...others, dim_customer: content.dim_customer }).toEqual({
      ...content,
      dim_customer: content.dim_customer,
    });
    expect(names?.rows).toBe(8);

    const other = await makeTestWarehouse();
    try {
      await other.load(sharedFile(data), { currency: "INR" });
      const elsewhere = (await idsOf(other)).map(({ customer_key }) => customer_key);
      for (const { customer_key } of before) expect(elsewhere).not.toContain(customer_key);
    } finally {
      await other.close();
    }
  });
});
