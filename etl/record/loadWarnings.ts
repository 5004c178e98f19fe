// What is worth a look and no fault: counted, never hidden, and never mended in silence.
import { addMonths, firstDayOf, type IsoDate, monthOf } from "../../src/kernel/calendar.ts";
import type { Copied } from "../conform/copyRows.ts";
import type { Derived } from "../derive/deriveSnapshot.ts";
import { notFilledWarning } from "../derive/notFilledWarning.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import type { LoadWarning } from "./loadRecord.ts";
import type { Run } from "./loadSession.ts";

export function warningsOfFiles(files: readonly FileEvidence[], copied: readonly Copied[]): LoadWarning[] {
  const edges = copied.reduce((sum, { judgement }) => sum + judgement.edgeSpaces, 0);
  return [
    ...mergeEqual(files.flatMap(({ warnings }) => warnings)),
    ...warning(
      "EDGE_WHITE_SPACE",
      edges,
      "Rows with white space at the edge of a field; it was left out, so that it makes no two of one.",
    ),
  ];
}

type Snapshot = Readonly<{
  snapshotId: number;
  /** Products with more than one description. */
  renamed: number;
}> &
  Pick<Derived, "asOf" | "dataThrough" | "notFilled">;

export async function warningsOfSnapshot(
  run: Run,
  { snapshotId, renamed, asOf, dataThrough, notFilled }: Snapshot,
): Promise<LoadWarning[]> {
  const [customers] = await run(
    `SELECT count(*) AS roaming FROM rfm_segments WHERE snapshot_id = ${snapshotId} AND cardinality(countries) > 1`,
  );
  const [later] =
    dataThrough < asOf
      ? [{ lines: 0 }]
      : await run(
          `SELECT sum(lines) AS lines FROM sales_order WHERE snapshot_id = ${snapshotId} AND ordered_on >= date '${asOf}'`,
        );
  const month = monthOf(dataThrough);
  const isPartial = (firstDayOf(addMonths(month, 1)) as IsoDate) > asOf;
  return [
    ...warning(
      "SEVERAL_DESCRIPTIONS",
      renamed,
      "Products with more than one description; each shows the most frequent one.",
    ),
    ...warning(
      "SEVERAL_COUNTRIES",
      Number(customers?.roaming),
      "Customers with lines in more than one country; each country shows its own lines.",
    ),
    ...warning(
      "LINES_AFTER_AS_OF",
      Number(later?.lines),
      `Lines on ${asOf} or later, the day that the figures look back from: they count, and their customers' recency is below a day or negative.`,
    ),
    ...warning(
      "PARTIAL_MONTH",
      isPartial ? 1 : 0,
      `The last month, ${month}, is not complete: the data ends on ${dataThrough}.`,
    ),
    ...notFilled.map(notFilledWarning),
  ];
}

/** What several files show alike is said once. */
function mergeEqual(warnings: readonly LoadWarning[]): LoadWarning[] {
  const merged = new Map<string, LoadWarning>();
  for (const { code, count, message } of warnings)
    merged.set(message, { code, count: count + (merged.get(message)?.count ?? 0), message });
  return [...merged.values()];
}

const warning = (code: string, count: number, message: string): LoadWarning[] =>
  count > 0 ? [{ code, count, message }] : [];
