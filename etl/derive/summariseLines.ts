// What the new lines amount to by kind, for the report, and the days that they span, for the snapshot.
import type { IsoDate } from "../../src/kernel/calendar.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import type { Run } from "../record/loadSession.ts";

/** Lines of one kind; `amount` is the sum of quantity × unit price, exact, in the file's currency. */
export type KindAmount = Readonly<{ kind: string; lines: number; amount: string }>;

type Summary = Readonly<{ dataFrom: IsoDate; dataThrough: IsoDate; amounts: readonly KindAmount[] }>;

export async function summariseLines(run: Run, partition: string): Promise<Summary> {
  const rows = await run(`SELECT kind, count(*) AS lines, sum(amount) AS amount,
      to_char(min(ordered_at), 'YYYY-MM-DD') AS first, to_char(max(ordered_at), 'YYYY-MM-DD') AS last
    FROM ${partition} GROUP BY kind ORDER BY kind`);
  const days = rows.flatMap((row) => [String(row.first), String(row.last)]).sort() as IsoDate[];
  return {
    dataFrom: days[0] as IsoDate,
    dataThrough: days.at(-1) as IsoDate,
    amounts: rows.map((row) => ({
      kind: String(row.kind),
      lines: Number(row.lines),
      amount: toDecimal(String(row.amount)),
    })),
  };
}
