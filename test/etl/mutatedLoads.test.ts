// Mutated files as whole loads: what the report, the record, the rejected rows and the lines in the warehouse say is what the slow judge says,
// to the last row and digit; and a refused load leaves the warehouse as it was.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { LoadReport } from "../../etl/loadReport.ts";
import { Consumer360Error, errorCodes } from "../../src/kernel/errors.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readLoadRuns, readWarehouseState } from "../support/warehouseState.ts";
import { createDraw, type Draw } from "./mutated/createDraw.ts";
import { mutateText } from "./mutated/mutateText.ts";
import { showText } from "./slowJudge/decodeSlowly.ts";
import { judgeSlowly, type SlowLine, type SlowVerdict } from "./slowJudge/judgeSlowly.ts";
import { readPriceSlowly, type SlowEncoding } from "./slowJudge/readSlowly.ts";

/** A whole number in CONSUMER360_SOAK multiplies the loads; CONSUMER360_SEED tries those of these seeds alone. */
const soak = Math.max(1, Math.trunc(Number(process.env.CONSUMER360_SOAK ?? 1)) || 1);
const only = process.env.CONSUMER360_SEED;
const loads = 60 * soak;
const firstSeed = 1_000_000;

let warehouse: TestWarehouse;
let folder: string;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  folder = await mkdtemp(join(tmpdir(), "consumer360-mutated-"));
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

type Judged = Extract<SlowVerdict, { lines: unknown }>;
type Line = Readonly<{ invoice: string; units: bigint; key: string; shown: string }>;

const amountOf = (units: bigint) => {
  const digits = (units < 0n ? -units : units).toString().padStart(11, "0");
  const text = `${digits.slice(0, -10)}.${digits.slice(-10)}`.replace(/\.?0+$/, "");
  return units < 0n ? `-${text}` : text;
};

const point = { decimalComma: false, grouped: false };
const unitsOf = (text: string) => readPriceSlowly(text, point)?.value ?? 0n;

function lineOf(line: SlowLine, encoding: SlowEncoding): Line {
  const show = (text: string) => showText(text, encoding);
  const units = unitsOf(line.amount);
  const shown = [
    show(line.invoice),
    line.orderedAt,
    show(line.country),
    show(line.product),
    String(Number(line.quantity)),
    amountOf(units),
    line.description === "" ? null : show(line.description),
    line.category === "" ? null : show(line.category),
  ];
  const price = line.unitPrice === "" ? "" : amountOf(unitsOf(line.unitPrice));
  return {
    invoice: show(line.invoice),
    units,
    shown: JSON.stringify(shown),
    key: JSON.stringify([shown, show(line.customer), price]),
  };
}

type Expected = Readonly<{
  account: Readonly<Record<"read" | "loaded" | "duplicate" | "superseded" | "rejected", number>>;
  lines: readonly Line[];
  rejects: readonly string[];
}>;

/** What becomes of the rows of files that are loaded together. */
function accountFor(files: readonly Judged[], dropsDuplicates: boolean): Expected {
  const lines = files.map(({ lines, encoding }) => lines.map((line) => lineOf(line, encoding)));
  const kept = lines.flatMap((list, at) => {
    const later = new Set(lines.slice(at + 1).flatMap((other) => other.map(({ invoice }) => invoice)));
    return list.filter(({ invoice }) => !later.has(invoice));
  });
  const seen = new Set<string>();
  const loaded = dropsDuplicates ? kept.filter(({ key }) => !seen.has(key) && seen.add(key)) : kept;
  const rejects = files.flatMap((file, at) =>
    file.rejects.map(({ line, column, code, raw }) =>
      JSON.stringify([at, line, column, code, raw.replaceAll("\0", "\u2400")]),
    ),
  );
  const all = lines.flat().length;
  return {
    account: {
      read: all + rejects.length,
      loaded: loaded.length,
      duplicate: kept.length - loaded.length,
      superseded: all - kept.length,
      rejected: rejects.length,
    },
    lines: loaded,
    rejects,
  };
}

async function keptRejects(loadRunId: number, names: readonly string[]): Promise<string[]> {
  const { rows } = await warehouse.owner.query(
    "SELECT file, line::int, column_name, code, raw FROM rejected_row WHERE load_run_id = $1 ORDER BY file, line",
    [loadRunId],
  );
  return rows.map(({ file, line, column_name, code, raw }) =>
    JSON.stringify([names.indexOf(file), line, column_name, code, raw]),
  );
}

