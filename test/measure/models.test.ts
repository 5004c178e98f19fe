// Time and memory of the models at a million customers: MEASURE=1 npx vitest run test/measure/models.test.ts. First the room alone, then a
// whole load, whose stages say what part of it the models are. MEASURE_CUSTOMERS sets another number.
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it } from "vitest";
import { takeTurns } from "../../etl/expect/takeTurns.ts";
import { makeCard } from "../../src/intelligence/makeCard.ts";
import { measureHoldout } from "../../src/intelligence/measureHoldout.ts";
import { useModels } from "../../src/intelligence/useModels.ts";
import { days, inventCustomers, inventPopulation } from "../intelligence/inventPopulation.ts";
import { makeTestWarehouse } from "../support/testWarehouse.ts";

const isAsked = process.env.MEASURE === "1";
const customers = Number(process.env.MEASURE_CUSTOMERS ?? 1_000_000);
const held = 91;

const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

describe.skipIf(!isAsked)(`models of ${customers.toLocaleString("en-US")} customers`, () => {
  it("the room alone", { timeout: 900_000 }, async () => {
    const before = inventPopulation(customers, days - held);
    const now = inventPopulation(customers, days);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    let peak = 0;
    const held0 = process.memoryUsage();
    const watch = setInterval(() => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      peak = Math.max(peak, heapUsed + arrayBuffers);
    }, 20);
    const began = performance.now();
    const measured = await takeTurns(measureHoldout(before, { from: "2011-09-10", days: held }));
    const measuredAt = performance.now();
    const card = await takeTurns(makeCard(now, measured, { horizonDays: held, discountRate: 0.1, leftOut: [] }));
    const fittedAt = performance.now();
    const used = await takeTurns(useModels(card, now.histories));
    const ended = performance.now();
    delay.disable();
    clearInterval(watch);
    const seconds = (ms: number) => Math.round(ms) / 1000;
    console.info(
      JSON.stringify({
        customers: now.groups.length,
        groups: now.histories.repeats.length,
        seconds: {
          holdout: seconds(measuredAt - began),
          fit: seconds(fittedAt - measuredAt),
          score: seconds(ended - fittedAt),
        },
        megabytesBeyondTheInput: megabytes(peak - held0.heapUsed - held0.arrayBuffers),
        longestWaitOfOthersMs: Math.round(delay.max / 1e6),
        basis: card.basis,
        statuses: card.models.map(({ model, status, steps }) => `${model} ${status} ${steps}`),
      }),
    );
    expect(used).not.toBeNull();
    expect(ended - began).toBeLessThan(120_000);
  });

  it("a whole load", { timeout: 1_800_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), "consumer360-measure-"));
    const warehouse = await makeTestWarehouse();
    try {
      const path = join(folder, "many.csv");
      await pipeline(Readable.from(rowsOfFile()), createWriteStream(path));
      const { stages, seconds, account, models } = await warehouse.load(path, { reading: { dateOrder: "ymd" } });
      const took = stages.find(({ stage }) => stage === "models")?.seconds ?? Number.NaN;
      console.info(
        JSON.stringify({
          lines: account.loaded,
          seconds,
          stages,
          share: Math.round((1000 * took) / seconds) / 1000,
          basis: models?.basis,
          peakOfProcessMb: Math.round(process.resourceUsage().maxRSS / 1024),
        }),
      );
      const { rows } = await warehouse.owner.query("SELECT count(*)::int AS customers FROM customer_outlook");
      expect(rows[0].customers).toBe(models?.models[0]?.customersUsed);
      expect(took / seconds).toBeLessThan(0.5);
    } finally {
      await warehouse.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

function* rowsOfFile(): Generator<string> {
  yield "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
  let [invoice, customer] = [100_000, 0];
  for (const { orders, worth } of inventCustomers(customers)) {
    customer += 1;
    let rows = "";
    for (const day of orders) {
      invoice += 1;
      const date = new Date(Date.UTC(2010, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
      for (const part of [0.7, 0.3])
        rows += `${invoice},P${Math.round(part * 10)},Thing,1,${date} 09:00,${(worth * part + 0.01).toFixed(2)},C${customer},France\n`;
    }
    yield rows;
  }
}
