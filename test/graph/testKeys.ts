// Keys for tests: what signs cursors, and what makes names up.
import type { makeGraphContext } from "../../src/graph/makeGraphContext.ts";

type Keys = Parameters<typeof makeGraphContext>[0]["keys"];

export const testKeys: Keys = Object.freeze({
  cursors: Buffer.from("a key of thirty-two bytes: cursor"),
  pseudonyms: Buffer.from("a key of thirty-two bytes: names."),
});
