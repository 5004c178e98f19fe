// Random questions under random scopes: the warehouse answers what a plain evaluation in memory answers, whole and page by page, with
// what goes beside the rows.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measureNames } from "../../src/model/measures.ts";
import type { MetricRow, MetricsAnswer } from "../../src/query/answer.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type Evaluated, evaluateAll, type Row } from "./evaluate.ts";
import { mixedFile, mixedWords, readMixedLines } from "./mixedShop.ts";
import { questionsOver, shopWords } from "./randomRequests.ts";
import { settleFractions } from "./settleFractions.ts";
import { readShopLines, shopFile } from "./shopLines.ts";

const shops = [
  ["the fixture", (warehouse: TestWarehouse) => warehouse.load(shopFile), shopWords, readShopLines()],
  ["the mixed shop", (warehouse: TestWarehouse) => warehouse.loadText(mixedFile), mixedWords, readMixedLines()],
] as const;

describe.each(shops)("%s", (_, load, words, lines) => {
  let warehouse: TestWarehouse;
  let snapshot: SnapshotFacts;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await load(warehouse);
    snapshot = await readSnapshot(warehouse.read);
  });
  afterAll(() => warehouse.close());

  it("answers random questions as an evaluation in memory does", async () => {
    const seen = { plain: 0, spined: 0, earlier: 0, totals: 0, having: 0 };
    await fc.assert(
      fc.asyncProperty(questionsOver(words), async ({ scope, request, pages }) => {
        const asker: Asker = { warehouse: warehouse.read, snapshot, scope };
        const wanted = evaluateAll(request, scope, lines);
        const whole = await ask({ ...request, count: true }, asker);
        expect(settled(whole, wanted)).toEqual(wanted);
        expect(whole.totalCount).toBe(wanted.rows.length);
        expect(whole.hasNextPage).toBe(false);
        const first = Math.min(10_000, Math.max(1, Math.ceil(wanted.rows.length / pages)));
        expect(settled(await readPages(request, first, asker), wanted)).toEqual(wanted);
        const bare = await ask({ ...request, rows: false, count: true }, asker);
        expect(settled(bare, wanted)).toEqual({ ...wanted, rows: [], earlier: wanted.earlier.map(() => []) });
        expect(bare.totalCount).toBe(wanted.rows.length);

        seen.plain += request.spine ? 0 : wanted.rows.length;
        seen.spined += request.spine ? wanted.rows.length : 0;
        seen.earlier += wanted.earlier.flat().filter((row) => row !== null).length;
        seen.totals += request.totals?.length ?? 0;
        seen.having += request.having?.length ? wanted.rows.length : 0;
      }),
      { seed: 361, numRuns: 300 },
    );
    // Most questions must say something.
    for (const [what, count] of Object.entries(seen)) expect(count, what).toBeGreaterThan(50);
  });
});

type Found = Pick<MetricsAnswer, "rows" | "earlier" | "totals">;

/** The answer in the shape of an evaluation: of an earlier row its measures, fractions as they are wanted where they are that close. */
function settled({ rows, earlier, totals }: Found, wanted: Evaluated): Evaluated {
  return {
    rows: settleFractions(rows as Row[], wanted.rows),
    earlier: earlier.map((list, shift) =>
      list.map((row, at) =>
        row ? (settleFractions([measuresOf(row)], [wanted.earlier[shift]?.[at] ?? {}])[0] ?? {}) : null,
      ),
    ),
    totals: totals && (settleFractions([totals as Row], [wanted.totals ?? {}])[0] ?? null),
  };
}

const measuresOf = (row: MetricRow): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => (measureNames as readonly string[]).includes(name)));

/** All pages, one after the other; no page may be longer than asked, or the last one but empty. */
async function readPages(request: MetricsRequest, first: number, asker: Asker): Promise<Found> {
  const rows: MetricRow[] = [];
  const earlier: (MetricRow | null)[][] = (request.earlier ?? []).map(() => []);
  for (let after: string | undefined; ; ) {
    const page: MetricsAnswer = await ask({ ...request, page: { first, after } }, asker);
    expect(page.rows.length).toBeLessThanOrEqual(first);
    expect(page.cursors.length).toBe(page.rows.length);
    rows.push(...page.rows);
    page.earlier.forEach((list, shift) => {
      expect(list.length).toBe(page.rows.length);
      earlier[shift]?.push(...list);
    });
    if (!page.hasNextPage) return { rows, earlier, totals: page.totals };
    expect(page.rows.length).toBe(first);
    after = page.cursors.at(-1);
  }
}
