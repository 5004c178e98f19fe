// The gate on sums: rows and money are followed from the file, where the judge added them up without the database, through the lines into
// what is derived. They agree to the last digit or nothing is published.
import { type Decimal, subtractDecimals, sumDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import type { Counted } from "../conform/settleLines.ts";
import { type KindAmount, totalOf } from "../derive/summariseLines.ts";
import type { Run } from "../record/loadSession.ts";
import type { Finding } from "./gates.ts";

export type Books = Readonly<{
  snapshotId: number;
  /** What the judge accepted, over all files. */
  judged: Counted;
  superseded: Counted;
  duplicate: Counted;
  /** Lines that were loaded now. */
  loaded: readonly KindAmount[];
  /** Lines of the whole snapshot. */
  held: readonly KindAmount[];
  /** Names of the rollups that hold the snapshot whole. */
  rollups: readonly string[];
}>;

type Sum = Readonly<{ what: string; expected: Decimal; found: Decimal }>;

export async function reconcile(run: Run, books: Books): Promise<Finding[]> {
  const sums = [...sumsOfFiles(books), ...(await sumsOfOrders(run, books)), ...(await sumsOfCells(run, books))];
  const wrong = sums.filter(({ expected, found }) => expected !== found);
  if (wrong.length === 0) return [];
  return [
    {
      gate: "unreconciled",
      count: wrong.length,
      message: `${wrong.length} of ${sums.length} sums do not agree`,
      comparison: wrong.map(({ what, expected, found }) => `${what}: ${expected} expected, ${found} found`),
    },
  ];
}

function sumsOfFiles({ judged, superseded, duplicate, loaded }: Books): Sum[] {
  const total = totalOf(loaded);
  return [
    {
      what: "lines of the files, without what was left out",
      expected: toDecimal(judged.lines - superseded.lines - duplicate.lines),
      found: toDecimal(total.lines),
    },
    {
      what: "amount of the files, without what was left out",
      expected: subtractDecimals(judged.amount, sumDecimals([superseded.amount, duplicate.amount])),
      found: total.amount,
    },
  ];
}

function amountOf(kinds: readonly KindAmount[], kind: string): Decimal {
  return kinds.find((each) => each.kind === kind)?.amount ?? toDecimal(0);
}

async function sumsOfOrders(run: Run, { snapshotId, held }: Books): Promise<Sum[]> {
  return compare(
    "orders",
    held,
    await run(`SELECT coalesce(sum(lines), 0)::text AS lines, coalesce(sum(gross_revenue), 0)::text AS sales,
        coalesce(-sum(returns_value), 0)::text AS returns
      FROM sales_order WHERE snapshot_id = ${snapshotId}`),
  );
}

async function sumsOfCells(run: Run, { snapshotId, held, rollups }: Books): Promise<Sum[]> {
  const cells = ["sales_cell", "customer_cell"].filter((name) => rollups.includes(name));
  const sums: Sum[] = [];
  for (const name of cells)
    for (const grain of ["ever", "month"])
      sums.push(
        ...compare(
          `${name} by ${grain}`,
          held,
          await run(`SELECT coalesce(sum(lines), 0)::text AS lines, coalesce(sum(gross_revenue), 0)::text AS sales,
              coalesce(-sum(returns_value), 0)::text AS returns
            FROM ${name} WHERE snapshot_id = ${snapshotId} AND grain = '${grain}'`),
        ),
      );
  return sums;
}

/** Sums stand in the cells of one place; cells of several hold none. */
function compare(where: string, held: readonly KindAmount[], [row]: readonly Record<string, unknown>[]): Sum[] {
  const found = (name: string) => toDecimal(String(row?.[name]));
  return [
    { what: `lines in ${where}`, expected: toDecimal(totalOf(held).lines), found: found("lines") },
    { what: `gross revenue in ${where}`, expected: amountOf(held, "SALE"), found: found("sales") },
    { what: `returns in ${where}`, expected: amountOf(held, "RETURN"), found: found("returns") },
  ];
}
