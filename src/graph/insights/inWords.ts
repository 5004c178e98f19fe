// Numbers as the sentences of insights say them.
import type { Value } from "../../query/answer.ts";

export function numberOf(value: Value | undefined): number | null {
  return value === null || value === undefined || typeof value === "object" ? null : Number(value);
}

export const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`;

export const money = (amount: number, currency: string): string =>
  `${amount.toLocaleString("en-US", { maximumFractionDigits: 0 })} ${currency}`;

/** "up 12.0 %" */
export const change = (now: number, before: number): string =>
  `${now >= before ? "up" : "down"} ${percent(Math.abs(now - before) / before)}`;
