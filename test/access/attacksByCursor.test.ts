// Cursors that were changed, made up, or given to somebody else or for something else: refused alike, before any row is read.
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { shopFile } from "../oracle/shopLines.ts";
import { type Asker, admin, crm, managerOf } from "../server/demoServer.ts";
import { type Answered, useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop();

/** Every field that takes a cursor, and the way to its `endCursor`. */
const pages: Readonly<Record<string, readonly [query: string, way: string]>> = {
  customers: ["customers(first: 1, after: $after) { nodes { id } pageInfo { endCursor } }", "customers"],
  byRevenue: [
    "customers(first: 1, after: $after, orderBy: [{ field: GROSS_REVENUE }]) { nodes { id } pageInfo { endCursor } }",
    "customers",
  ],
  churnRisk: ["churnRisk(first: 1, after: $after) { nodes { id } pageInfo { endCursor } }", "churnRisk"],
  factSales: ["factSales(first: 1, after: $after) { nodes { id } pageInfo { endCursor } }", "factSales"],
  factSalesColumns: ["factSalesColumns(first: 1, after: $after) { id endCursor }", "factSalesColumns"],
  customersColumns: ["customersColumns(first: 1, after: $after) { id endCursor }", "customersColumns"],
  metrics: ["metrics(first: 1, after: $after) { nodes { month orders } pageInfo { endCursor } }", "metrics"],
  ordered: [
    "metrics(first: 1, after: $after, where: { customerType: IDENTIFIED }, orderBy: [{ member: ORDERS }]) { nodes { month orders } pageInfo { endCursor } }",
    "metrics",
  ],
  sales: [
    'customer(id: "12009") { sales(first: 1, after: $after) { nodes { id } pageInfo { endCursor } } }',
    "customer sales",
  ],
};
/** By columns or as objects, a list is one question. */
const questionOf = (name: string) => name.replace(/Columns$/, "");
const documentOf = (name: string) => `query ($after: String) { ${pages[name]?.[0]} }`;

function endCursor({ data }: Answered, name: string): string {
  const found = (pages[name]?.[1] ?? "").split(" ").reduce((value, step) => (value as never)[step], data as unknown);
  const { pageInfo, endCursor: last } = found as { pageInfo?: { endCursor: string }; endCursor?: string };
  return String(pageInfo?.endCursor ?? last);
}

async function cursorOf(asker: Asker, name: string): Promise<string> {
  const first = await shop.ask(asker, documentOf(name), { after: null });
  expect(first.errors).toEqual([]);
  const cursor = endCursor(first, name);
  const second = await shop.ask(asker, documentOf(name), { after: cursor });
  expect(second.errors).toEqual([]);
  expect(second.data).not.toEqual(first.data);
  return cursor;
}

const withoutLine = ({ body }: Answered) => body.replace(/"locations":\[[^\]]*\],/g, "");

/** Refused in the words for any text that is no cursor, and without a statement about rows. */
async function expectRefused(asker: Asker, name: string, cursors: readonly string[]): Promise<void> {
  const none = await shop.ask(asker, documentOf(name), { after: "nonsense" });
  expect(none.codes).toEqual(["BAD_USER_INPUT"]);
  for (const after of cursors) {
    const refused = await shop.ask(asker, documentOf(name), { after });
    expect(withoutLine(refused), after.slice(0, 200)).toBe(withoutLine(none));
    expect(refused.statements.length).toBe(none.statements.length);
  }
}

