// `consumer360 verify`: whether the segments, rollups, products and facts that are stored beside the lines are what the lines make.
// What products are called cannot be told from the lines, and is not checked. Changes nothing.
import type { FactCheck } from "../etl/verify/checkFacts.ts";
import type { Difference } from "../etl/verify/compareTables.ts";
import type { SumCheck } from "../etl/verify/reconcileSums.ts";
import { type Verification, verifyRollups } from "../etl/verify/verifyRollups.ts";
import { assertNever, Consumer360Error } from "../src/kernel/errors.ts";
import { rollups as allRollups } from "../src/model/rollups.ts";
import { escapeControls } from "../src/server/escapeControls.ts";
import { readConfig } from "../src/server/readConfig.ts";
import { formatCount, formatCounted, formatSeconds } from "./formatProgress.ts";
import { hasDatabase, openMigratedDatabase } from "./openDatabase.ts";
import { showProgress } from "./showProgress.ts";
import { stopSignal } from "./stopSignal.ts";

export async function verify({ snapshot, json }: { snapshot?: number; json?: boolean }): Promise<void> {
  const config = readConfig();
  if (!hasDatabase(config))
    throw new Consumer360Error("WAREHOUSE_NOT_READY", `There is no warehouse in ${config.home}.`, {
      remedy: "Make one with npx consumer360 load FILE or npm start, or set CONSUMER360_HOME or DATABASE_URL.",
    });
  const { say } = showProgress(process.stderr);
  const stop = stopSignal({ exitCode: 130, onStop: () => say("Stopping; nothing was changed.") });
  const database = await openMigratedDatabase(config, say);
  try {
    stop.check();
    say("Computing everything once more from the lines");
    const found = await stop.orStop(verifyRollups({ url: database.url, snapshotId: snapshot }));
    process.stdout.write(escapeControls(json ? `${JSON.stringify(found, null, 2)}\n` : formatVerification(found)));
    if (!found.isEqual) {
      process.stderr.write(formatVerdict(found));
      process.exitCode = 1;
    }
  } finally {
    await database.release();
  }
}

export function formatVerification({
  snapshotId,
  lines,
  rollups,
  tables,
  sums,
  facts,
  isEqual,
  seconds,
}: Verification): string {
  const rows = tables.map(({ table, rows: stored, missing, extra, different }) => [
    table,
    ...[stored, missing, extra, different].map(formatCount),
  ]);
  const wrongSums = sums.filter((sum) => sum.stored !== sum.lines);
  const wrongFacts = facts.filter(isWrong);
  const empty = allRollups.filter(({ name }) => !rollups.includes(name));
  const text = [
    `Snapshot ${snapshotId}, computed once more from ${formatCounted(lines, "line")} in ${formatSeconds(seconds)}:`,
    "",
    ...alignColumns([["table", "rows", "missing", "extra", "different"], ...rows]),
    ...tables.flatMap(({ table, first, missing, extra, different }) => [
      ...(first.length === 0 ? [] : ["", `${table}, the first ${first.length} of ${missing + extra + different}:`]),
      ...first.map((difference) => `  ${describeDifference(difference)}`),
    ]),
    ...(wrongSums.length === 0 ? [] : ["", "Sums that are not those of the lines:"]),
    ...wrongSums.map((sum) => `  ${describeSum(sum)}`),
    ...(wrongFacts.length === 0 ? [] : ["", "Facts of the snapshot that are not those of the lines:"]),
    ...wrongFacts.map((fact) => `  ${describeFact(fact)}`),
    "",
    ...empty.map(({ name }) => `${name} is not filled for this snapshot; questions are answered from the next rollup.`),
    ...(isEqual
      ? [
          `Every row is what the lines make; ${formatCounted(sums.length, "sum")} and ${formatCounted(facts.length, "fact")} of the snapshot agree.`,
        ]
      : []),
    "Not checked, because only the file tells: the lines themselves, and what products are called (dim_product is checked for which products there are).",
  ];
  return `${text.join("\n").trimEnd()}\n`;
}

/** In the form of an error: what is wrong, and what to do. */
function formatVerdict({ snapshotId, tables, sums, facts }: Verification): string {
  const rows = tables.reduce((sum, { missing, extra, different }) => sum + missing + extra + different, 0);
  const wrongSums = sums.filter((sum) => sum.stored !== sum.lines).length;
  return [
    `consumer360: snapshot ${snapshotId} is not what its lines make: ${formatCounted(rows, "wrong row")}, ${formatCounted(wrongSums, "wrong sum")}, ${formatCounted(facts.filter(isWrong).length, "wrong fact")}`,
    "Load the file again: npx consumer360 load FILE --again.",
    "",
  ].join("\n");
}

function describeDifference({ kind, key, columns }: Difference): string {
  const row = Object.values(key).join(" ");
  switch (kind) {
    case "MISSING":
      return `missing: ${row}`;
    case "EXTRA":
      return `extra: ${row}`;
    case "DIFFERENT":
      return `different: ${row}: ${columns
        .map(({ column, stored, recomputed }) => `${column} is ${stored ?? "null"}, not ${recomputed ?? "null"}`)
        .join(", ")}`;
    default:
      return assertNever(kind);
  }
}

function describeSum({ rollup, over, measure, stored, lines }: SumCheck): string {
  return `${rollup} over ${over}: ${measure} is ${stored}, of the lines ${lines}`;
}

const isWrong = ({ stored, recomputed }: FactCheck) => stored !== recomputed;

const describeFact = ({ fact, stored, recomputed }: FactCheck) =>
  `${fact} is ${stored || "empty"}, of the lines ${recomputed || "empty"}`;

/** The first column to the left, the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)));
    return `  ${cells.join("  ")}`;
  });
}
