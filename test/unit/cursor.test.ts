// Cursors: what is written is read again, for its own question, scope and snapshot only; every other text is refused by name.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cursorSnapshot, decodeCursor, encodeCursor, questionHash } from "../../src/query/cursor.ts";
import type { LinesRequest, MetricsRequest } from "../../src/query/request.ts";
import { adminScope } from "../support/testWarehouse.ts";

const request: MetricsRequest = {
  kind: "metrics",
  measures: ["grossRevenue"],
  dimensions: ["month", "country"],
  where: { country: { in: ["France", "Germany"] }, month: { gte: "2011-01", lt: "2011-04" } },
  orderBy: [{ member: "grossRevenue", direction: "DESC" }],
};
const question = questionHash(request, adminScope);
const texts = (count: number) => Array.from({ length: count }, () => "text" as const);
const badInput = expect.objectContaining({ code: "BAD_USER_INPUT" });
const raw = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("a cursor", () => {
  it("gives back the position that was written, exactly", () => {
    const text = fc
      .string({ unit: "binary", maxLength: 40 })
      .filter((value) => !value.includes("\0") && value.isWellFormed());
    const position = fc.array(fc.option(text), { maxLength: 5 });
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (values, snapshot) => {
        const cursor = encodeCursor(snapshot, question, values);
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(cursor, snapshot, question, texts(values.length))).toEqual(values);
        expect(cursorSnapshot(cursor)).toBe(snapshot);
      }),
      { seed: 360, numRuns: 300 },
    );
  });

  it("of another snapshot has expired", () => {
    const cursor = encodeCursor(7, question, ["a", null, "b"]);
    expect(() => decodeCursor(cursor, 8, question, texts(3))).toThrow(
      expect.objectContaining({ code: "SNAPSHOT_EXPIRED" }),
    );
    expect(cursorSnapshot(cursor)).toBe(7);
  });

  it("of another question, or with more or fewer keys, is refused", () => {
    const cursor = encodeCursor(7, question, ["a", null, "b"]);
    expect(() => decodeCursor(cursor, 7, "another", texts(3))).toThrow(badInput);
    expect(() => decodeCursor(cursor, 7, question, texts(2))).toThrow(badInput);
    expect(() => decodeCursor(cursor, 7, question, texts(4))).toThrow(badInput);
    // whose question it is comes first: an expired cursor of another question is a wrong one
    expect(() => decodeCursor(cursor, 8, "another", texts(3))).toThrow(badInput);
  });
});

describe("a key of a type", () => {
  it.each([
    ["date", "2024-02-29"],
    ["timestamp", "2024-02-29 12:30:00"],
    ["numeric", "-12.500"],
    ["integer", "7"],
    ["boolean", "false"],
  ] as const)("%s: %s is read", (type, value) => {
    expect(decodeCursor(encodeCursor(7, question, [value]), 7, question, [type])).toEqual([value]);
  });

  it.each([
    ["date", "now"],
    ["date", "tomorrow"],
    ["date", "infinity"],
    ["timestamp", "epoch"],
    ["timestamp", "2024-02-29"],
    ["numeric", "NaN"],
    ["numeric", "0x10"],
    ["numeric", "1_000"],
    ["integer", "1.5"],
    ["boolean", "maybe"],
  ] as const)("%s: %s is none, whatever PostgreSQL makes of it", (type, value) => {
    expect(() => decodeCursor(encodeCursor(7, question, [value]), 7, question, [type])).toThrow(badInput);
  });
});

describe("a forged cursor", () => {
  const forged: readonly [string, string][] = [
    ["nothing", ""],
    ["words", "no cursor"],
    ["padding", "===="],
    ["no JSON", Buffer.from("[1,").toString("base64url")],
    ["an object", raw({ 0: 1, 1: question })],
    ["null", raw(null)],
    ["a number", raw(1)],
    ["an empty list", raw([])],
    ["no question", raw([1])],
    ["a question that is no text", raw([1, 2, "a"])],
    ["a snapshot as text", raw(["1", question])],
    ["a snapshot that is no whole number", raw([1.5, question])],
    ["snapshot 0", raw([0, question])],
    ["a snapshot below 0", raw([-1, question])],
    ["a snapshot beyond 32 bits", raw([2 ** 31, question])],
    ["an endless snapshot", Buffer.from(`[1e999,"${question}"]`).toString("base64url")],
    ["a key that is a number", raw([1, question, 1])],
    ["a key that is a list", raw([1, question, ["a"]])],
    ["a key that is an object", raw([1, question, { a: 1 }])],
    ["a key that is true", raw([1, question, true])],
    ["a key with NUL", raw([1, question, "a\0b"])],
    ["a key with half a letter", raw([1, question, "\ud800"])],
    ["a very long one", raw([1, question, "a".repeat(20_000)])],
    ["a deep one", Buffer.from("[".repeat(5_000)).toString("base64url")],
  ];

  it.each(forged)("%s is refused by name, and belongs to no snapshot", (_, cursor) => {
    expect(() => decodeCursor(cursor, 1, question, texts(1))).toThrow(badInput);
    expect(cursorSnapshot(cursor)).toBeNull();
  });

  it("is refused or read, whatever bytes it is made of", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.base64String(),
          fc.json().map((json) => Buffer.from(json).toString("base64url")),
        ),
        (text) => {
          expect(() => decodeCursor(text, 1, question, texts(1))).toThrow(badInput);
        },
      ),
      { seed: 360, numRuns: 500 },
    );
  });
});

describe("a question", () => {
  const same = (other: MetricsRequest) => expect(questionHash(other, adminScope)).toBe(question);
  const differs = (other: MetricsRequest | LinesRequest) => expect(questionHash(other, adminScope)).not.toBe(question);

  it("stays the same whatever is shown of its rows, and page by page", () => {
    same({ ...request, measures: ["orders", "units"] });
    same({ ...request, page: { first: 10, after: "x" } });
    same({ ...request, page: { first: 20 } });
    same({ ...request, count: true });
    same({ ...request, ofCustomers: true });
    same({ ...request, having: undefined });
    same({
      ...request,
      where: { month: { lt: "2011-04", gte: "2011-01" }, country: { in: ["France", "Germany"] } },
    });
  });

  it("is another one where rows or order are others", () => {
    differs({ ...request, dimensions: ["country", "month"] });
    differs({ ...request, dimensions: ["month"] });
    differs({ ...request, where: { country: { in: ["France"] } } });
    differs({ ...request, where: { ...request.where, month: { gte: "2011-01" } } });
    differs({ ...request, having: [{ measure: "orders", gte: "1" }] });
    differs({ ...request, orderBy: [{ member: "grossRevenue", direction: "ASC" }] });
    differs({ ...request, orderBy: [] });
    differs({ kind: "lines", where: request.where, page: { first: 1 } });
  });

  it("is another one under another scope", () => {
    expect(questionHash(request, { ...adminScope, fingerprint: "other" })).not.toBe(question);
  });
});
