// What the stored orders answer, the lines answer too: every random question that the planner gives to a rollup is asked of the lines.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask } from "../../src/query/ask.ts";
import { allMeasures, compileMetricRows } from "../../src/query/compile/compileMetrics.ts";
import { lineSource } from "../../src/query/compile/source.ts";
import { decodeMetricRow } from "../../src/query/decodeMetrics.ts";
import { type MetricsPlan, planMetrics } from "../../src/query/plan.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { questions } from "./randomRequests.ts";
import { shopFile } from "./shopLines.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

it("a rollup answers what the lines answer", async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      questions.filter(({ request }) => planOf(request).source !== lineSource),
      async ({ scope, request }) => {
        const plan = planOf(request);
        const statement = compileMetricRows(request, { snapshot, scope, plan: { ...plan, source: lineSource } }, null);
        expect(statement.text).toContain("FROM fact_sales f");
        const stored = await warehouse.read.read(statement, scope, snapshot);
        const answer = await ask(request, { warehouse: warehouse.read, snapshot, scope });
        expect(stored.map((row) => decodeMetricRow(row, request.dimensions, request.measures))).toEqual(answer.rows);
        compared += answer.rows.length;
      },
    ),
    { seed: 360, numRuns: 150 },
  );
  expect(compared).toBeGreaterThan(300);
});

function planOf(request: MetricsRequest): MetricsPlan {
  const filtered = Object.keys(request.where ?? {}) as typeof request.dimensions;
  return planMetrics(allMeasures(request), [...new Set([...request.dimensions, ...filtered])]);
}
