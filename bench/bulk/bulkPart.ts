// Bulk: lines by the page and by the table.
import type { Part } from "../Part.ts";
import { measurePage } from "./measurePage.ts";
import { measureStream } from "./measureStream.ts";

export const bulkPart: Part = Object.freeze({
  name: "bulk",
  title: "Bulk",
  steps: [
    { name: "page", quick: true, measure: measurePage },
    { name: "stream", quick: true, measure: measureStream },
  ],
});
