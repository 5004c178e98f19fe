// Decides, once per file, how its dates are read: by what the whole column proves, or by what the operator says.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { DateOrder } from "../layouts/fileForms.ts";

/** How many rows' dates can be read how. A date that fits both orders, like 12/1/2010, proves nothing. */
export type DateEvidence = Readonly<{
  monthFirst: number;
  dayFirst: number;
  either: number;
  iso: number;
  unreadable: number;
}>;

/** An order is proven where it holds at least this share of the dates that could prove the opposite. */
const provenShare = 0.99;

/**
 * The order that was asked for; else the proven one. A date such as 12/31/2010 proves month first, 31/12/2010 day first;
 * one side must hold 99 % of such proofs, and the rest become rejected rows. Without any proof, a column that is ISO to
 * 99 % is `ymd`. ISO dates are read under every order, so they neither prove nor disprove one.
 */
export function decideDateOrder(
  path: string,
  dates: DateEvidence,
  asked: DateOrder | undefined,
  example: string | null = null,
): DateOrder {
  if (asked !== undefined) return asked;
  const { monthFirst, dayFirst, either, iso, unreadable } = dates;
  const proofs = monthFirst + dayFirst;
  if (proofs > 0) {
    if (monthFirst >= proofs * provenShare) return "mdy";
    if (dayFirst >= proofs * provenShare) return "dmy";
  } else if (iso > 0 && iso >= (iso + either) * provenShare) {
    return "ymd";
  }
  const counts =
    `${monthFirst} dates can only be month first, ${dayFirst} only day first, ${either} can be both` +
    `${iso > 0 ? `, ${iso} are ISO` : ""}${unreadable > 0 ? `, ${unreadable} cannot be read` : ""}${example === null ? "" : ` (${JSON.stringify(example)})`}`;
  const readable = proofs + either + iso > 0;
  throw new Consumer360Error("DATE_ORDER_UNKNOWN", `${path} does not prove its date order: ${counts}`, {
    remedy: readable
      ? "Say it: --date-order mdy|dmy|ymd"
      : "Write dates such as 2010-12-31, 31.12.2010 or 12/31/2010, with or without a time; --date-order mdy|dmy|ymd says which",
  });
}