async function expectLoaded(report: LoadReport, expected: Expected): Promise<void> {
  expect(report.account).toMatchObject(expected.account);
  const amount = amountOf(expected.lines.reduce((sum, { units }) => sum + units, 0n));
  expect(report.accountAmounts.loaded).toBe(amount);
  const { rows } = await warehouse.owner.query(
    `SELECT f.invoice, f.ordered_at::text AS at, f.country, f.product, f.quantity, trim_scale(f.amount)::text AS amount, f.description, f.category
     FROM fact_sales f JOIN snapshot s USING (generation) WHERE s.snapshot_id = $1 AND f.born = $1`,
    [report.snapshotId],
  );
  const stored = rows.map(({ invoice, at, country, product, quantity, amount, description, category }) =>
    JSON.stringify([invoice, at, country, product, String(quantity), amount, description, category]),
  );
  expect(stored.toSorted()).toEqual(expected.lines.map(({ shown }) => shown).toSorted());
}

async function tryLoad(seed: number): Promise<string> {
  const draw: Draw = createDraw(seed);
  const first = mutateText(draw);
  const second = mutateText(draw);
  const areTwo = draw.chance(0.4) && second.file.isMapped === first.file.isMapped;
  const given = areTwo ? [first, second] : [first];
  const { encoding, ...asked } = first.file.asked;
  const layout = first.file.isMapped ? first.file.layout : undefined;
  const paths = given.map((_, at) => join(folder, `${at}.csv`));
  for (const [at, { bytes }] of given.entries()) await writeFile(paths[at] as string, bytes);
  const maxRejects = draw.of([1, 1, 1, 0.3, 0]);
  const dropDuplicateLines = draw.chance(0.3);
  const before = await readWarehouseState(warehouse.owner);

  const outcome = await warehouse
    .loadAll(paths, {
      reading: { ...asked, layout, ...(encoding ? { encoding: encoding === "UTF8" ? "utf8" : "windows-1252" } : {}) },
      append: draw.chance(0.6),
      dropDuplicateLines,
      maxRejects,
      again: true,
    })
    .catch((cause: unknown) => cause);
  const run = (await readLoadRuns(warehouse.owner)).at(-1);
  const verdicts = given.map(({ bytes }) => judgeSlowly(bytes, { ...first.file.asked, layout }));
  const judged = verdicts.filter((verdict): verdict is Judged => "lines" in verdict);
  const names = ["0.csv", "1.csv"];
  const expected = accountFor(judged, dropDuplicateLines);

  if (outcome instanceof Error) {
    if (!(outcome instanceof Consumer360Error)) throw outcome;
    expect(errorCodes).toContain(outcome.code);
    expect(outcome.remedy).toMatch(/\w/);
    expect(run).toMatchObject({ status: "FAILED", errorCode: outcome.code, finished: true, snapshotId: null });
    expect(await readWarehouseState(warehouse.owner)).toEqual(before);
    const refusals = verdicts.flatMap((verdict) => ("refused" in verdict ? verdict.refused : []));
    if (refusals.length > 0) expect(refusals).toContain(outcome.code);
    else {
      const { read, rejected } = expected.account;
      expect(outcome.code).toBe(rejected === read ? "NOTHING_TO_PUBLISH" : "TOO_MANY_REJECTS");
      expect(rejected).toBeGreaterThan(rejected === read ? 0 : maxRejects * read);
      expect(await keptRejects(run?.loadRunId ?? 0, names)).toEqual(expected.rejects);
    }
    return outcome.code;
  }
  expect(judged).toHaveLength(given.length);
  const report = outcome as LoadReport;
  expect(report.status).toBe("PUBLISHED");
  expect(run).toMatchObject({ status: "PUBLISHED", account: expected.account, finished: true });
  await expectLoaded(report, expected);
  expect(await keptRejects(report.loadRunId, names)).toEqual(expected.rejects);
  return given.length === 2 ? "two loaded" : "loaded";
}

it(
  `${loads} loads of mutated files are refused, or accounted for to the last row`,
  async () => {
    const outcomes = new Map<string, number>();
    const failures: string[] = [];
    const seeds =
      only === undefined ? Array.from({ length: loads }, (_, k) => firstSeed + k) : only.split(",").map(Number);
    for (const seed of seeds) {
      try {
        const outcome = await tryLoad(seed);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      } catch (cause) {
        const why = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
        failures.push(`CONSUMER360_SEED=${seed}: ${why.slice(0, 900)}`);
        if (failures.length >= 10) break;
      }
    }
    console.info(Object.fromEntries(outcomes));
    if (failures.length > 0) throw new Error(failures.join("\n"));
    if (only === undefined) expect(outcomes.get("loaded")).toBeGreaterThan(loads / 10);
  },
  120_000 * soak,
);
