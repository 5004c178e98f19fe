// Typical requests, each with its answer and its SQL side by side in a folder of `triples/`, for whoever reviews what is asked of PostgreSQL.
// A change of any of them shows as a change of these files; `npx vitest run test/graph/triples.test.ts -u` writes them anew.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { QueryTrace } from "../../src/query/answer.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer } = useShopGraph();

const folder = new URL("triples/", import.meta.url);
const names = readdirSync(folder).toSorted();

/** Every other request is an operator's. */
const askers: Readonly<Record<string, (typeof roles)[keyof typeof roles]>> = {
  "03-months-of-two-countries": roles.country_manager,
};

test("there are eleven, numbered", () => {
  expect(names.map((name) => name.slice(0, 3))).toEqual(
    Array.from({ length: 11 }, (_, nth) => `${String(nth + 1).padStart(2, "0")}-`),
  );
  expect(Object.keys(askers).filter((name) => !names.includes(name))).toEqual([]);
});

describe.each(names)("%s", (name) => {
  const fileOf = (file: string) => new URL(`triples/${name}/${file}`, import.meta.url);

  test("is answered as it is written down, by the SQL that is written down", async () => {
    const request = readFileSync(fileOf("request.graphql"), "utf8");
    const { data, errors, receipt, traces } = await answer(request, askers[name]);
    expect(errors).toEqual([]);
    expect(receipt).toBeDefined();
    // When it was published differs from run to run; the statements have a file of their own.
    const { publishedAt: _, statements = traces, ...told } = receipt ?? {};
    await expect(pretty({ data, receipt: told })).toMatchFileSnapshot(fileOf("answer.json").pathname);
    await expect(inOneFile(statements)).toMatchFileSnapshot(fileOf("statements.sql").pathname);
  });
});

/** One statement after the other, each below what it reads and why it reads nothing smaller. */
function inOneFile(statements: readonly QueryTrace[]): string {
  const texts = statements.map(({ sql, sources, notUsed }, at) =>
    [
      `-- ${at + 1}. From ${sources.join(", ")}.`,
      ...notUsed.map(({ source, why }) => `-- Not from ${source}: ${why}`),
      `${sql};`,
    ].join("\n"),
  );
  return `${texts.join("\n\n")}\n`;
}

/** JSON with lists of plain values on one line. */
function pretty(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replaceAll(/\[\s+([^[\]{}]*?)\s+\]/g, (_, list: string) => `[${list.replaceAll(/,\s+/g, ", ")}]`)}\n`;
}
