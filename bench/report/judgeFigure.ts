// A figure against its bar, and against the figure of the run before.
import type { Skipped } from "../Outcome.ts";
import type { StoredFigure, StoredResults } from "./StoredResults.ts";

/** A median that much worse than the one before is pointed out. */
const tolerance = 0.1;

export type Change = Readonly<{
  before: number;
  /** How much worse, as a share of the figure before; negative where it is better. */
  worse: number;
  /** Worse by more than the tolerance. Within the former spread it may be chance. */
  verdict: "REGRESSION" | "WORSE_WITHIN_SPREAD" | "FINE";
}>;

const reaches = (figure: StoredFigure, bar: number) =>
  figure.better === "lower" ? figure.median <= bar : figure.median >= bar;

export function verdictOf(figure: StoredFigure): string {
  if (figure.bar === undefined) return "";
  if (!reaches(figure, figure.bar)) return `**no**, by ${missOf(figure.median, figure.bar)}`;
  if (figure.goal === undefined) return "yes";
  return reaches(figure, figure.goal) ? "yes, the goal too" : "yes, not the goal";
}

/** As a share of the bar; of a bar that is 0 there is none. */
const missOf = (median: number, bar: number) =>
  bar === 0 ? String(median) : `${Math.round((Math.abs(median - bar) / bar) * 100)} %`;

export function changeOf(figure: StoredFigure, former: StoredFigure): Change {
  // a number that stays 0 has not grown
  const growth = figure.median === former.median ? 0 : (figure.median - former.median) / former.median;
  const worse = figure.better === "lower" ? growth : -growth;
  const within = figure.better === "lower" ? figure.median <= former.high : figure.median >= former.low;
  const verdict = worse <= tolerance ? "FINE" : within ? "WORSE_WITHIN_SPREAD" : "REGRESSION";
  return { before: former.median, worse, verdict };
}

/** The figure of that key, where the results hold one that was measured. */
export function formerOf(key: string, results: StoredResults): StoredFigure | undefined {
  const figures: readonly (StoredFigure | Skipped)[] = Object.values(results).flatMap((step) => step.figures);
  return figures.find((figure): figure is StoredFigure => figure.key === key && figure.kind === "measured");
}
