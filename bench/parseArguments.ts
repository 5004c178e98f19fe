// The bench's command line.
import { parseArgs } from "node:util";

export type BenchOptions = Readonly<{
  quick: boolean;
  /** Parts, or steps as `part/step`; empty: all. */
  only: readonly string[];
  /** Rows of the large generated file. */
  large: number;
  /** Rounds of the large file. */
  largeRounds: number;
  /** Of the soak. */
  minutes: number;
  help: boolean;
}>;

/** What the bars speak of. */
export const largeRows = 10_000_000;
export const soakMinutes = 10;

export const usage = `npm run bench -- [options]

  --quick              in minutes: the real file with few rounds, no large file, no soak; writes no results
  --only NAME[,NAME]   parts or steps alone, such as answers or load/scale; results of the others stay as they were
  --rounds NUMBER      rounds of the large file's load, 1 to 9 (default: 2)
  --minutes NUMBER     of the soak, 1 to 600 (default: ${soakMinutes}); another number writes no results
  --large NUMBER       rows of the large file (default: ${largeRows}); another number writes no results
`;

export function parseArguments(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      large: { type: "string", default: String(largeRows) },
      rounds: { type: "string", default: "2" },
      minutes: { type: "string", default: String(soakMinutes) },
      help: { type: "boolean", default: false },
    },
  });
  return Object.freeze({
    quick: values.quick,
    only: values.only.flatMap((names) => names.split(",")).filter((name) => name !== ""),
    large: whole("--large", values.large, 1_000_000, 1_000_000_000),
    largeRounds: whole("--rounds", values.rounds, 1, 9),
    minutes: whole("--minutes", values.minutes, 1, 600),
    help: values.help,
  });
}

function whole(name: string, text: string, low: number, high: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) throw new Error(`${name} must be a whole number from ${low} to ${high}.`);
  return value;
}
