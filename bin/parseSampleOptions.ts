// The sample's options, checked as they are read, so that a slip is a usage error and nothing is written.
import { InvalidArgumentError } from "commander";
import { isMonth, type Month } from "../src/kernel/calendar.ts";

export function parseWhole(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

export function parseCount(text: string): number {
  const count = parseWhole(text);
  if (count === 0) throw new InvalidArgumentError("It must be at least 1.");
  return count;
}

export function parseMonth(text: string): Month {
  if (!isMonth(text)) throw new InvalidArgumentError("It must be a month, YYYY-MM.");
  return text;
}
