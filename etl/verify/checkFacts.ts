// The facts that are published with a snapshot, beside what the lines make of them. What the lines cannot tell is taken as it is stored:
// the currency, and the day that the figures are seen from.
import { toDecimal } from "../../src/kernel/decimal.ts";
import type { CutPoints } from "../derive/deriveSegments.ts";
import type { Run } from "../record/loadSession.ts";

/** Both as text; lists with a comma between. */
export type FactCheck = Readonly<{ fact: string; stored: string; recomputed: string }>;

export type Recomputed = Readonly<{ cuts: CutPoints; rollups: readonly string[] }>;

const joined = (values: unknown) => (values as readonly unknown[]).join(", ");
const decimals = (values: unknown) => joined((values as readonly unknown[]).map((value) => toDecimal(String(value))));

/** `lines` is a query in brackets. Returns how many lines there are, too. */
export async function checkFacts(
  run: Run,
  { lines, snapshotId, recomputed }: { lines: string; snapshotId: number; recomputed: Recomputed },
): Promise<{ lines: number; facts: readonly FactCheck[] }> {
  const [stored] = await run(
    `SELECT lines::text, data_from::text, data_through::text, recency_cuts::text[], frequency_cuts, monetary_cuts::text[], rollups
     FROM snapshot WHERE snapshot_id = $1`,
    [snapshotId],
  );
  const [ofLines] = await run(`SELECT count(*)::text AS lines,
      min(ordered_at)::date::text AS data_from, max(ordered_at)::date::text AS data_through FROM ${lines} f`);
  const { cuts, rollups } = recomputed;
  const held = stored?.rollups as readonly string[];
  const facts = [
    ...["lines", "data_from", "data_through"].map((fact) => ({
      fact,
      stored: String(stored?.[fact]),
      recomputed: String(ofLines?.[fact]),
    })),
    { fact: "recency_cuts", stored: joined(stored?.recency_cuts), recomputed: joined(cuts.recency) },
    { fact: "frequency_cuts", stored: joined(stored?.frequency_cuts), recomputed: joined(cuts.frequency) },
    { fact: "monetary_cuts", stored: decimals(stored?.monetary_cuts), recomputed: decimals(cuts.monetary) },
    // A rollup may be missing: the snapshot is older than it is, and the next one answers. One that is there must be possible.
    { fact: "rollups", stored: joined(held), recomputed: joined(held.filter((name) => rollups.includes(name))) },
  ];
  return { lines: Number(ofLines?.lines), facts: Object.freeze(facts) };
}
