// How many rows a page may have. Nothing is cut short in silence: a number outside the bounds is refused by name.
import { Consumer360Error } from "../kernel/errors.ts";

export const mostCustomers = 1_000;
export const mostCustomersByColumns = 10_000;
export const mostProducts = 1_000;
export const mostLoadRuns = 1_000;
export const mostRejects = 1_000;
export const mostLines = 10_000;
export const mostMetricRows = 10_000;

/** `first` where it lies within 1 and `most`, the default where it is left out. */
export function boundedFirst(first: number | null | undefined, byDefault: number, most: number): number {
  const wanted = first ?? byDefault;
  if (wanted >= 1 && wanted <= most) return wanted;
  throw new Consumer360Error(
    "BAD_USER_INPUT",
    `\`first\` is ${wanted}; it must be from 1 to ${most.toLocaleString("en-US")}.`,
    { remedy: wanted < 1 ? "Leave it out for the usual page." : "Ask for smaller pages and go on with `after`." },
  );
}
