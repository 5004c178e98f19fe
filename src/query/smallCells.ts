// Which rows of a fixed table are withheld because they are about too few customers, and which more, so that none of those can be had
// by subtraction.
//
// What holds, for months, countries and segments of the same lines, whatever is asked how often:
// - Each shown row, and each row merged of several, has no identified customer or at least the minimum, those of its SALE lines and those
//   of all its lines counted apart.
// - The rows withheld of a table are never one alone, and together they have at least the minimum as well. Their sum can be had, as the
//   sum of another table less the rows shown here; a part of it cannot: a sum of shown rows of three partitions weighs all withheld
//   rows of a table alike, as long as each of them may have lines in any row of the other two tables.
// - Where even all rows together have too few customers, this is so in each of the three tables, and only rows without an identified
//   customer are left; their shares of the whole are left out, which would tell the whole.
// What does not:
// - A row of enough customers may be one customer's in the main, and its returns, its new customers or its median those of one alone.
// - Whoever knows from elsewhere which rows of two tables have no line in common can subtract one from the other.
// - Two snapshots, or two scopes that overlap, can be subtracted from each other.
// - That a row is withheld says that it, or one of those withheld with it, is small.

/** Identified customers of a set of lines: those with a SALE line, and those with any line. */
export type Counts = Readonly<{ buyers: number; customers: number }>;

/** A row of a table: its month, country or segment, and how many customers it is about. */
export type Cell = Counts & Readonly<{ key: string }>;

type Withheld = Readonly<{
  keys: readonly string[];
  /** False where not even all rows together have enough customers. */
  enough: boolean;
}>;

export function isSmall({ buyers, customers }: Counts, minimum: number): boolean {
  return [buyers, customers].some((count) => count > 0 && count < minimum);
}

/**
 * Small cells, and the next smallest (by customers, then key) as long as they are one alone or too few together. Cells without an
 * identified customer stay.
 *
 * `together`: the customers of several cells, each counted once. `alsoWith`: keys that go with the others wherever any are withheld.
 */
export async function withholdSmall(
  cells: readonly Cell[],
  minimum: number,
  together: (keys: readonly string[]) => Promise<Counts>,
  alsoWith: readonly string[] = [],
): Promise<Withheld> {
  const identified = cells.filter(({ customers }) => customers > 0);
  const isFirst = (cell: Cell) => isSmall(cell, minimum) || alsoWith.includes(cell.key);
  if (!identified.some((cell) => isSmall(cell, minimum))) return { keys: [], enough: true };

  const withheld = identified.filter(isFirst).map(({ key }) => key);
  const joining = identified.filter((cell) => !isFirst(cell)).toSorted(bySize);
  const ofNobody = cells.filter(({ key, customers }) => customers === 0 && alsoWith.includes(key));
  const inOrder = () => [...withheld, ...ofNobody.map(({ key }) => key)].toSorted();
  // One small cell alone is too few: that needs no asking.
  while (withheld.length < 2 || isSmall(await together(withheld.toSorted()), minimum)) {
    const next = joining.shift();
    if (next === undefined) return { keys: inOrder(), enough: false };
    withheld.push(next.key);
  }
  return { keys: inOrder(), enough: true };
}

function bySize(a: Cell, b: Cell): number {
  return a.customers - b.customers || (a.key < b.key ? -1 : 1);
}
