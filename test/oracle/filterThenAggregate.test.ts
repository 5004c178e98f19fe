// Random questions under random scopes: the warehouse answers what a plain evaluation in memory answers, whole and page by page.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MetricRow, MetricsAnswer } from "../../src/query/answer.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { evaluate } from "./evaluate.ts";
import { questions } from "./randomRequests.ts";
import { settleFractions } from "./settleFractions.ts";
import { readShopLines, shopFile } from "./shopLines.ts";

const lines = readShopLines();
let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

it("answers random questions as an evaluation in memory does", async () => {
  await fc.assert(
    fc.asyncProperty(questions, async ({ scope, request, pages }) => {
      const asker: Asker = { warehouse: warehouse.read, snapshot, scope };
      const wanted = evaluate(request, scope, lines);
      const whole = await ask({ ...request, count: true }, asker);
      expect(settleFractions(whole.rows, wanted)).toEqual(wanted);
      expect(whole.totalCount).toBe(wanted.length);
      expect(whole.hasNextPage).toBe(false);
      const first = Math.max(1, Math.ceil(wanted.length / pages));
      expect(settleFractions(await readPages(request, first, asker), wanted)).toEqual(wanted);
    }),
    { seed: 360, numRuns: 150 },
  );
});

/** All pages, one after the other; no page may be longer than asked, or the last one but empty. */
async function readPages(request: MetricsRequest, first: number, asker: Asker): Promise<MetricRow[]> {
  const rows: MetricRow[] = [];
  for (let after: string | undefined; ; ) {
    const page: MetricsAnswer = await ask({ ...request, page: { first, after } }, asker);
    expect(page.rows.length).toBeLessThanOrEqual(first);
    expect(page.cursors.length).toBe(page.rows.length);
    rows.push(...page.rows);
    if (!page.hasNextPage) return rows;
    expect(page.rows.length).toBe(first);
    after = page.cursors.at(-1);
  }
}
