// What a file shows when it is read that is no fault and yet worth a look: counted, never hidden.
import type { RowEvidence } from "./createRowEvidence.ts";
import { offsetZone, utcZone } from "./readDate.ts";
import type { TextSource } from "./textSource.ts";

export type ReadingWarning = Readonly<{ code: string; count: number; message: string }>;

export function warningsOfReading({
  source,
  extraColumns,
  dateZone,
  found,
}: Readonly<{
  source: TextSource;
  extraColumns: readonly string[];
  dateZone: number;
  found: RowEvidence;
}>): ReadingWarning[] {
  const { dates, dateCells, cutSeconds, zones } = found;
  const readable = dates.monthFirst + dates.dayFirst + dates.either + dates.iso;
  const texts = readable - dateCells;
  const warnings: ReadingWarning[] = [
    {
      code: "EXTRA_COLUMNS",
      count: extraColumns.length,
      message: `Columns that were not loaded: ${extraColumns.join(", ")}.`,
    },
    {
      code: "OTHER_SHEETS",
      count: source.otherSheets.length,
      message: `Sheets that were not loaded: ${source.otherSheets.join(", ")}. --sheet names another.`,
    },
    {
      code: "DATES_MIXED",
      count: dateCells > 0 ? texts : 0,
      message: `Dates that are text, beside ${dateCells} that are dates: a spreadsheet that took days for months leaves such a mixture.`,
    },
    {
      code: "TIMES_WITH_ZONE",
      count: dateZone === utcZone ? zones.utc : dateZone === offsetZone ? zones.offset : 0,
      message: `Times that name a zone (${dateZone === utcZone ? "Z" : "an offset"}) were taken as they are written, without it.`,
    },
    {
      code: "SECONDS_CUT",
      count: cutSeconds,
      message: "Times lost their fraction of a second.",
    },
  ];
  return warnings.filter(({ count }) => count > 0);
}
