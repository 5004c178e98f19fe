// What moved between two snapshots, held against what either of them answers by segment under the same scope: customers, gross and net
// revenue, to the penny, GUEST and UNSCORED included.
import { expect } from "vitest";
import { type Decimal, sumDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import { segmentDimensions } from "../../src/model/dimensions.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { SchemeName } from "../../src/model/segmentSchemes.ts";
import type { Movements, SegmentMove } from "../../src/query/answer.ts";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { TestWarehouse } from "./testWarehouse.ts";

export async function movementsBetween(
  { read }: Pick<TestWarehouse, "read">,
  { from, to, scheme }: Readonly<{ from: number; to: number; scheme: SchemeName }>,
  scope: Scope,
): Promise<Movements> {
  const [found] = await ask(
    { kind: "segmentMovements", scheme, from: String(from), to: String(to) },
    { warehouse: read, snapshot: await readSnapshot(read, to), scope },
  );
  if (found === null) throw new Error("The movements have not been computed.");
  return found;
}

export async function reconcileMovements(
  warehouse: Pick<TestWarehouse, "read">,
  ends: Readonly<{ from: number; to: number; scheme: SchemeName }>,
  scope: Scope,
): Promise<Movements> {
  const found = await movementsBetween(warehouse, ends, scope);
  for (const end of ["from", "to"] as const) {
    const dimension = segmentDimensions[ends.scheme];
    const { rows } = await ask(
      { kind: "metrics", measures: ["customersWithLines", "grossRevenue", "netRevenue"], dimensions: [dimension] },
      { warehouse: warehouse.read, snapshot: await readSnapshot(warehouse.read, ends[end]), scope },
    );
    const told = rows.map((row) => [
      row[dimension],
      row.customersWithLines ?? 0,
      toDecimal(String(row.grossRevenue)),
      toDecimal(String(row.netRevenue)),
    ]);
    expect(sumsBy(found.moves, end).toSorted(byKey), `${end} ${JSON.stringify(ends)}`).toEqual(told.toSorted(byKey));
  }
  return found;
}

const byKey = (a: readonly unknown[], b: readonly unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);

function sumsBy(moves: readonly SegmentMove[], end: "from" | "to"): (readonly unknown[])[] {
  const suffix = end === "from" ? "Before" : "After";
  const keys = [...new Set(moves.map((move) => move[end]).filter((key) => key !== null))];
  return keys.map((key) => {
    const of = moves.filter((move) => move[end] === key);
    return [
      key,
      of.reduce((sum, { customers }) => sum + customers, 0),
      sumDecimals(of.map((move) => move[`grossRevenue${suffix}`] as Decimal)),
      sumDecimals(of.map((move) => move[`netRevenue${suffix}`] as Decimal)),
    ];
  });
}
