// What a load's report says of the models: what the list of customers at risk goes by, whether each model can be believed, and how it did.
import type { ModelCard } from "../src/kernel/ModelCard.ts";
import { formatCount } from "./formatProgress.ts";

export function formatModels({ basisReason, models, holdout, noHoldout }: ModelCard): string[] {
  return [
    "Models:",
    `  Customers at risk: ${basisReason}`,
    ...models.map(({ model, status, reason, customersUsed, parameters, logLikelihood }) => {
      const found = parameters.map(({ name, value }) => `${name} ${value.toPrecision(4)}`).join(", ");
      const fit = logLikelihood === null ? "" : `; ${found}; log-likelihood ${logLikelihood.toFixed(1)}`;
      return `  ${model} ${status}, ${formatCount(customersUsed)} customers${fit}. ${reason}`;
    }),
    ...(holdout === null ? (noHoldout === null ? [] : [`  No holdout: ${noHoldout}`]) : formatHoldout(holdout)),
  ];
}

function formatHoldout(holdout: NonNullable<ModelCard["holdout"]>): string[] {
  const { from, days, customers, lost, auc, aucOfRecency, brier, brierOfShare, topTenth } = holdout;
  return [
    `  Held back: ${days} days from ${from} on; ${percent(lost)} of ${formatCount(customers)} customers did not order.`,
    `  AUC ${auc.toFixed(3)} (recency ${aucOfRecency.toFixed(3)}), Brier ${brier.toFixed(3)} (their share alone ${brierOfShare.toFixed(3)}).`,
    ...(topTenth === null
      ? []
      : [
          `  Of the revenue lost, the list's first tenth held ${percent(topTenth.heldByList)}, recency's ${percent(topTenth.heldByRecency)}.`,
        ]),
  ];
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
