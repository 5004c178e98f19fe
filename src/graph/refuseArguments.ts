// A scope with a smallest cell has its tables as they are: whoever narrows one is refused here, also where the selection needs no figure
// and nothing would be asked of the query floor, which refuses it as well.
import type { Scope } from "../model/scope.ts";
import { forbidden } from "../query/validate.ts";

/** Throws FORBIDDEN where such a scope gives any of these arguments; null and undefined are none. */
export function refuseArguments({ minimumCustomers }: Scope, ...given: readonly unknown[]): void {
  if (minimumCustomers === null) return;
  if (given.some((argument) => argument !== null && argument !== undefined)) throw forbidden();
}
