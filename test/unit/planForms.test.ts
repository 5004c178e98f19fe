// Plans are kept by the form of a question: with a plan that another question of its form has left behind, a question's statements are to the
// letter those of a plan of its own.
import fc from "fast-check";
import { expect, it } from "vitest";
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { rollups } from "../../src/model/rollups.ts";
import { ask } from "../../src/query/ask.ts";
import { planMetrics, sourcesOf } from "../../src/query/plan.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import type { ReadWarehouse, Statement } from "../../src/warehouse/openReadWarehouse.ts";
import { questionsOver, shopWords } from "../oracle/randomRequests.ts";

const snapshot: SnapshotFacts = Object.freeze({
  snapshotId: 3,
  generation: 2,
  loadRunId: 3,
  publishedAt: "2012-01-01T00:00:00.000Z",
  asOf: "2011-12-10" as IsoDate,
  dataFrom: "2010-12-01" as IsoDate,
  dataThrough: "2011-12-09" as IsoDate,
  currency: "GBP",
  recencyCuts: [],
  frequencyCuts: [],
  monetaryCuts: [],
  monetary: "grossRevenue",
  cutsOf: null,
  formerSnapshotId: null,
  rollups: rollups.map(({ name }) => name),
});

it("a kept plan gives the same statements", async () => {
  const kept = sourcesOf(snapshot);
  await fc.assert(
    fc.asyncProperty(questionsOver(shopWords), async ({ request, scope }) => {
      const statementsFrom = async (sources: typeof kept) => {
        const found: Statement[] = [];
        const read: ReadWarehouse["read"] = async (statement) => {
          found.push(statement);
          return [];
        };
        const warehouse = { read } as ReadWarehouse;
        await ask({ ...request, count: false }, { warehouse, snapshot, scope, sources }).catch((error: unknown) => {
          found.push({ text: String(error), values: [] });
        });
        return found;
      };
      // a list of its own has no plans yet
      expect(await statementsFrom(kept)).toEqual(await statementsFrom([...kept]));
    }),
    { numRuns: 400 },
  );
});

it("questions of one form share a plan, those of another have their own", () => {
  const sources = sourcesOf(snapshot);
  expect(sourcesOf(snapshot)).toBe(sources);
  const plan = (country: { eq?: string; in?: readonly string[] }) =>
    planMetrics({ measures: ["latestCountry"], dimensions: ["customer"], where: { country } }, sources);
  expect(plan({ eq: "France" })).toBe(plan({ eq: "Spain" }));
  expect(plan({ in: ["France", "Spain"] })).toBe(plan({ in: ["A", "B", "C"] }));
  // of one country the latest one is known without looking at orders
  expect(plan({ eq: "France" }).figures.source).toBe("customer_cell");
  expect(plan({ in: ["France"] }).figures.source).toBe("customer_cell");
  expect(plan({ in: ["France", "Spain"] }).figures.source).toBe("sales_order");
});
