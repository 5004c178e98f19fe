// The answers: how fast the graph answers, cold and warm, beside its peers.
import type { Part } from "../Part.ts";
import { measureCold } from "./measureCold.ts";
import { measureWarm } from "./measureWarm.ts";

export const answersPart: Part = Object.freeze({
  name: "answers",
  title: "The answers",
  steps: [
    { name: "cold", quick: true, measure: measureCold },
    { name: "warm", quick: true, measure: measureWarm },
  ],
});
