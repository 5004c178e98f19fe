// Selected fields, read from documents as graphql-js hands them to a resolver.
import { buildSchema, execute, type GraphQLResolveInfo, parse } from "graphql";
import { describe, expect, test } from "vitest";
import { selectedFields, selectedFieldsAt, selectionOf, selectionsOf } from "../../src/graph/selectedFields.ts";

const schema = buildSchema(`
  type Query { list: List months: Month }
  type List { nodes: [Node] edges: [Edge] total: Int }
  type Edge { node: Node cursor: String }
  type Node { a: Int b: Int c: Int child: Node }
  type Month { gross: Int previous: Month growth: Int }
`);

function infoOf(query: string, variableValues: Record<string, unknown> = {}): GraphQLResolveInfo {
  let found: GraphQLResolveInfo | undefined;
  const take = (_args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
    found = info;
    return null;
  };
  const rootValue = { list: take, months: take };
  execute({ schema, document: parse(query), variableValues, rootValue });
  if (!found) throw new Error("The field was not resolved.");
  return found;
}

const names = (fields: ReadonlySet<string>) => [...fields].toSorted();

describe("selectedFields", () => {
  test("names what is selected at a path, whatever the alias", () => {
    const info = infoOf("{ list { total nodes { x: a y: a b } } }");
    expect(names(selectedFields(info))).toEqual(["nodes", "total"]);
    expect(names(selectedFields(info, "nodes"))).toEqual(["a", "b"]);
    expect(names(selectedFields(info, "edges", "node"))).toEqual([]);
  });

  test("follows fragments and takes several selections of a field together", () => {
    const info = infoOf(`
      query { list { ...L nodes { a } ... on List { nodes { child { ...N } } } ... { total } } list { nodes { c } } }
      fragment L on List { nodes { ...N } }
      fragment N on Node { b }
    `);
    expect(names(selectedFields(info))).toEqual(["nodes", "total"]);
    expect(names(selectedFields(info, "nodes"))).toEqual(["a", "b", "c", "child"]);
    expect(names(selectedFields(info, "nodes", "child"))).toEqual(["b"]);
  });

  test("obeys @skip and @include, given or by variable, on fields and fragments", () => {
    const query = `query ($yes: Boolean!, $no: Boolean = false) {
      list { nodes { a @skip(if: $yes) b @include(if: $yes) c @include(if: $no) ...N @skip(if: $yes) } total @skip(if: true) }
    } fragment N on Node { child { a } }`;
    const info = infoOf(query, { yes: true });
    expect(names(selectedFields(info))).toEqual(["nodes"]);
    expect(names(selectedFields(info, "nodes"))).toEqual(["b"]);
    expect(names(selectedFields(infoOf(query, { yes: false }), "nodes"))).toEqual(["a", "child"]);
  });

  test("joins the ways to one thing", () => {
    const info = infoOf("{ list { nodes { a } edges { cursor node { b } } } }");
    expect(names(selectedFieldsAt(info, [["nodes"], ["edges", "node"]]))).toEqual(["a", "b"]);
  });

  test("is not held up by fragments that spread one another over and over", () => {
    const levels = Array.from({ length: 60 }, (_, at) => `fragment F${at} on Node { ...F${at + 1} ...F${at + 1} a }`);
    const info = infoOf(`{ list { nodes { ...F0 } } } ${levels.join(" ")} fragment F60 on Node { b }`);
    expect(names(selectedFields(info, "nodes"))).toEqual(["a", "b"]);
  });
});

describe("selectionsOf", () => {
  test("keeps the response keys of a field apart, through fragments, @skip and @include", () => {
    const info = infoOf(
      `query ($no: Boolean = false) {
        list { total nodes { a } x: nodes { b @skip(if: $no) c @include(if: $no) } ...L z: nodes @include(if: $no) { c } }
        list { ... on List { x: nodes { child { a } } } edges { node { c } } }
      } fragment L on List { y: nodes { ...N } nodes { ...N } } fragment N on Node { b }`,
    );
    const found = [...selectionsOf(info, "nodes")].map(([key, { fields }]) => [key, names(new Set(fields.keys()))]);
    expect(found).toEqual([
      ["nodes", ["a", "b"]],
      ["x", ["b", "child"]],
      ["y", ["b"]],
    ]);
    expect(selectionsOf(info, "node").size).toBe(0);
  });
});

test("a selection is read once for one answer, and anew for other variables", () => {
  const info = infoOf("{ list { total } }");
  expect(selectionOf(info)).toBe(selectionOf(info));
  expect(selectionOf({ ...info, variableValues: {} })).not.toBe(selectionOf(info));
});
