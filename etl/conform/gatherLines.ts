// One pass over the lines of a load, whose few sums tell two things: how often each product is called what, and what the lines of each kind
// amount to.
import type { Run } from "../record/loadSession.ts";
import type { LineTable } from "./lineTable.ts";

/** Lives as long as the transaction. */
export const gatheredTable = "load_gathered";

export async function gatherLines(run: Run, { name }: LineTable): Promise<void> {
  await run(`CREATE TEMP TABLE ${gatheredTable} ON COMMIT DROP AS
    SELECT product, description, category, kind, count(*) AS lines, sum(amount) AS amount FROM ${name}
    GROUP BY product, description, category, kind`);
}
