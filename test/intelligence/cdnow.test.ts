// CDNOW, the 1/10 sample on which both models were published: their parameters and likelihoods to the published digits.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { expectedOrders } from "../../src/intelligence/bgNbd.ts";
import { fitBgNbd, logLikelihoodOf } from "../../src/intelligence/fitBgNbd.ts";
import { customersOf } from "../../src/intelligence/Histories.ts";
import { makeCard } from "../../src/intelligence/makeCard.ts";
import { measureHoldout } from "../../src/intelligence/measureHoldout.ts";
import { useModels } from "../../src/intelligence/useModels.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { finish } from "./finish.ts";
import { type Order, populationOf } from "./populationOf.ts";

const file = "data/cdnow-sample.txt";
const dayOf = (text: string) =>
  Date.UTC(Number(text.slice(0, 4)), Number(text.slice(4, 6)) - 1, Number(text.slice(6, 8))) / 86_400_000;

function readOrders(): Order[][] {
  const byCustomer = new Map<string, Order[]>();
  for (const line of readFileSync(sharedFile(file), "utf8").trim().split("\n")) {
    const [id = "", , day = "", , value] = line.trim().split(/\s+/);
    byCustomer.set(id, [...(byCustomer.get(id) ?? []), { day: dayOf(day), value: Number(value) }]);
  }
  return [...byCustomer.values()];
}

describeWithShared("CDNOW", [file], () => {
  // The paper counts ages to the last day of the calibration, and the orders of that day in.
  const last = dayOf("19970930");
  const customers = readOrders();
  const population = populationOf(customers, last + 1, { agedTo: last, daysAfter: 273 });

  it("BG/NBD of 2,357 customers", async () => {
    expect(customersOf(population.histories)).toBe(2357);
    const { parameters, logLikelihood, converged } = finish(fitBgNbd(population.histories));
    expect(converged).toBe(true);
    expect(parameters.r).toBeCloseTo(0.2426, 4);
    expect(parameters.alpha).toBeCloseTo(4.4136, 3);
    expect(parameters.a).toBeCloseTo(0.7929, 3);
    expect(parameters.b).toBeCloseTo(2.4259, 3);
    expect(logLikelihood).toBeCloseTo(-9582.429, 3);
    expect(finish(logLikelihoodOf(population.histories, parameters))).toBeCloseTo(logLikelihood, 9);
    expect(expectedOrders(parameters, { repeats: 2, last: 30.43, age: 38.86 }, 39)).toBeCloseTo(1.226, 3);
  });

  it("Gamma-Gamma of the 946 who came again", async () => {
    const card = finish(makeCard(population, unmeasured, settings));
    // Without a holdout nothing is delivered, but all is fitted.
    expect([finish(useModels(card, population.histories)), card.basis]).toEqual([null, "RECENCY"]);
    const values = card.models.find(({ model }) => model === "GAMMA_GAMMA");
    expect(values).toMatchObject({ status: "OK", customersUsed: 946, converged: true });
    const found = Object.fromEntries((values?.parameters ?? []).map(({ name, value }) => [name, value]));
    expect(found.p).toBeCloseTo(6.25, 2);
    expect(found.q).toBeCloseTo(3.74, 2);
    expect(found.v).toBeCloseTo(15.44, 2);
  });

  it("the 39 weeks after: who orders, and how often, by frequency", async () => {
    const { holdout } = finish(measureHoldout(population, { from: "1997-10-01", days: 273 }));
    expect(holdout?.auc).toBeGreaterThan(0.75);
    // Customers of one quarter and one purchase each: here recency orders them better, and is what a list would go by.
    expect(holdout?.aucOfRecency).toBeGreaterThan(holdout?.auc ?? 1);
    const purchases = holdout?.purchases ?? [];
    // Figure 4 of the paper: 1,411 customers did not come again, and their mean of later orders is near 0.23.
    expect(purchases[0]).toMatchObject({ repeats: "0", customers: 1411 });
    for (const { customers: count, expectedOrders: expected, observedOrders: observed } of purchases.slice(0, 2))
      expect(Math.abs(expected - observed) / count).toBeLessThan(0.2);
    const sum = (of: "expectedOrders" | "observedOrders") => purchases.reduce((total, each) => total + each[of], 0);
    expect(Math.abs(sum("expectedOrders") / sum("observedOrders") - 1)).toBeLessThan(0.15);
  });
});

const unmeasured = { holdout: null, noHoldout: "Not asked for." } as const;
const settings = { horizonDays: 91, discountRate: 0.1, leftOut: [] } as const;
