// The step to a better or a worse segment in a plain sentence.
import type { Losing, Missing } from "./explainSegment.ts";

export function betterInWords(name: string, { orders, amount, days }: Missing, currency: string): string {
  const placed = counted(orders, "more order", "more orders");
  const worth = orders === 1 ? `of at least ${amount} ${currency}` : `of at least ${amount} ${currency} together`;
  const late = days === 0 ? "" : `; the last order is ${counted(days, "day", "days")} too old for it`;
  return `${placed} ${worth} would lead to ${name}${late}.`;
}

export function worseInWords(name: string, { days, orders, amount }: Losing, currency: string): string {
  const ways = [
    days === null ? null : `${counted(days, "day", "days")} without another order`,
    orders === null ? null : `${counted(orders, "order", "orders")} less`,
    amount === null ? null : `${amount} ${currency} less`,
  ].filter((way) => way !== null);
  const all = ways.length < 2 ? ways.join("") : `${ways.slice(0, -1).join(", ")} or ${ways.at(-1)}`;
  return `${all} would lead to ${name}.`;
}

const counted = (count: number, one: string, many: string) =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
