// The real file: how the chance of no order does on held-back days against recency, at three splits, what the list's first tenth holds, and
// that P(alive) is known to say nothing.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { makeCard } from "../../src/intelligence/makeCard.ts";
import { measureHoldout } from "../../src/intelligence/measureHoldout.ts";
import { useModels } from "../../src/intelligence/useModels.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { finish } from "./finish.ts";
import { type Order, populationOf } from "./populationOf.ts";

const file = "data/online-retail.latin1.crlf.csv.gz";
const dayOf = (year: number, month: number, day: number) => Date.UTC(year, month - 1, day) / 86_400_000;

type Line = Order & Readonly<{ isSale: boolean }>;

/** Lines of identified customers that are sales or returns. */
function readLines(): Line[][] {
  const byCustomer = new Map<string, Line[]>();
  const [, ...rows] = gunzipSync(readFileSync(sharedFile(file)))
    .toString("latin1")
    .split("\r\n");
  for (const row of rows) {
    const [, customer = "", price, date = "", quantity] = row.split(",").reverse();
    if (customer === "" || !(Number(price) > 0)) continue;
    const [month = 0, day = 0, year = 0] = (date.split(" ")[0] ?? "").split("/").map(Number);
    const isSale = !row.startsWith("C") && Number(quantity) > 0;
    const line = { day: dayOf(year, month, day), value: Number(price) * Number(quantity), isSale };
    const lines = byCustomer.get(customer);
    if (lines) lines.push(line);
    else byCustomer.set(customer, [line]);
  }
  return [...byCustomer.values()];
}

describeWithShared("the real file", [file], () => {
  let customers: Line[][];
  beforeAll(() => {
    customers = readLines();
  });

  /** Orders make histories; what is at stake is net of returns. */
  function populationAt(end: number) {
    const netOf = new Map(
      customers.map((lines) => [
        lines.filter(({ isSale }) => isSale),
        lines.reduce((sum, { day, value }) => sum + (day >= end - 365 && day < end ? value : 0), 0),
      ]),
    );
    return populationOf([...netOf.keys()], end, { atStake: (orders) => netOf.get(orders as Line[]) ?? 0 });
  }

  it.each([
    ["2011-09-09", dayOf(2011, 9, 9), 3362, 0.73],
    ["2011-08-09", dayOf(2011, 8, 9), 3200, 0.745],
    ["2011-07-09", dayOf(2011, 7, 9), 3010, 0.745],
    ["2011-06-09", dayOf(2011, 6, 9), 2787, 0.74],
    ["2011-05-09", dayOf(2011, 5, 9), 2511, 0.72],
  ])("91 days held back from %s on", async (from, end, count, least) => {
    const { holdout } = finish(measureHoldout(populationAt(end), { from, days: 91 }));
    if (holdout === null) throw new Error("Not measured.");
    const { auc, aucOfRecency, aucOfAlive, brier, brierOfShare, topTenth, calibration } = holdout;
    console.info(`${from}: ${JSON.stringify({ auc, aucOfRecency, aucOfAlive, brier, brierOfShare, topTenth })}`);
    expect(holdout.customers).toBe(count);
    expect(auc).toBeGreaterThan(least);
    expect(auc).toBeGreaterThan(aucOfRecency + 0.03);
    // Worse than a coin: what such scripts print.
    expect(aucOfAlive).toBeLessThan(0.45);
    expect(brier).toBeLessThan(brierOfShare);
    expect(calibration.reduce((sum, tenth) => sum + tenth.customers, 0)).toBe(count);
    expect(topTenth?.heldByList).toBeGreaterThan(2 * (topTenth?.heldByRecency ?? 1));
    expect(topTenth?.heldByList).toBeGreaterThan(topTenth?.heldByRevenue ?? 1);
  });

  it("the full fit: P(alive) is withheld, the chance of no order is not", async () => {
    const measured = finish(measureHoldout(populationAt(dayOf(2011, 9, 10)), { from: "2011-09-10", days: 91 }));
    const population = populationAt(dayOf(2011, 12, 10));
    const card = finish(makeCard(population, measured, settings));
    const outlook = finish(useModels(card, population.histories))?.outlook;
    const [purchases, values] = card.models;
    console.info(JSON.stringify(card.models));
    expect(purchases).toMatchObject({ model: "BG_NBD", status: "DEGENERATE", customersUsed: 4338, converged: true });
    expect(purchases?.parameters.find(({ name }) => name === "a")?.value).toBeLessThan(0.005);
    expect(purchases?.reason).toContain("P(alive)");
    expect(values).toMatchObject({ model: "GAMMA_GAMMA", status: "OK" });
    expect(card.basis).toBe("MODEL");
    expect(outlook?.alive).toBeNull();
    expect(outlook?.noOrder.every((chance) => chance > 0 && chance < 1)).toBe(true);
  });
});

const settings = { horizonDays: 91, discountRate: 0.1, leftOut: [] } as const;
