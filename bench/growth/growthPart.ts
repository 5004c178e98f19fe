// Growth: what does not get slower as lines come, and what the two locks cost.
import type { Part } from "../Part.ts";
import { measureCurves } from "./measureCurves.ts";
import { measureLines } from "./measureLines.ts";
import { measureLocks } from "./measureLocks.ts";

export const growthPart: Part = Object.freeze({
  name: "growth",
  title: "Growth",
  steps: [
    { name: "locks", quick: true, measure: measureLocks },
    { name: "lines", quick: false, measure: measureLines },
    { name: "curves", quick: false, measure: measureCurves },
  ],
});
