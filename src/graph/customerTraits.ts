// What is shown of a customer beside figures: the name as far as the scope may see it, and the scores with their code.
import { assertNever } from "../kernel/errors.ts";
import type { Scope } from "../model/scope.ts";
import type { CustomerAttributes } from "../query/answer.ts";
import type { Rfm } from "./types/Rfm.ts";

/** `real` is not called where the scope masks names. */
export function nameShown<Name>(
  { masks }: Pick<Scope, "masks">,
  { real, pseudonym }: Readonly<{ real: () => Name; pseudonym: () => string }>,
): Name | string | null {
  switch (masks.customerName) {
    case undefined:
      return real();
    case "null":
      return null;
    case "pseudonym":
      return pseudonym();
    default:
      return assertNever(masks.customerName);
  }
}

/** Null for a customer without a SALE line. */
export function rfmOf({ scores }: Pick<CustomerAttributes, "scores">): Rfm | null {
  return scores && { ...scores, code: `${scores.recency}${scores.frequency}${scores.monetary}` };
}
