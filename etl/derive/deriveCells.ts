// Fills the cells from the stored orders, and says which rollups hold the snapshot whole: one that would need sets of too many places
// is left empty, and questions go to the next.
import {
  customerCellRollup,
  type Rollup,
  rollups,
  salesCellRollup,
  salesOrderRollup,
} from "../../src/model/rollups.ts";
import type { Run } from "../record/loadSession.ts";
import { deriveCustomerCells } from "./deriveCustomerCells.ts";
import type { Derivation } from "./derivedTables.ts";
import { deriveSalesCells } from "./deriveSalesCells.ts";
import { makeSubsets } from "./placeSets.ts";

/** Returns the names of the rollups that are filled, the orders among them. */
export async function deriveCells(run: Run, derivation: Derivation): Promise<readonly string[]> {
  const filled: Rollup[] = [salesOrderRollup];
  await makeSubsets(run);
  if (await deriveCustomerCells(run, derivation)) {
    filled.push(customerCellRollup);
    if (await deriveSalesCells(run, derivation)) filled.push(salesCellRollup);
  }
  return rollups.filter((rollup) => filled.includes(rollup)).map((rollup) => rollup.name);
}
