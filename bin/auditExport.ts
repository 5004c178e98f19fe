// What an export leaves in the audit's table, where AUDIT=table is set: like a request to the graph it has read customers, and perhaps names.
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Scope } from "../src/model/scope.ts";
import type { Config } from "../src/server/readConfig.ts";
import { openAccessRecords } from "../src/warehouse/openAccessRecords.ts";
import type { Column, ListName } from "./exportedLists.ts";
import { Stopped } from "./stopSignal.ts";

/** What is known of an export once it has ended, however it ended. */
export type Told = { rows: number; snapshotId: number | null };

type Audited = Readonly<{
  list: ListName;
  scope: Scope;
  columns: readonly Column[];
  told: Told;
  url: string;
  /** Is told where no record could be left; the rows are gone all the same. */
  say: (message: string) => void;
}>;

export async function auditExport(
  { audit }: Pick<Config, "audit">,
  audited: Audited,
  work: () => Promise<void>,
): Promise<void> {
  if (audit !== "table") return work();
  const at = new Date();
  const began = performance.now();
  let outcome: string[] = [];
  try {
    await work();
  } catch (error) {
    // who is interrupted has got rows as well, and no error
    if (!(error instanceof Stopped)) outcome = [error instanceof Consumer360Error ? error.code : "INTERNAL"];
    throw error;
  } finally {
    await record(audited, { at, durationMs: performance.now() - began, outcome });
  }
}

type Ended = Readonly<{ at: Date; durationMs: number; outcome: readonly string[] }>;

async function record(
  { list, scope, columns, told, url, say }: Audited,
  { at, durationMs, outcome }: Ended,
): Promise<void> {
  const showsNames = scope.masks.customerName === undefined && columns.some(({ field }) => field === "Customer.name");
  const records = openAccessRecords(url);
  try {
    await records.writeAudit([
      {
        at: at.toISOString(),
        requestId: null,
        subject: `export:${scope.role}`,
        credential: null,
        keyId: null,
        role: scope.role,
        scopeFingerprint: scope.fingerprint,
        snapshotId: told.snapshotId,
        document: null,
        asked: { fields: [`export ${list}`], arguments: {}, more: 0 },
        personal: told.rows === 0 ? [] : [...(showsNames ? ["Customer.name"] : []), "customerLevel"],
        rows: told.rows,
        durationMs: Math.round(durationMs * 1000) / 1000,
        outcome,
        reason: null,
      },
    ]);
  } catch (cause) {
    say(`consumer360: the audit's record could not be written: ${cause instanceof Error ? cause.message : cause}`);
  } finally {
    await records.close();
  }
}
