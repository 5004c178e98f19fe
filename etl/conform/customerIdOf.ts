// Ids for customers of whom a file knows only the name: always the same one for the same name, and of no use to whoever does not have the
// warehouse's secret, so that a list of names cannot be tried against ids.
import { createHmac } from "node:crypto";

/** Letters of the id behind its mark: 80 bits, so that two names of a million practically never share one. */
const letters = 20;

/** `secret`: the warehouse's. The names are in their normal form, in which one customer has one name. */
export function makeCustomerIdOf(secret: Buffer): (name: string) => string {
  const key = createHmac("sha256", secret).update("customer ids of names").digest();
  return (name) => `N-${createHmac("sha256", key).update(name).digest("hex").slice(0, letters)}`;
}
