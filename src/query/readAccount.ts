// Reads the row account of the load that published a snapshot: for operators only.
import type { Scope } from "../model/scope.ts";
import type { ReadWarehouse } from "../warehouse/openReadWarehouse.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";
import { forbidden } from "./validate.ts";

/** Rows read = loaded + duplicate + superseded + rejected; `replaced` are lines withdrawn from the former snapshot. */
export type RowAccount = Readonly<
  Record<"read" | "loaded" | "duplicate" | "superseded" | "rejected" | "replaced", number>
>;

export async function readAccount(
  warehouse: ReadWarehouse,
  snapshot: SnapshotFacts,
  scope: Scope,
): Promise<RowAccount> {
  if (!scope.operator) throw forbidden();
  const [row] = await warehouse.readPublished(
    { text: "SELECT account FROM load_run WHERE load_run_id = $1::integer", values: [snapshot.loadRunId] },
    scope,
  );
  return JSON.parse(String(row?.account)) as RowAccount;
}
