// Fills the cells from the stored orders, and says which rollups hold the snapshot whole: one that would need too many sets is left
// empty, and questions go to the next.
import {
  customerCellRollup,
  type Rollup,
  rollups,
  salesCellRollup,
  salesOrderRollup,
} from "../../src/model/rollups.ts";
import type { Run } from "../record/loadSession.ts";
import type { Carried } from "./carriedOver.ts";
import { deriveCustomerCells } from "./deriveCustomerCells.ts";
import type { Derivation } from "./derivedTables.ts";
import { deriveSalesCells } from "./deriveSalesCells.ts";
import type { TooManySets } from "./placeSets.ts";

/** A rollup that was left empty. */
export type NotFilled = Readonly<{ rollup: string; because: TooManySets }>;

export type FilledRollups = Readonly<{
  /** Names of the rollups that are filled, the orders among them. */
  filled: readonly string[];
  notFilled: readonly NotFilled[];
}>;

export async function deriveCells(
  run: Run,
  derivation: Derivation,
  carried: Carried | null = null,
): Promise<FilledRollups> {
  const filled: Rollup[] = [salesOrderRollup];
  const notFilled: NotFilled[] = [];
  const note = (rollup: Rollup, because: TooManySets | null) => {
    if (because) notFilled.push({ rollup: rollup.name, because });
    else filled.push(rollup);
  };
  const customers = await deriveCustomerCells(run, derivation, carried);
  note(customerCellRollup, customers);
  note(salesCellRollup, customers ?? (await deriveSalesCells(run, derivation)));
  return Object.freeze({
    filled: rollups.filter((rollup) => filled.includes(rollup)).map((rollup) => rollup.name),
    notFilled: Object.freeze(notFilled),
  });
}
