// Runs every gate over what is about to be published.
import type { LoadOptions } from "../loadOptions.ts";
import { usualTolerances } from "../loadOptions.ts";
import type { LoadWarning } from "../record/loadRecord.ts";
import type { Run } from "../record/loadSession.ts";
import { type Compared, compareMonths } from "./compareMonths.ts";
import { compareSegments } from "./compareSegments.ts";
import { findEmpty } from "./findEmpty.ts";
import { passGates } from "./gates.ts";
import { type Books, reconcile } from "./reconcile.ts";

type Judged = Readonly<{
  snapshotId: number;
  /** What is compared with; null where nothing is, or only the sample. */
  former: (Compared & Readonly<{ asOf: string }>) | null;
  append: boolean;
  books: Omit<Books, "snapshotId">;
  options: LoadOptions;
}>;

/** Returns what is worth a look. Throws PUBLISH_REFUSED, with the comparison. */
export async function judgePublish(run: Run, judged: Judged): Promise<readonly LoadWarning[]> {
  const { snapshotId, former, append, books, options } = judged;
  const { months: ofMonths, segments: ofSegments } = options.tolerances ?? usualTolerances;
  const findings = [...(await reconcile(run, { ...books, snapshotId })), ...(await findEmpty(run, snapshotId))];
  const warnings: LoadWarning[] = [];
  if (former) {
    const months = await compareMonths(run, {
      former,
      formerAsOf: former.asOf,
      next: { snapshotId, rollups: books.rollups },
      append,
      tolerance: ofMonths,
    });
    findings.push(...months.findings);
    warnings.push(...months.warnings);
    findings.push(...(await compareSegments(run, { former: former.snapshotId, snapshotId, tolerance: ofSegments })));
  }
  return [...passGates(findings, options.allow ?? []), ...warnings];
}
