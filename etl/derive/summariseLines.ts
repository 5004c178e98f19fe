// What lines amount to by kind, exactly: of a table, and of what is added to and taken away from what was there.
import { type Decimal, subtractDecimals, sumDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import type { Run } from "../record/loadSession.ts";

/** Lines of one kind; `amount` is the sum of their amounts, exact, in the file's currency. */
export type KindAmount = Readonly<{ kind: string; lines: number; amount: Decimal }>;

/** By kind, in alphabetical order. `lines`: a table, or a query in brackets with an alias. */
export function summariseLines(run: Run, lines: string): Promise<readonly KindAmount[]> {
  return summarise(run, "count(*)", lines);
}

/** The same of sums that have been made already: `sums` has the columns kind, lines and amount. */
export function summariseSums(run: Run, sums: string): Promise<readonly KindAmount[]> {
  return summarise(run, "sum(lines)", sums);
}

async function summarise(run: Run, count: string, from: string): Promise<readonly KindAmount[]> {
  const rows = await run(
    `SELECT kind, ${count} AS lines, sum(amount)::text AS amount FROM ${from} GROUP BY kind ORDER BY kind`,
  );
  return rows.map((row) => ({
    kind: String(row.kind),
    lines: Number(row.lines),
    amount: toDecimal(String(row.amount)),
  }));
}

/** All kinds together. */
export function totalOf(kinds: readonly KindAmount[]): Readonly<{ lines: number; amount: Decimal }> {
  return {
    lines: kinds.reduce((sum, { lines }) => sum + lines, 0),
    amount: sumDecimals(kinds.map(({ amount }) => amount)),
  };
}

/** `before`, less what was withdrawn, with what was added. */
export function settleKinds(
  before: readonly KindAmount[],
  withdrawn: readonly KindAmount[],
  added: readonly KindAmount[],
): readonly KindAmount[] {
  const of = (kinds: readonly KindAmount[], kind: string) =>
    kinds.find((each) => each.kind === kind) ?? { lines: 0, amount: toDecimal(0) };
  const all = [...new Set([...before, ...added].map(({ kind }) => kind))].sort();
  return all
    .map((kind) => ({
      kind,
      lines: of(before, kind).lines - of(withdrawn, kind).lines + of(added, kind).lines,
      amount: sumDecimals([
        subtractDecimals(of(before, kind).amount, of(withdrawn, kind).amount),
        of(added, kind).amount,
      ]),
    }))
    .filter(({ lines }) => lines > 0);
}
