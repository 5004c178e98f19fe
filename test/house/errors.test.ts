// The page about errors lists exactly the codes that exist, so that clients can rely on it.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errorCodes } from "../../src/kernel/errors.ts";

it("documents every error code, and no other", () => {
  const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1]);
  expect([...new Set(documented)].sort()).toEqual([...errorCodes].sort());
});
