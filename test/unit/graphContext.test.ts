// What a request keeps account of, and what it does to cursors on the way down and back.
import { expect, test } from "vitest";
import { connectionOf } from "../../src/graph/connectionOf.ts";
import { makeGraphContext, type Reads } from "../../src/graph/makeGraphContext.ts";
import { pseudonymOf } from "../../src/graph/pseudonymOf.ts";
import { sealCursors } from "../../src/graph/sealCursors.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import type { LinesRequest, Page, Request } from "../../src/query/request.ts";
import { testKeys } from "../graph/testKeys.ts";

const scope: Scope = { ...everything, role: "admin", fingerprint: "all" };
const never = (): never => {
  throw new Error("This is not to be read.");
};
const warehouse = { read: never, readPublished: never, close: async () => {} };

/** A query floor that answers each request with so many rows, and remembers what it was asked. */
function contextOver(rows: number) {
  const asked: Request[] = [];
  const page = { rows: Array(rows).fill({}), cursors: Array(rows).fill("plain"), hasNextPage: false, totalCount: null };
  const reads = {
    ask: async (request: Request) => {
      asked.push(request);
      if (request.kind === "customerLines") return request.ids.map(() => page);
      return request.kind === "customerAttributes"
        ? request.ids.map(() => null)
        : { ...page, earlier: [], totals: null };
    },
    readSnapshot: async () => ({ snapshotId: 1 }),
    askRecords: never,
    readAccount: never,
  } as unknown as Reads;
  return { asked, context: makeGraphContext({ keys: testKeys, scope, warehouse, reads }) };
}

const linesFrom = (page: Page): LinesRequest => ({ kind: "lines", page });

test("rows are counted as they come, the same question once", async () => {
  const { context } = contextOver(3);
  expect(context.rows()).toBe(0);
  await context.ask(linesFrom({ first: 3 }));
  await context.ask(linesFrom({ first: 3 }));
  expect(context.rows()).toBe(3);
  await context.ask({ kind: "customerLines", ids: ["a", "b"], page: { first: 3 } });
  await context.ask({ kind: "metrics", measures: ["orders"], dimensions: ["month"] });
  await context.ask({ kind: "customerAttributes", ids: ["a"] });
  expect(context.rows()).toBe(3 + 2 * 3 + 3);
});

test("cursors are opened on the way down and sealed on the way out, where they are looked at", async () => {
  const { asked, context } = contextOver(2);
  const { seal, open } = sealCursors(testKeys.cursors, scope);
  const answer = await context.ask(linesFrom({ first: 2, after: seal("below") }));
  expect(asked).toEqual([linesFrom({ first: 2, after: "below" })]);
  await context.ask(linesFrom({ first: 2, after: "below" }));
  expect(asked[1]).toEqual(linesFrom({ first: 2, after: "" }));

  let sealed = 0;
  const counting = (cursor: string) => {
    sealed += 1;
    return seal(cursor);
  };
  const { edges, pageInfo, nodes } = connectionOf({ ...answer, seal: counting }, null, (row) => row);
  expect([nodes.length, edges.length, sealed]).toEqual([2, 2, 0]);
  expect(open(edges[1]?.cursor ?? "")).toBe("plain");
  expect(pageInfo.endCursor).toBe(seal("plain"));
  expect(sealed).toBe(2);
});

test("a cursor opens for its key and its scope only", () => {
  const { seal, open } = sealCursors(testKeys.cursors, scope);
  expect(open(seal("cursor"))).toBe("cursor");
  expect(sealCursors(testKeys.pseudonyms, scope).open(seal("cursor"))).toBeNull();
  expect(sealCursors(testKeys.cursors, { ...scope, fingerprint: "other" }).open(seal("cursor"))).toBeNull();
  for (const text of ["", "x", "plain", seal(""), "é".repeat(40), seal("cursor").toLowerCase()])
    expect(open(text)).toBeNull();
});

test("a made-up name hangs on the key and the id alone", () => {
  const names = Array.from({ length: 2_000 }, (_, id) => pseudonymOf(testKeys.pseudonyms, String(id)));
  expect(new Set(names).size).toBe(names.length);
  expect(pseudonymOf(testKeys.pseudonyms, "7")).toBe(names[7]);
  expect(pseudonymOf(testKeys.cursors, "7")).not.toBe(names[7]);
  expect(names[7]).toMatch(/^Customer [0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
});