describe.each(Object.keys(pages))("%s", (name) => {
  test("a flipped bit, wherever it is", async () => {
    const cursor = await cursorOf(crm, name);
    const bytes = Buffer.from(cursor, "latin1");
    // Of every second character one bit, another from place to place; for one list two bits of each.
    const flips = [...bytes].flatMap((_, at) =>
      (name === "customers" ? [at % 7, (at + 3) % 7] : at % 2 === 0 ? [(at / 2) % 7] : []).map(
        (bit) => [at, bit] as const,
      ),
    );
    const changed = flips.map(([at, bit]) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      return copy.toString("latin1");
    });
    expect(changed.length).toBeGreaterThan(25);
    await expectRefused(crm, name, changed);
  });

  test("cut, lengthened, wrapped or written in another alphabet", async () => {
    const cursor = await cursorOf(crm, name);
    await expectRefused(crm, name, [
      ...["", " ", "=", "0", "null", "[]", "\0", "\ud800", "A".repeat(22), "A".repeat(1000), "x".repeat(900_000)],
      ...[1, 2, 21, 22, 23, 40].map((less) => cursor.slice(0, -less)),
      ...[1, 2, 4, 8].map((less) => cursor.slice(less)),
      ...[`${cursor} `, ` ${cursor}`, `${cursor}=`, `${cursor}==`, `${cursor}\n`, `${cursor}A`, `A${cursor}`],
      ...[cursor + cursor, cursor.toLowerCase(), [...cursor].reverse().join(""), encodeURIComponent(`${cursor}/`)],
      Buffer.from(cursor).toString("base64url"),
      cursor.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    ]);
  });

  test("made up, without a seal or under a seal of one's own", async () => {
    const cursor = await cursorOf(crm, name);
    const plain = cursor.slice(0, -22);
    const parts = JSON.parse(Buffer.from(plain, "base64url").toString("utf8")) as unknown[];
    const { fingerprint } = (
      await shop.dataOf<{ me: { fingerprint: string } }>(crm, "{ me { fingerprint: scopeFingerprint } }")
    ).me;
    const sealedBy = (key: string | Buffer, inner: string) =>
      inner +
      createHmac("sha256", key)
        .update(JSON.stringify([fingerprint, inner]))
        .digest()
        .subarray(0, 16)
        .toString("base64url");
    const write = (changed: readonly unknown[]) => Buffer.from(JSON.stringify(changed)).toString("base64url");
    const inners = [
      plain,
      write([1, ...parts.slice(1)]),
      write([999, ...parts.slice(1)]),
      write([...parts.slice(0, 2), ...parts.slice(2).map(() => "12001")]),
      write([...parts.slice(0, 2), ...parts.slice(2).map(() => "' OR true --")]),
    ];
    await expectRefused(crm, name, [
      ...inners,
      ...inners.map((inner) => inner + cursor.slice(-22)).filter((sealed) => sealed !== cursor),
      ...["", "test", "consumer360", Buffer.alloc(32), Buffer.alloc(32, "test")].flatMap((key) =>
        inners.map((inner) => sealedBy(key, inner)),
      ),
    ]);
  });

  test("of another role, or of other countries", async () => {
    const askers = [
      admin,
      { role: "analyst" },
      crm,
      managerOf("France"),
      managerOf("France", "Belgium"),
      managerOf("France", "Atlantis"),
    ];
    const cursors = await Promise.all(askers.map((asker) => shop.ask(asker, documentOf(name), { after: null })));
    const given = cursors.map((answer) =>
      answer.data && (answer.data.customer !== null || name !== "sales") ? endCursor(answer, name) : "none",
    );
    for (const [at, asker] of askers.entries())
      await expectRefused(
        asker,
        name,
        given.filter((cursor, of) => of !== at && cursor !== null),
      );
    // The order in which countries are claimed is no other scope.
    const same = await shop.ask(managerOf("Belgium", "France"), documentOf(name), { after: given[4] });
    expect(same.errors).toEqual([]);
  });

  test("of another question", async () => {
    const own = await cursorOf(crm, name);
    for (const other of Object.keys(pages).filter((list) => questionOf(list) !== questionOf(name))) {
      const { data, codes, statements, errors } = await shop.ask(crm, documentOf(other), { after: own });
      expect(codes, other).toEqual(["BAD_USER_INPUT"]);
      expect(errors[0]?.message).toBe("`after` is a cursor of another question.");
      expect(Object.values(data ?? {}).filter((value) => value !== null && other !== "sales")).toEqual([]);
      expect(statements.filter((text) => /LIMIT/.test(text) && other !== "sales")).toEqual([]);
    }
  });
});

describe("of another snapshot", () => {
  test("it goes on in its own as long as that is kept, with what that held, and is then refused", async () => {
    const first = await cursorOf(crm, "customers");
    const before = await shop.ask(crm, documentOf("customers"), { after: first });
    await shop.warehouse().load(shopFile, { currency: "EUR" });
    const after = await shop.ask(crm, documentOf("customers"), { after: first });
    expect(after.data).toEqual(before.data);
    const newer = await cursorOf(crm, "customers");
    const two =
      "query ($a: String, $b: String) { a: customers(after: $a) { totalCount } b: customers(after: $b) { totalCount } }";
    const mixed = await shop.ask(crm, two, { a: first, b: newer });
    expect(mixed.codes).toEqual(["BAD_USER_INPUT"]);
    expect(mixed.errors[0]?.message).toMatch(/belong to different snapshots/);
    await shop.warehouse().load(shopFile, { currency: "GBP" });
    expect((await shop.ask(crm, documentOf("customers"), { after: first })).codes).toEqual(["SNAPSHOT_EXPIRED"]);
    // Who could not have used it learns nothing of its snapshot either.
    await expectRefused(managerOf("France"), "customers", [first]);
  });
});
