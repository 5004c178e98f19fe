// Cursors as clients get and give them: signed for the scope that they were given to. One that was made up, changed or taken from another
// scope is refused in the same words as any other text, and decides nothing.
import { expect, test } from "vitest";
import { sealCursors } from "../../src/graph/sealCursors.ts";
import type { Scope } from "../../src/model/scope.ts";
import { encodeCursor } from "../../src/query/cursor.ts";
import { roles, useShopGraph } from "./shopGraph.ts";
import { testKeys } from "./testKeys.ts";

const { answer, dataOf } = useShopGraph();

type Page = {
  edges: { cursor: string }[];
  nodes: { id: string }[];
  pageInfo: { startCursor: string; endCursor: string };
};
const page = "edges { cursor } nodes { id } pageInfo { startCursor endCursor }";
const lists = ["customers", "factSales", "churnRisk"] as const;
const pageOf = async (list: string, scope: Scope, given = "first: 2") =>
  (await dataOf(`{ list: ${list}(${given}) { ${page} } }`, scope)).list as Page;
const refused = {
  message: "`after` is not a cursor of this graph.",
  code: "BAD_USER_INPUT",
  remedy: expect.stringContaining("leave `after` out"),
};
const goOn = (list: string, after: string, scope: Scope) =>
  answer(`query ($after: String) { list: ${list}(first: 2, after: $after) { nodes { id } } }`, scope, { after });

test.each(lists)("%s: each cursor leads on from its row", async (list) => {
  const all = await pageOf(list, roles.crm, "first: 4");
  const first = await pageOf(list, roles.crm);
  expect([first.pageInfo.startCursor, first.pageInfo.endCursor]).toEqual(first.edges.map(({ cursor }) => cursor));
  expect((await goOn(list, first.pageInfo.endCursor, roles.crm)).data).toEqual({ list: { nodes: all.nodes.slice(2) } });
  expect((await goOn(list, first.pageInfo.startCursor, roles.crm)).data).toEqual({
    list: { nodes: all.nodes.slice(1, 3) },
  });
});

test("nothing of a cursor can be changed", async () => {
  const { pageInfo } = await pageOf("customers", roles.admin);
  const cursor = pageInfo.endCursor;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (let at = 0; at < cursor.length; at += 1) {
    // The next letter differs in the lowest bit, which base64 may not even read at the end of a text.
    const letter = alphabet[alphabet.indexOf(cursor[at] ?? "A") ^ 1];
    const { errors } = await goOn("customers", cursor.slice(0, at) + letter + cursor.slice(at + 1), roles.admin);
    expect(errors).toEqual([refused]);
  }
});

test.each<[string, (cursor: string) => string]>([
  ["cut short", (cursor) => cursor.slice(0, -1)],
  ["made longer", (cursor) => `${cursor}A`],
  ["padded", (cursor) => `${cursor}=`],
  ["without its signature", (cursor) => cursor.slice(0, -22)],
  ["empty", () => ""],
  ["of a key of one's own", () => sealCursors(Buffer.from("guessed"), roles.admin).seal(encodeCursor(1, "q", ["1"]))],
  ["as it is below the graph", () => encodeCursor(1, "question", ["1"])],
  ["very long", (cursor) => cursor.repeat(1_000)],
  ["with NUL", (cursor) => `${cursor}\0`],
])("a cursor %s is refused", async (_, change) => {
  const { pageInfo } = await pageOf("customers", roles.admin);
  expect((await goOn("customers", change(pageInfo.endCursor), roles.admin)).errors).toEqual([refused]);
});

test("a cursor of another role is refused like one that nobody gave out, and pins no snapshot", async () => {
  for (const list of lists) {
    const { pageInfo } = await pageOf(list, roles.admin);
    expect((await goOn(list, pageInfo.endCursor, roles.crm)).errors).toEqual([refused]);
  }
  // Were it believed, there would be no such snapshot to answer from.
  const unsigned = encodeCursor(99, "question", ["1"]);
  const query = "query ($after: String) { kpis { orders } customers(after: $after) { nodes { id } } }";
  expect((await answer(query, roles.admin, { after: unsigned })).errors).toEqual([refused]);
  const signed = sealCursors(testKeys.cursors, roles.admin).seal(unsigned);
  expect((await answer(query, roles.admin, { after: signed })).codes).toEqual(["SNAPSHOT_EXPIRED"]);
});

test("a question that is refused is refused before its cursor is looked at", async () => {
  const query = '{ customers(after: "x", where: { segment: { eq: CHAMPIONS } }) { nodes { id } } }';
  expect((await answer(query, roles.crm)).codes).toEqual(["FORBIDDEN"]);
});
