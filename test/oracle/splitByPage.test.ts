// A page of customers whose figures come from two sources: the same rows in the same order, page after page, as from the lines alone.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDimension } from "../../src/model/dimensions.ts";
import type { Asker } from "../../src/query/ask.ts";
import { sourcesOf } from "../../src/query/plan.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { mixedFile, mixedWords } from "./mixedShop.ts";
import { questionsOver } from "./randomRequests.ts";
import { traced } from "./traced.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.loadText(mixedFile);
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

/** A page of customers of such a question. */
function pageOf({ where, ...request }: MetricsRequest, first: number): MetricsRequest {
  const { customer: _, ...others } = where ?? {};
  return {
    kind: "metrics",
    measures: [...new Set([...request.measures, "latestCountry", "trailingNetRevenue"] as const)],
    dimensions: ["customer", "segment"],
    where: { ...others, customerType: { eq: "IDENTIFIED" } },
    having: request.having ?? [],
    orderBy: (request.orderBy ?? []).filter(({ member }) => member === "customer" || !isDimension(member)),
    page: { first },
    count: true,
  };
}

describe("a page in two", () => {
  it("random questions, over two pages", async () => {
    const lines = sourcesOf(snapshot).slice(-1);
    let split = 0;
    await fc.assert(
      fc.asyncProperty(questionsOver(mixedWords), fc.integer({ min: 1, max: 7 }), async ({ scope, request }, first) => {
        const asker: Asker = { warehouse: warehouse.read, snapshot, scope };
        let page = pageOf(request, first);
        for (let turn = 0; turn < 2; turn += 1) {
          const { answer, traces } = await traced(page, asker);
          const plain = await traced(page, { ...asker, sources: lines });
          expect(answer, traces.map(({ sql }) => sql).join("\n")).toEqual(plain.answer);
          expect(plain.traces.length).toBe(2);
          // never more than the page, its count and what is asked of its customers
          expect(traces.length).toBeLessThanOrEqual(3);
          if (traces.length === 3 && answer.rows.length > 0) split += 1;
          if (!answer.hasNextPage) return;
          page = { ...page, page: { first, after: answer.cursors.at(-1) } };
        }
      }),
      { seed: 7, numRuns: 150 },
    );
    expect(split).toBeGreaterThan(20);
  });

  it("reads the orders of the page's customers alone", async () => {
    const { scope } = { scope: mixedWords.scopes[0] };
    if (!scope) throw new Error("There is no scope.");
    const request = pageOf({ kind: "metrics", measures: ["grossRevenue"], dimensions: [] }, 2);
    const { traces } = await traced({ ...request, count: false }, { warehouse: warehouse.read, snapshot, scope });
    expect(traces.map(({ sources }) => sources)).toEqual([["customer_cell"], ["sales_order"]]);
    expect(traces[1]?.sql).toContain("o.customer_key = ANY");
  });
});
