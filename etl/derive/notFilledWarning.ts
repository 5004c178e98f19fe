// A rollup that a load left empty, in words for who loaded: what it was, why, and that no answer becomes wrong by it.
import { assertNever } from "../../src/kernel/errors.ts";
import { mostPlaces, mostSetWork } from "../../src/model/rollups.ts";
import type { LoadWarning } from "../record/loadRecord.ts";
import type { NotFilled } from "./deriveCells.ts";
import type { TooManySets } from "./placeSets.ts";

/** Counts the customers or invoices that are the cause. */
export function notFilledWarning({ rollup, because }: NotFilled): LoadWarning {
  const meaning = "What it would answer is answered from the next table: slower, the same figures.";
  return {
    code: "ROLLUP_NOT_FILLED",
    count: because.owners,
    message: `${rollup} was left empty: ${causeOf(because)}. ${meaning}`,
  };
}

function causeOf(because: TooManySets): string {
  const { kind, of } = because;
  const places = of === "customers" ? "countries" : "places (country, segments, customer type)";
  switch (kind) {
    case "places":
      return `${of} in more than ${mostPlaces} ${places}, up to ${because.places}`;
    case "work":
      return `${of} in several ${places} would take ${shown(because.work)} steps, and ${shown(mostSetWork)} are allowed`;
    default:
      return assertNever(kind);
  }
}

const shown = (count: number) => count.toLocaleString("en-GB");
