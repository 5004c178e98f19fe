// Scopes whose countries are named as a file may name them, or as somebody would who wants to see more: a name is one name, in both locks.
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask } from "../../src/query/ask.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { scope } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

/** Countries as a file can name them. */
const odd = [
  "X,Germany",
  "Germany",
  "X",
  "*",
  "O'Hare",
  'say "hi"',
  "back\\slash",
  "{France}",
  "[]",
  "null",
  "ünïcode ☃",
];
let other: TestWarehouse;
let at: SnapshotFacts;
beforeAll(async () => {
  other = await makeTestWarehouse();
  const rows = odd.map((country, index) => {
    const quoted = `"${country.replaceAll('"', '""')}"`;
    return `${index + 1},A,a,1,12/31/2022 0:00,${index + 1},c${index},${quoted}`;
  });
  await other.loadText(
    ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country", ...rows].join("\n"),
  );
  at = await readSnapshot(other.read);
});
afterAll(() => other.close());

/** What is seen, by both locks and by the second alone. */
async function seen(countries: readonly string[]): Promise<string[]> {
  const as = scope("hostile", countries, null);
  const request: MetricsRequest = { kind: "metrics", measures: ["lines"], dimensions: ["country"] };
  const rows = (await ask(request, { warehouse: other.read, snapshot: at, scope: as })).rows;
  const plain = { text: "SELECT country FROM fact_sales ORDER BY country", values: [] };
  const alone = await other.read.read(plain, as, at);
  expect(alone.map((row) => row.country)).toEqual(rows.map((row) => row.country));
  return rows.map((row) => String(row.country));
}

it("a name is one name, whatever is in it", async () => {
  for (const country of odd) expect(await seen([country]), country).toEqual([country]);
  expect((await seen(odd)).sort()).toEqual([...odd].sort());
});

it("a value that is no country's name shows nothing", async () => {
  const hostile = [
    "",
    " Germany",
    "germany",
    "%",
    "_",
    "X,",
    ",Germany",
    "Germany,X",
    "'",
    "''",
    "\\",
    "\\'",
    '"',
    "\0",
    "X\0",
  ];
  const sql = [
    "') OR true --",
    "'; RESET ROLE; --",
    "$1",
    "$$",
    "WyIqIl0=",
    '["Germany"]',
    "\n",
    "\r\n*",
    "\ud800",
    "X\udfff",
  ];
  for (const value of [...hostile, ...sql]) expect(await seen([value]), JSON.stringify(value)).toEqual([]);
  expect(await seen([...hostile, "Germany", ...sql])).toEqual(["Germany"]);
});

it("long lists and long names are only long", async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `Country ${index}, "of" many\\`);
  expect(await seen(many)).toEqual([]);
  expect(await seen([...many, "X,Germany"])).toEqual(["X,Germany"]);
  const long = "Germany".repeat(150_000);
  expect(await seen([long])).toEqual([]);
  expect(await seen([long, "Germany"])).toEqual(["Germany"]);
});
