// A part of the bench: bars that stand together, and the steps that measure them, in order.
import type { Findings } from "./Outcome.ts";
import type { Bench } from "./setting/openBench.ts";

export type Step = Readonly<{
  /** `part/step` names it on the command line. */
  name: string;
  /** Whether it is short enough for a quick run. */
  quick: boolean;
  measure(bench: Bench): Promise<Findings>;
}>;

export type Part = Readonly<{ name: string; title: string; steps: readonly Step[] }>;
