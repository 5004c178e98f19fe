// Results as a reader sees them: bench/RESULTS.md, and the same in short on the terminal.
import type { Detail, Skipped } from "../Outcome.ts";
import type { Part } from "../Part.ts";
import { changeOf, formerOf, verdictOf } from "./judgeFigure.ts";
import type { RunFacts, StoredFigure, StoredResults, StoredStep } from "./StoredResults.ts";

const digits = { "×": 2, MB: 0, "": 0 } as const;

const amount = (value: number, { unit }: StoredFigure) => `${value.toFixed(digits[unit])} ${unit}`.trimEnd();
const limit = (value: number | undefined, figure: StoredFigure) =>
  value === undefined ? "" : `${figure.better === "lower" ? "≤" : "≥"} ${value} ${figure.unit}`.trimEnd();
const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** `former`: the results that are committed. */
export function formatResults(parts: readonly Part[], results: StoredResults, former: StoredResults): string {
  const sections = parts.flatMap((part) => {
    const steps = part.steps.flatMap(({ name }) => results[`${part.name}/${name}`] ?? []);
    return steps.length === 0 ? [] : sectionOf(part, steps, former);
  });
  return `${[
    "# What the bench measured",
    "",
    "Written by `npm run bench`, not by hand. Ratios are the claim: each compares two things that were measured in alternating rounds of one run, on one machine. Absolute times are of that machine in that hour and claim nothing.",
    ...sections,
  ].join("\n")}\n`;
}

function sectionOf(part: Part, steps: readonly StoredStep[], former: StoredResults): string[] {
  const figures = steps.flatMap((step) => step.figures);
  const measured = figures.filter((figure) => figure.kind === "measured");
  const details = steps.flatMap((step) => step.details);
  return [
    "",
    `## ${part.title}`,
    "",
    row(["", "median", "spread", "rounds", "bar", "goal", "reached", "before"]),
    row(Array.from({ length: 8 }, () => "---")),
    ...figures.map((figure) => row(cellsOf(figure, former))),
    "",
    "What each figure means:",
    "",
    ...measured.map(({ title, meaning }) => `- *${title}*: ${meaning}`),
    "",
    "Times behind the ratios, medians:",
    "",
    row(["", ""]),
    row(["---", "---"]),
    ...details.map(({ what, value }: Detail) => row([what, value])),
    "",
    ...new Set(steps.map(({ run }) => describeRun(run))),
  ];
}

function cellsOf(figure: StoredFigure | Skipped, former: StoredResults): string[] {
  if (figure.kind === "skipped") return [figure.title, `not measured: ${figure.because}`, ...Array(6).fill("")];
  const { title, median, low, high, rounds, bar, goal } = figure;
  return [
    title,
    amount(median, figure),
    `${low.toFixed(digits[figure.unit])} – ${high.toFixed(digits[figure.unit])}`,
    String(rounds),
    limit(bar, figure),
    limit(goal, figure),
    verdictOf(figure),
    describeChange(figure, former),
  ];
}

function describeChange(figure: StoredFigure, former: StoredResults): string {
  const before = formerOf(figure.key, former);
  if (!before) return "";
  const change = changeOf(figure, before);
  const was = amount(change.before, figure);
  if (change.verdict === "FINE") return was;
  const worse = `${(change.worse * 100).toFixed(0)} % worse`;
  return change.verdict === "REGRESSION" ? `${was}: **${worse}**` : `${was}: ${worse}, within its spread`;
}

function describeRun({ date, commit, command, machine, loadBefore, versions }: RunFacts): string {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${date} at commit ${commit} by \`${command}\` on ${machine}; ${loadBefore.toFixed(1)} processes wanted to run before it began. ${programs.join(", ")}.`;
}

/** A line for each figure, regressions pointed out. */
export function formatSummary(steps: readonly StoredStep[], former: StoredResults): string {
  const lines = steps
    .flatMap((step) => step.figures)
    .map((figure) => {
      if (figure.kind === "skipped") return `  ${figure.title}: not measured, ${figure.because}`;
      const bar = figure.bar === undefined ? "" : `, bar ${limit(figure.bar, figure)}: ${verdictOf(figure)}`;
      const change = describeChange(figure, former);
      const spread = `${figure.low.toFixed(digits[figure.unit])} – ${figure.high.toFixed(digits[figure.unit])}`;
      return `  ${figure.title}: ${amount(figure.median, figure)} (${spread})${bar}${change === "" ? "" : `; before ${change}`}`;
    });
  return `${lines.join("\n").replaceAll("**", "")}\n`;
}
