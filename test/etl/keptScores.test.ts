// A load that keeps the scores of a former snapshot: who was known keeps theirs, who is new is scored by the old cut-points, and all other
// figures are those of the new lines.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
let whole: string;
beforeAll(async () => {
  whole = await readFile(shopFile, "utf8");
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

type Scored = Readonly<{ customer_key: string; scores: string | null; classic: string; monetary: string | null }>;

async function scoredAt(snapshotId: number): Promise<Map<string, Scored>> {
  const { rows } = await warehouse.owner.query<Scored>(
    `SELECT customer_key, recency_score || '' || frequency_score || monetary_score AS scores, classic, monetary::text AS monetary
     FROM rfm_segments WHERE snapshot_id = $1`,
    [snapshotId],
  );
  return new Map(rows.map((row) => [row.customer_key, row]));
}

async function cutsAt(snapshotId: number): Promise<unknown> {
  const { rows } = await warehouse.owner.query(
    "SELECT recency_cuts, frequency_cuts, monetary_cuts FROM snapshot WHERE snapshot_id = $1",
    [snapshotId],
  );
  return rows[0];
}

it("keeps scores and cut-points, and nothing else", async () => {
  const first = await warehouse.loadText(whole, { snapshotsKept: 3 });
  const [header, ...lines] = whole.trimEnd().split("\n");
  // Every third line of who is known is gone, and two customers have come: one who spends most of all, one who only sends back.
  const fewer = [
    header,
    ...lines.filter((_, nth) => nth % 3 !== 0),
    "990001,22423,Stand,500,8/20/2024 9:00,100,99001,France",
    "C990002,22423,Stand,-1,8/20/2024 9:00,100,99002,France",
  ].join("\n");
  const second = await warehouse.loadText(fewer, { snapshotsKept: 3, scoresOf: first.snapshotId });
  const [before, after] = [await scoredAt(first.snapshotId), await scoredAt(second.snapshotId)];
  const known = [...after.values()].filter(({ customer_key }) => before.has(customer_key));
  expect(known.length).toBeGreaterThan(15);
  for (const { customer_key, scores, classic } of known)
    expect({ scores, classic }).toEqual({
      scores: before.get(customer_key)?.scores,
      classic: before.get(customer_key)?.classic,
    });
  expect(
    known.filter(({ customer_key, monetary }) => monetary !== before.get(customer_key)?.monetary).length,
  ).toBeGreaterThan(10);
  expect(await cutsAt(second.snapshotId)).toEqual(await cutsAt(first.snapshotId));
  // One order, on the last day but one, for 50,000.
  expect(after.get("99001")).toMatchObject({ scores: "515", classic: "POTENTIAL_LOYALISTS" });
  expect(after.get("99002")).toMatchObject({ scores: null, classic: "UNSCORED" });

  const anew = await warehouse.loadText(fewer, { snapshotsKept: 3 });
  expect(anew.status).toBe("PUBLISHED");
  expect(await cutsAt(anew.snapshotId)).not.toEqual(await cutsAt(first.snapshotId));
});

it("fails where the snapshot is not there, and publishes nothing", async () => {
  const published = async () => (await warehouse.owner.query("SELECT snapshot_id FROM published_snapshot")).rows;
  const before = await published();
  await expect(warehouse.loadText(whole, { scoresOf: 999 })).rejects.toThrow("Snapshot 999");
  expect(await published()).toEqual(before);
});
