// Reads the row account of the load that published a snapshot: for operators only.
import type { Scope } from "../model/scope.ts";
import type { RowAccount } from "../warehouse/entities/LoadRun.ts";
import type { ReadWarehouse } from "../warehouse/openReadWarehouse.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";
import { forbidden } from "./validate.ts";

export type { RowAccount };

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
