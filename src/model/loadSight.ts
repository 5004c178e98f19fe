// What an operator may see of a load beside counts: some of it is about all customers, or holds what one of them bought.
import { mayUse } from "./catalog.ts";
import type { Scope } from "./scope.ts";

/** Whether no row is kept from the scope: what cannot be told by country or segment is for such scopes alone. */
export const seesEveryRow = ({ countries, segments }: Scope): boolean => countries === null && segments === null;

export const seesEveryName = ({ masks }: Scope): boolean => Object.keys(masks).length === 0;

/** What the lines of a load amount to. */
export function seesLoadAmounts(scope: Scope): boolean {
  return scope.operator && scope.minimumCustomers === null && mayUse("commercial", scope) && seesEveryRow(scope);
}

/** Text from the files: a row names its customer, and what was bought for how much. */
export function seesFileTexts(scope: Scope): boolean {
  return seesLoadAmounts(scope) && mayUse("personal", scope) && seesEveryName(scope);
}
