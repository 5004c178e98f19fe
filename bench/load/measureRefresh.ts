// The whole refresh of the usual file against the raw copy of it and against pandas, in alternating rounds; and the memory it took.
import type { Detail, Findings, Outcome } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import { usualFile } from "../setting/benchFiles.ts";
import type { Bench } from "../setting/openBench.ts";
import { copierOf, copyRaw, type RawCopy } from "./copyRaw.ts";
import { loadByPandas, type PandasLoad } from "./loadByPandas.ts";
import { loadByProduct, type ProductLoad } from "./loadByProduct.ts";

const rounds = { full: 7, quick: 3 } as const;
/** Pandas takes part in the first of them. */
const pandasRounds = { full: 3, quick: 1 } as const;

type Round = Readonly<{ copy: RawCopy; load: ProductLoad; pandas: PandasLoad | null }>;

export async function measureRefresh(bench: Bench): Promise<Findings> {
  const { options, server, python, say } = bench;
  const file = await usualFile(bench);
  const length = options.quick ? "quick" : "full";
  const [own, peers] = [await server.freshDatabase("bench_own"), await server.freshDatabase("bench_peers")];

  say(`Refresh: ${file.name}, warming up`);
  await copyRaw(bench, peers, file);
  await loadByProduct(bench, own, file);
  await loadByProduct(bench, own, file, ["--again"]);
  const done: Round[] = [];
  for (let round = 0; round < rounds[length]; round += 1) {
    const before = await copyRaw(bench, peers, file);
    await server.settle();
    const load = await loadByProduct(bench, own, file, ["--again"]);
    const copy = meanOf(before, await copyRaw(bench, peers, file));
    if (copy.rows !== load.rows) throw new Error(`\\copy has ${copy.rows} rows, the load read ${load.rows}.`);
    const withPandas = python !== null && round < pandasRounds[length];
    const pandas = withPandas ? await loadByPandas(bench, python, peers, file) : null;
    done.push({ copy, load, pandas });
    say(
      `Refresh ${round + 1}/${rounds[length]}: load ${load.seconds.toFixed(2)} s, copy ${copy.seconds.toFixed(2)} s, ${(load.seconds / copy.seconds).toFixed(2)} ×` +
        (pandas ? `; pandas ${pandas.wall.toFixed(1)} s, ${(pandas.wall / load.wall).toFixed(1)} ×` : ""),
    );
  }
  await server.dropDatabase("bench_own");
  await server.dropDatabase("bench_peers");
  return { outcomes: outcomesOf(bench, done, file.name), details: detailsOf(done) };
}

/** Measured before and after the load, so that what other programs do meanwhile falls on both sides alike. */
function meanOf(before: RawCopy, after: RawCopy): RawCopy {
  return { ...after, wall: (before.wall + after.wall) / 2, seconds: (before.seconds + after.seconds) / 2 };
}

function outcomesOf(bench: Bench, done: readonly Round[], fileName: string): Outcome[] {
  const rows = done[0]?.load.rows;
  const state =
    "Each round publishes over former snapshots, as every day, and takes the oldest away; before each timed step the server writes out what is dirty.";
  const withPandas = done.flatMap(({ load, pandas }) => (pandas ? [pandas.wall / load.wall] : []));
  const pandas = { key: "load.pandas", title: "the usual pandas pipeline against the whole refresh" } as const;
  return [
    {
      kind: "measured",
      key: "load.refresh",
      title: "whole refresh against \\copy",
      meaning: `${fileName} (${rows} rows): the load's own \`seconds\`, from opening the file to the end of cleaning (read, copy, facts, customers, RFM, rollups, publish, clean), divided by the time of the COPY statement of the same file into an unlogged table of eight text columns (${copierOf(bench)}), on the same server: the mean of one copy before and one after each load. Both sides without starting a program and connecting: the bar is about the work. ${state}`,
      unit: "×",
      better: "lower",
      bar: 6,
      goal: 4,
      samples: done.map(({ load, copy }) => load.seconds / copy.seconds),
    },
    {
      kind: "measured",
      key: "load.refresh.process",
      title: "the same, whole processes",
      meaning: `Wall time of \`consumer360 load\` from its start to its end, Node's start and the check of migrations included, divided by that of ${copierOf(bench)}, in the same rounds.`,
      unit: "×",
      better: "lower",
      samples: done.map(({ load, copy }) => load.wall / copy.wall),
    },
    withPandas.length === 0
      ? { kind: "skipped", ...pandas, because: "there is no Python with pandas, SQLAlchemy and psycopg2 here" }
      : {
          kind: "measured",
          ...pandas,
          meaning:
            "Wall time of `bench/pandas/usual_pipeline.py` (read_csv, clean, RFM by quintiles, `to_sql` into three tables; about a third of the work) divided by that of `consumer360 load` in the same round, whole processes both. How many times faster the load is.",
          unit: "×",
          better: "higher",
          bar: 5,
          samples: withPandas,
        },
    {
      kind: "measured",
      key: "load.memory.small",
      title: "peak memory of the loading process, half a million rows",
      meaning: `The most resident memory that the Node process had (VmHWM) while it loaded ${fileName}; one sample a round.`,
      unit: "MB",
      better: "lower",
      bar: 200,
      samples: done.map(({ load }) => load.peakMemory),
    },
  ];
}

function detailsOf(done: readonly Round[]): Detail[] {
  const seconds = (of: (round: Round) => number) => `${spreadOf(done.map(of)).median.toFixed(2)} s`;
  const stages = done[0]?.load.stages.map(({ stage }) => stage) ?? [];
  const inStage = (stage: string) => (round: Round) =>
    round.load.stages.find((each) => each.stage === stage)?.seconds ?? Number.NaN;
  const pandas = done.flatMap((round) => round.pandas ?? []);
  return [
    { what: "\\copy, statement", value: seconds(({ copy }) => copy.seconds) },
    { what: "\\copy, whole process", value: seconds(({ copy }) => copy.wall) },
    { what: "load, its own clock", value: seconds(({ load }) => load.seconds) },
    { what: "load, whole process", value: seconds(({ load }) => load.wall) },
    ...stages.map((stage) => ({ what: `load, ${stage}`, value: seconds(inStage(stage)) })),
    ...(pandas.length === 0
      ? []
      : [
          { what: "pandas, whole process", value: `${spreadOf(pandas.map(({ wall }) => wall)).median.toFixed(1)} s` },
          {
            what: "pandas, peak memory",
            value: `${spreadOf(pandas.map(({ peakMemory }) => peakMemory)).median.toFixed(0)} MB`,
          },
        ]),
  ];
}
