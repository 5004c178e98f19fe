// Counts of orders as shares: how often two products are bought together, and how much more often than by chance.
import type { BoughtTogether } from "../query/answer.ts";
import type { BoughtWith } from "./types/Product.ts";

export function boughtWithOf({
  product,
  description,
  together,
  askedOrders,
  orders,
  allOrders,
}: BoughtTogether): BoughtWith {
  return {
    code: product,
    description,
    orders: together,
    support: together / allOrders,
    confidence: together / askedOrders,
    lift: (together * allOrders) / (askedOrders * orders),
  };
}
