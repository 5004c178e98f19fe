// The gate on rejected rows: too many of them, or nothing but them, and the load is refused with the first of those to blame.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { Reject } from "../judge/rejectCodes.ts";
import { listRejects } from "../record/describeReject.ts";

/** Why these rows must not be published, with the first of those to blame; null where they may. */
export function refusalOf(
  { accepted, rejected }: Readonly<{ accepted: number; rejected: number }>,
  firstRejects: readonly Reject[],
  { files, maxRejects }: Readonly<{ files: readonly Readonly<{ path: string }>[]; maxRejects: number }>,
): Consumer360Error | null {
  const path = files.length === 1 ? files[0]?.path : `the ${files.length} files`;
  const toMend = (...advice: string[]) => [...advice, ...listRejects(firstRejects, rejected)].join("\n");
  if (accepted === 0) {
    const none = rejected === 1 ? `The only row of ${path}` : `None of the ${rejected} rows of ${path}`;
    return new Consumer360Error("NOTHING_TO_PUBLISH", `${none} can${rejected === 1 ? "not" : ""} be loaded.`, {
      remedy: toMend("Mend the file and load it again."),
    });
  }
  if (rejected > maxRejects * (accepted + rejected)) {
    const share = Number((maxRejects * 100).toPrecision(12));
    return new Consumer360Error(
      "TOO_MANY_REJECTS",
      `${rejected} of ${accepted + rejected} rows of ${path} ${rejected === 1 ? "was" : "were"} rejected; ${share} % are allowed.`,
      { remedy: toMend("Mend the file and load it again, or allow more: --max-rejects, MAX_REJECTS.") },
    );
  }
  return null;
}
