// The soak: whether the server stays as it was under minutes of everything at once.
import type { Part } from "../Part.ts";
import { measureSoak } from "./measureSoak.ts";

export const soakPart: Part = Object.freeze({
  name: "soak",
  title: "The soak",
  steps: [{ name: "mixed", quick: false, measure: measureSoak }],
});
