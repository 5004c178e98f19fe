// What the report of a load says of the models, in words.
import { expect, test } from "vitest";
import { formatModels } from "../../bin/formatModels.ts";
import type { ModelCard } from "../../src/kernel/ModelCard.ts";

const card: ModelCard = {
  basis: "MODEL",
  basisReason: "By the model's chance of no order: on the days held back its AUC is 0.733, that of recency 0.684.",
  horizonDays: 91,
  discountRate: 0.1,
  models: [
    {
      model: "BG_NBD",
      status: "DEGENERATE",
      reason: "a is 0.0039.",
      parameters: [
        { name: "r", value: 0.8256 },
        { name: "a", value: 0.003922 },
      ],
      logLikelihood: -37697.307,
      customersUsed: 4338,
      leftOut: [],
      converged: true,
      steps: 38,
    },
  ],
  holdout: {
    from: "2011-09-10",
    days: 91,
    customers: 3370,
    lost: 0.43,
    auc: 0.7331,
    aucOfRecency: 0.6843,
    aucOfAlive: 0.357,
    brier: 0.2174,
    brierOfShare: 0.2451,
    calibration: [],
    purchases: [],
    topTenth: { heldByList: 0.3, heldByRecency: 0.091, heldByRevenue: 0.194 },
  },
  noHoldout: null,
};

test("a card with a holdout", () => {
  expect(formatModels(card)).toEqual([
    "Models:",
    "  Customers at risk: By the model's chance of no order: on the days held back its AUC is 0.733, that of recency 0.684.",
    "  BG_NBD DEGENERATE, 4,338 customers; r 0.8256, a 0.003922; log-likelihood -37697.3. a is 0.0039.",
    "  Held back: 91 days from 2011-09-10 on; 43.0 % of 3,370 customers did not order.",
    "  AUC 0.733 (recency 0.684), Brier 0.217 (their share alone 0.245).",
    "  Of the revenue lost, the list's first tenth held 30.0 %, recency's 9.1 %.",
  ]);
});

test("a card without one says why, and a model that was not fitted has no parameters", () => {
  const [fit] = card.models;
  if (!fit) throw new Error("No model.");
  const lines = formatModels({
    ...card,
    models: [
      {
        ...fit,
        status: "INSUFFICIENT_DATA",
        reason: "3 customers.",
        parameters: [],
        logLikelihood: null,
        customersUsed: 3,
      },
    ],
    holdout: null,
    noHoldout: "Before 2011-09-10: 2 customers.",
  });
  expect(lines.slice(2)).toEqual([
    "  BG_NBD INSUFFICIENT_DATA, 3 customers. 3 customers.",
    "  No holdout: Before 2011-09-10: 2 customers.",
  ]);
});
