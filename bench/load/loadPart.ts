// The load: how fast a file becomes a published snapshot, in how much memory, and how that grows.
import type { Part } from "../Part.ts";
import { measureRefresh } from "./measureRefresh.ts";
import { measureScale } from "./measureScale.ts";

export const loadPart: Part = Object.freeze({
  name: "load",
  title: "The load",
  steps: [
    { name: "refresh", quick: true, measure: measureRefresh },
    { name: "scale", quick: false, measure: measureScale },
  ],
});
