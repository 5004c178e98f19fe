// The sentence for whoever cuts a measure by a dimension that it cannot be cut by.
import { catalogName } from "./catalog.ts";
import { alwaysBy, cutBy } from "./cutBy.ts";
import { type DimensionName, timeDimensions } from "./dimensions.ts";
import type { MeasureName } from "./measures.ts";

/** Why a measure cannot be cut by these dimensions and what would work, in one sentence; null where it can. */
export function cutFault(measure: MeasureName, cut: readonly DimensionName[]): string | null {
  const always = alwaysBy(measure);
  const refused = cut.filter((name) => !cutBy(measure).includes(name));
  if (refused.length === 0 && always.every((name) => cut.includes(name))) return null;
  const shown = shownList([measure], "and");
  if (!always.every((name) => cut.includes(name)))
    return `${shown} is a figure of single customers: cut it by ${shownList(always, "and")} as well.`;
  return `${shown} counts customers in the period of their first order and cannot be cut by ${shownList(refused, "or")}: cut it by ${shownList(timeDimensions, "or")}, or leave ${shownList(refused, "and")} out.`;
}

/** "`day`, `week` or `month`" */
function shownList(names: readonly (MeasureName | DimensionName)[], last: "and" | "or"): string {
  const shown = names.map((name) => `\`${catalogName(name)}\``);
  return [shown.slice(0, -1).join(", "), ...shown.slice(-1)].filter((part) => part !== "").join(` ${last} `);
}
