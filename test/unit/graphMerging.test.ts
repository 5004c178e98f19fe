// Documents whose validation would hold up every other request: each is refused, in words, before it is validated, and what a client may
// sensibly write is not.
import { parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { makeFormatError } from "../../src/graph/formatError.ts";
import { guardNesting } from "../../src/graph/guardNesting.ts";

const schema = await buildGraphSchema();
const times = (count: number, make: (nth: number) => string) =>
  Array.from({ length: count }, (_, nth) => make(nth)).join(" ");

const costly: readonly (readonly [name: string, text: string])[] = [
  ["one field again and again", `{ ${times(2450, () => "me { role }")} }`],
  ["one leaf again and again", `{ me { ${times(9900, () => "role")} } }`],
  ["with an argument", `{ ${times(900, () => 'customer(id: "1") { id }')} }`],
  [
    "with long arguments",
    `{ ${times(150, () => `customers(where: { country: { in: [${times(45, () => '"France"')}] } }) { totalCount }`)} }`,
  ],
  ["in inline fragments", `{ ${times(1400, () => "... { me { role } }")} }`],
  ["in several inline fragments", `{ ${times(5, () => `... { ${times(450, () => "me { role }")} }`)} }`],
  [
    "in named fragments",
    `{ ${times(4, (nth) => `...F${nth}`)} } ${times(4, (nth) => `fragment F${nth} on Query { ${times(500, () => "me { role }")} }`)}`,
  ],
  [
    "in fragments below",
    `{ ${times(240, (nth) => `me { ...F${nth} } me { role }`)} } ${times(240, (nth) => `fragment F${nth} on Viewer { role }`)}`,
  ],
  [
    "in a fragment that nothing leads to",
    `{ me { role } } fragment F on Query { ${times(2000, () => "me { role }")} }`,
  ],
  [
    "in many fragments",
    `{ ...F0 } ${times(240, (nth) => `fragment F${nth} on Query { ...F${nth + 1} me { role role } }`)} fragment F240 on Query { me { role } }`,
  ],
  ["in fragments in a circle", `{ ...F } fragment F on Segment { ${times(300, (nth) => `a${nth}: x { ...F }`)} }`],
  [
    "doubled at each level",
    `{ ...F0 } ${times(14, (nth) => `fragment F${nth} on Query { a: me { ...F${nth + 1} } b: me { ...F${nth + 1} } c${nth}: me { role role role role } }`)} fragment F14 on Query { me { role } }`,
  ],
];

test.each(costly)("%s", (_, text) => {
  const start = performance.now();
  expect(() => guardNesting(text)).toThrow(
    expect.objectContaining({
      code: "QUERY_TOO_COSTLY",
      message: expect.stringMatching(/^The document (selects|comes to)/),
    }),
  );
  expect(performance.now() - start).toBeLessThan(500);
});

/** The worst that is let through. */
const tolerable: readonly (readonly [name: string, text: string])[] = [
  ["one field", `{ ${times(160, () => "me { role }")} ${times(600, (nth) => `a${nth}: me { role }`)} }`],
  ["one leaf", `{ me { ${times(310, () => "role")} ${times(600, (nth) => `a${nth}: role`)} } }`],
  [
    "long arguments",
    `{ ${times(60, () => `customers(where: { country: { in: [${times(45, () => '"France"')}] } }) { totalCount }`)} }`,
  ],
  ["many customers", `{ ${times(800, (nth) => `a${nth}: customer(id: "${nth}") { name }`)} }`],
  ["many spreads", `{ ${times(4900, () => "...F")} } fragment F on Query { me { role } }`],
  [
    "fragments in a line",
    `{ ...F0 } ${times(240, (nth) => `fragment F${nth} on Query { ...F${nth + 1} a${nth}: me { role } b${nth}: me { role } }`)} fragment F240 on Query { me { role } }`,
  ],
  [
    "fragments side by side",
    `{ ${times(240, (nth) => `...F${nth}`)} } ${times(240, (nth) => `fragment F${nth} on Query { a${nth}: me { role } b${nth}: me { role } c${nth}: me { role } }`)}`,
  ],
  ["short", `{ ${times(70, () => "me { role }")} }`],
  ["short leaf", `{ me { ${times(290, () => "role")} } }`],
];

describe("what is let through", () => {
  test.each(tolerable)("%s is in order and validated fast", (_, text) => {
    let at = performance.now();
    guardNesting(text);
    expect(performance.now() - at).toBeLessThan(500);
    const document = parse(text, { maxTokens: 10_000 });
    at = performance.now();
    const faults = validate(schema, document);
    expect(faults.map(({ message }) => message)).not.toContain("Validation aborted.");
    expect(performance.now() - at).toBeLessThan(1000);
  });
});

test("where validation gives up, it says so in words", () => {
  const formatError = makeFormatError(() => undefined);
  const extensions = { code: "GRAPHQL_VALIDATION_FAILED" };
  const told = (text: string) =>
    validate(schema, parse(text)).map((error) => formatError({ message: error.message, extensions }, error).message);
  const many = told(`{ me { ${times(150, (nth) => `x${nth}`)} } }`);
  expect(many).toHaveLength(101);
  expect(many.at(-1)).toBe("The document has more faults than are told at once: these are the first.");
  expect(told(`{ ${times(2450, () => "me { role }")} }`)).toEqual([
    "The document selects the same fields too often to be read: select each once, or under names of their own.",
  ]);
});
