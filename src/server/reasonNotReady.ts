// Whether the warehouse has anything to ask: what `/health/ready` rests on.
import { Consumer360Error } from "../kernel/errors.ts";
import { readSnapshot } from "../query/readSnapshot.ts";

type Warehouse = Parameters<typeof readSnapshot>[0];

/** Null where a snapshot is published and can be read; else why not, in words that may be shown to anyone. */
export async function reasonNotReady(warehouse: Warehouse): Promise<string | null> {
  try {
    await readSnapshot(warehouse);
    return null;
  } catch (error) {
    return error instanceof Consumer360Error ? error.message : "The warehouse cannot be read.";
  }
}
