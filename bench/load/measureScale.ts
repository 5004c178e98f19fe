// The same load at ten million generated rows and at half a million: memory, rows a second, and a month appended to the ten million.
import type { Detail, Findings, Outcome } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import { type BenchFile, sampleFile, smallRows } from "../setting/benchFiles.ts";
import { ensureSpace } from "../setting/ensureSpace.ts";
import type { Bench } from "../setting/openBench.ts";
import { type SplitFile, splitLastMonth } from "../setting/splitLastMonth.ts";
import { knowsFlag, loadByProduct, type ProductLoad } from "./loadByProduct.ts";

type Appended = Readonly<{ before: ProductLoad; last: ProductLoad }>;
type Round = Readonly<{ small: ProductLoad; large: ProductLoad; appended: Appended | null }>;

const titles = {
  "load.memory.large": "peak memory of the loading process, ten million rows",
  "load.scale": "rows a second at ten million rows against half a million",
  "load.append": "`--append` of a month onto ten million rows against the full load of the same",
} as const;

type Key = keyof typeof titles;
const keys = Object.keys(titles) as Key[];

export async function measureScale(bench: Bench): Promise<Findings> {
  const { options, say } = bench;
  const noSpace = await ensureSpace(options.large, bench.folder, say);
  if (noSpace !== null) return { outcomes: keys.map((key) => skipped(key, noSpace)), details: [] };

  const [small, large] = [
    await sampleFile(bench, { rows: smallRows }),
    await sampleFile(bench, { rows: options.large }),
  ];
  const canAppend = await knowsFlag("--append");
  if (canAppend) say("Splitting the large file by month");
  const split = canAppend ? await splitLastMonth(large, bench.folder) : null;

  say("Scale: warming up");
  await loadFresh(bench, small);
  const done: Round[] = [];
  for (let round = 0; round < options.largeRounds; round += 1) {
    const of = `${round + 1}/${options.largeRounds}`;
    const first = await loadFresh(bench, small);
    say(`Scale ${of}: ${smallRows} rows in ${first.seconds.toFixed(1)} s`);
    const whole = await loadFresh(bench, large);
    say(`Scale ${of}: ${options.large} rows in ${whole.seconds.toFixed(1)} s, ${Math.round(whole.peakMemory)} MB`);
    const appended = split ? await appendFresh(bench, split) : null;
    if (appended && appended.before.rows + appended.last.rows !== whole.rows)
      throw new Error(
        `${appended.before.rows} and ${appended.last.rows} rows are not the ${whole.rows} of the whole file.`,
      );
    if (appended) say(`Scale ${of}: the last month appended in ${appended.last.seconds.toFixed(1)} s`);
    done.push({ small: first, large: whole, appended });
  }
  return { outcomes: outcomesOf(done, split), details: detailsOf(done, split) };
}

/** Into a database of its own, which is empty before and gone after. */
async function loadFresh(bench: Bench, file: BenchFile): Promise<ProductLoad> {
  return inFreshDatabase(bench, (url) => loadByProduct(bench, url, file));
}

async function appendFresh(bench: Bench, { before, last }: SplitFile): Promise<Appended> {
  return inFreshDatabase(bench, async (url) => {
    const base = await loadByProduct(bench, url, before);
    await bench.server.settle();
    return { before: base, last: await loadByProduct(bench, url, last, ["--append"]) };
  });
}

async function inFreshDatabase<T>({ server }: Bench, work: (url: string) => Promise<T>): Promise<T> {
  const url = await server.freshDatabase("bench_own");
  await server.settle();
  try {
    return await work(url);
  } finally {
    await server.dropDatabase("bench_own");
    await server.settle();
  }
}

const skipped = (key: Key, because: string): Outcome => ({ kind: "skipped", key, title: titles[key], because });

function outcomesOf(done: readonly Round[], split: SplitFile | null): Outcome[] {
  const rows = done[0]?.large.rows;
  const measured = (key: Key) => ({ kind: "measured", key, title: titles[key] }) as const;
  const rate = ({ rows: read, seconds }: ProductLoad) => read / seconds;
  const appends = done.flatMap(({ large, appended }) => (appended ? [appended.last.seconds / large.seconds] : []));
  return [
    {
      ...measured("load.memory.large"),
      meaning: `The most resident memory that the Node process had (VmHWM) while it loaded ${rows} generated rows.`,
      unit: "MB",
      better: "lower",
      bar: 200,
      samples: done.map(({ large }) => large.peakMemory),
    },
    {
      ...measured("load.scale"),
      meaning: `Rows a second, by the load's own clock, of ${rows} generated rows divided by that of ${done[0]?.small.rows}, both made with the generator's usual options (customers grow with the rows), each into an empty database, in the same round.`,
      unit: "×",
      better: "higher",
      bar: 0.8,
      samples: done.map(({ small, large }) => rate(large) / rate(small)),
    },
    split === null
      ? skipped("load.append", "`load` does not know --append")
      : {
          ...measured("load.append"),
          meaning: `The file split by month: all but ${split.month} loaded into an empty database, then ${split.month} (${split.lastRows} rows) with \`--append\`; its own clock divided by that of one full load of everything in the same round.`,
          unit: "×",
          better: "lower",
          bar: 0.15,
          samples: appends,
        },
  ];
}

function detailsOf(done: readonly Round[], split: SplitFile | null): Detail[] {
  const seconds = (of: (round: Round) => number | undefined) =>
    `${spreadOf(done.map((round) => of(round) ?? Number.NaN)).median.toFixed(1)} s`;
  const stagesOf = (what: string, of: (round: Round) => ProductLoad | undefined) => {
    const last = done.at(-1);
    const stages = (last && of(last)?.stages) ?? [];
    return { what, value: stages.map(({ stage, seconds: took }) => `${stage} ${took.toFixed(1)}`).join(", ") };
  };
  const [first] = done;
  return [
    { what: `load of ${first?.small.rows} generated rows`, value: seconds(({ small }) => small.seconds) },
    { what: `load of ${first?.large.rows} generated rows`, value: seconds(({ large }) => large.seconds) },
    stagesOf("its stages in the last round, s", ({ large }) => large),
    ...(split === null
      ? []
      : [
          { what: `append of ${split.lastRows} rows`, value: seconds(({ appended }) => appended?.last.seconds) },
          stagesOf("its stages in the last round, s", ({ appended }) => appended?.last),
          {
            what: "append, peak memory",
            value: `${Math.max(...done.map(({ appended }) => appended?.last.peakMemory ?? Number.NaN)).toFixed(0)} MB`,
          },
        ]),
  ];
}
