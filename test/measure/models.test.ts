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
import type { Population } from "../../src/intelligence/Population.ts";
import { useModels } from "../../src/intelligence/useModels.ts";
import { createRandom } from "../intelligence/createRandom.ts";
import { makeTestWarehouse } from "../support/testWarehouse.ts";

const isAsked = process.env.MEASURE === "1";
const customers = Number(process.env.MEASURE_CUSTOMERS ?? 1_000_000);
const [days, held] = [730, 91];

const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);

/** What one invented customer did: days of orders, and what an order is worth. */
function* inventCustomers(count: number): Generator<Readonly<{ orders: readonly number[]; worth: number }>> {
  const random = createRandom(1);
  for (let nth = 0; nth < count; nth += 1) {
    const rate = random.gamma(0.7) / 9 / 7;
    const orders: number[] = [];
    for (let day = random.uniform() * (days - 1); day < days; day += -Math.log(random.uniform()) / rate) {
      if (orders.at(-1) !== Math.floor(day)) orders.push(Math.floor(day));
      if (random.uniform() < 0.05) break;
    }
    yield { orders, worth: (15 * random.gamma(6)) / random.gamma(4) };
  }
}

/** Sorted by history, as a load reads them. */
function populationBefore(end: number): Population {
  const [repeats, last, age, mean, after] = Array.from({ length: 5 }, () => new Float64Array(customers));
  const keys = new Float64Array(customers);
  let count = 0;
  for (const { orders, worth } of inventCustomers(customers)) {
    const before = orders.filter((day) => day < end);
    const [first] = before;
    if (first === undefined) continue;
    (repeats as Float64Array)[count] = before.length - 1;
    (last as Float64Array)[count] = (before.at(-1) ?? first) - first;
    (age as Float64Array)[count] = end - first;
    (mean as Float64Array)[count] = before.length > 1 ? worth : 0;
    (after as Float64Array)[count] = orders.length - before.length;
    keys[count] = ((before.length - 1) * 1000 + ((before.at(-1) ?? first) - first)) * 1000 + end - first;
    count += 1;
  }
  const order = Uint32Array.from({ length: count }, (_, at) => at).sort((a, b) => Number(keys[a]) - Number(keys[b]));
  const groups = new Int32Array(count);
  const found: { at: number; customers: number }[] = [];
  order.forEach((at, place) => {
    const known = found.at(-1);
    if (known && keys[known.at] === keys[at]) known.customers += 1;
    else found.push({ at, customers: 1 });
    groups[place] = found.length - 1;
  });
  const column = (values: Float64Array | undefined) => Int32Array.from(found, ({ at }) => Number(values?.[at]));
  return {
    histories: {
      repeats: column(repeats),
      lastAfter: column(last),
      age: column(age),
      customers: Float64Array.from(found, (group) => group.customers),
    },
    groups,
    orderMeans: Float64Array.from(order, (at) => Number(mean?.[at])),
    atStake: Float64Array.from(order, (at) => Number(mean?.[at])),
    ordersAfter: Int32Array.from(order, (at) => Number(after?.[at])),
  };
}

describe.skipIf(!isAsked)(`models of ${customers.toLocaleString("en-US")} customers`, () => {
  it("the room alone", { timeout: 900_000 }, async () => {
    const before = populationBefore(days - held);
    const now = populationBefore(days);
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
