// Turns what is stored of customers' outlooks into values.
import { toDecimal } from "../kernel/decimal.ts";
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { Outlook, RevenueAtRisk } from "./answer.ts";

const decimal = (stored: unknown) => (stored === null ? null : toDecimal(String(stored)));

export function decodeOutlook(row: StoredRow): Outlook {
  const number = (stored: unknown) => (stored === null ? null : Number(stored));
  const recencyDays = Number(row.recency_days);
  const usualInterval = number(row.usual_interval);
  return {
    id: String(row.customer_key),
    recencyDays,
    repeats: Number(row.repeats),
    usualInterval,
    daysOverdue: usualInterval === null ? null : Math.max(0, Math.round(recencyDays - usualInterval)),
    trailingNetRevenue: toDecimal(String(row.trailing_net_revenue)),
    noOrder: number(row.no_order),
    alive: number(row.alive),
    orders30: number(row.orders_30),
    orders90: number(row.orders_90),
    orders365: number(row.orders_365),
    orderValue: decimal(row.order_value),
    lifetimeValue: decimal(row.lifetime_value),
    revenueAtRisk: decimal(row.revenue_at_risk),
  };
}

/** `row`: of sums over customers. */
export function decodeRevenueAtRisk(row: StoredRow): RevenueAtRisk {
  return {
    customers: Number(row.customers),
    trailingNetRevenue: toDecimal(String(row.trailing_net_revenue)),
    revenueAtRisk: decimal(row.revenue_at_risk),
  };
}
