// A customer's outlook as the graph shows it, with the one sentence that says why.
import { churnHorizonDays } from "../kernel/ModelCard.ts";
import type { Outlook } from "../query/answer.ts";
import type { CustomerOutlook } from "./types/CustomerOutlook.ts";

export function outlookShown(outlook: Outlook): CustomerOutlook {
  return {
    basis: outlook.noOrder === null ? "RECENCY" : "MODEL",
    noOrderProbability: outlook.noOrder,
    aliveProbability: outlook.alive,
    expectedOrders30Days: outlook.orders30,
    expectedOrders90Days: outlook.orders90,
    expectedOrders365Days: outlook.orders365,
    expectedOrderValue: outlook.orderValue,
    lifetimeValue: outlook.lifetimeValue,
    trailingNetRevenue: outlook.trailingNetRevenue,
    revenueAtRisk: outlook.revenueAtRisk,
    usualIntervalDays: outlook.usualInterval,
    daysOverdue: outlook.daysOverdue,
    reason: reasonOf(outlook),
  };
}

function reasonOf({ noOrder, recencyDays, usualInterval, daysOverdue }: Outlook): string {
  const chance =
    noOrder === null
      ? "No model could be trusted, so no chance is given."
      : `The chance of no order in ${churnHorizonDays} days is ${Math.round(100 * noOrder)} %`;
  if (usualInterval === null || daysOverdue === null)
    return noOrder === null
      ? `Bought on one day only, ${days(recencyDays)} ago. ${chance}`
      : `Bought on one day only, ${days(recencyDays)} ago. ${chance}, as for every first-time buyer of that day.`;
  const overdue = daysOverdue === 0 ? "within its usual time" : `${days(daysOverdue)} overdue`;
  const habit = `Usually orders every ${days(Math.max(1, Math.round(usualInterval)))}, last ${days(recencyDays)} ago: ${overdue}.`;
  return noOrder === null ? `${habit} ${chance}` : `${habit} ${chance}.`;
}

const days = (count: number) => `${count} ${count === 1 ? "day" : "days"}`;
