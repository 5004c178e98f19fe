// `npm run bench`: measures Consumer360 against its peers and its own bars, and writes down what it found. Progress goes to standard
// error, the figures to standard output.
import { answersPart } from "./answers/answersPart.ts";
import { bulkPart } from "./bulk/bulkPart.ts";
import { growthPart } from "./growth/growthPart.ts";
import { loadPart } from "./load/loadPart.ts";
import type { Part, Step } from "./Part.ts";
import { type BenchOptions, largeRows, parseArguments, soakMinutes, usage } from "./parseArguments.ts";
import { formatSummary } from "./report/formatResults.ts";
import { readCommitted, writeResults } from "./report/openResults.ts";
import { runFacts } from "./report/runFacts.ts";
import { type StoredResults, type StoredStep, storedFigure } from "./report/StoredResults.ts";
import { openBench } from "./setting/openBench.ts";
import { soakPart } from "./soak/soakPart.ts";

const parts: readonly Part[] = [loadPart, answersPart, growthPart, bulkPart, soakPart];

const say = (message: string) => process.stderr.write(`${message}\n`);

type Chosen = Readonly<{ name: string; step: Step }>;

function stepsOf({ quick, only }: BenchOptions): Chosen[] {
  const all = parts.flatMap((part) =>
    part.steps.map((step) => ({ part: part.name, name: `${part.name}/${step.name}`, step })),
  );
  const unknown = only.filter((wanted) => !all.some(({ part, name }) => wanted === part || wanted === name));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}.`);
  return all
    .filter(({ part, name }) => only.length === 0 || only.includes(part) || only.includes(name))
    .filter(({ step }) => !quick || step.quick);
}

async function run(args: readonly string[]): Promise<void> {
  const options = parseArguments(args);
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const chosen = stepsOf(options);
  const former = await readCommitted();
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  const bench = await openBench(options, stop.signal, say);
  const done: Record<string, StoredStep> = {};
  try {
    for (const { name, step } of chosen) {
      stop.signal.throwIfAborted();
      const run = await runFacts(bench, ["npm run bench", ...(args.length > 0 ? ["--", ...args] : [])].join(" "));
      const { outcomes, details } = await step.measure(bench);
      done[name] = { run, figures: outcomes.map(storedFigure), details };
    }
  } finally {
    await bench.close();
  }
  await report(options, done, former);
}

async function report(options: BenchOptions, done: StoredResults, former: StoredResults): Promise<void> {
  const steps = Object.values(done);
  process.stdout.write(formatSummary(steps, former));
  const times = steps.flatMap(({ details }) => details.map(({ what, value }) => `    ${what}: ${value}\n`));
  process.stdout.write(`  Times behind them, of this machine in this hour:\n${times.join("")}`);
  // a shortened run is for the one who runs it
  if (options.quick || options.large !== largeRows || options.minutes !== soakMinutes) return;
  await writeResults(parts, done, former);
  say("Written: bench/RESULTS.md, bench/results.json");
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
