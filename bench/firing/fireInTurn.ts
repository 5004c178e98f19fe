// Asks several servers, or one server several things, in turn and in alternating rounds: what else the machine does meanwhile falls on all
// of them alike.
import type { Detail } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import type { Bench } from "../setting/openBench.ts";
import { fire } from "./fire.ts";
import type { Fired } from "./fireRequests.ts";

/** One that is asked, and what. */
export type Contestant = Readonly<{
  name: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  bodies: readonly string[];
}>;

/** A round of one match, by the contestants' names. */
export type Sample = Readonly<Record<string, Fired>>;

export type Match = Readonly<{ title: string; contestants: readonly Contestant[] }>;

export type Span = Readonly<{ rounds: number; seconds: number; warmUp: number; connections: number }>;

/** The samples of each match, one a round. In each round another contestant begins. */
export async function fireInTurn(bench: Bench, matches: readonly Match[], span: Span): Promise<readonly Sample[][]> {
  const samples: Sample[][] = matches.map(() => []);
  for (let round = 0; round < span.rounds; round += 1) {
    for (const [index, { title, contestants }] of matches.entries()) {
      const sample: Record<string, Fired> = {};
      const turn = round % contestants.length;
      for (const { name, url, headers, bodies } of [...contestants.slice(turn), ...contestants.slice(0, turn)]) {
        bench.signal.throwIfAborted();
        sample[name] = await fire(bench, { url, asks: bodies.map((body) => ({ headers, body })), ...span });
      }
      samples[index]?.push(sample);
      const told = contestants.map(({ name }) => `${name} ${sample[name]?.perSecond.toFixed(1)}/s`);
      bench.say(`${round + 1}/${span.rounds}, ${title}: ${told.join(", ")}`);
    }
  }
  return samples;
}

/** One value over another, in each round. */
export const ratios = (
  samples: readonly Sample[],
  name: string,
  to: string,
  value: (fired: Fired) => number = ({ perSecond }) => perSecond,
): number[] => samples.map((sample) => value(sample[name] as Fired) / value(sample[to] as Fired));

/** What lies behind the ratios: medians of each contestant. */
export function detailsOf({ title, contestants }: Match, samples: readonly Sample[]): Detail[] {
  return contestants.map(({ name }) => {
    const of = (value: (fired: Fired) => number) =>
      spreadOf(samples.map((sample) => value(sample[name] as Fired))).median;
    const times = [of(({ p50 }) => p50), of(({ p95 }) => p95), of(({ p99 }) => p99)].map((each) => each.toFixed(1));
    const size = of(({ bytes, requests }) => bytes / requests / 1000);
    return {
      what: `${title}, ${name}`,
      value: `${of(({ perSecond }) => perSecond).toFixed(0)} requests/s; p50, p95, p99: ${times.join(", ")} ms; ${size.toFixed(1)} kB`,
    };
  });
}
