// Statements that one request asks at the same moment: they share a transaction, one's fault is no other's, and a connection forgets what it
// prepared longest ago.
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { openReadWarehouse, type ReadWarehouse, type Statement } from "../../src/warehouse/openReadWarehouse.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
let one: ReadWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile, { currency: "EUR" });
  snapshot = await readSnapshot(warehouse.read);
  one = openReadWarehouse(warehouse.url, { maxConnections: 1 });
});
afterAll(async () => {
  await one?.close();
  await warehouse?.close();
});

const kept = (text: string, ...values: Statement["values"]): Statement => ({ text, values, keepsPlan: true });
const read = (statement: Statement, scope = adminScope) => one.read(statement, scope, snapshot);
const inTransaction = kept("SELECT pg_backend_pid() AS pid, now()::text AS began");

it("are one transaction, whose end is the end of its role and scope", async () => {
  const [a, b] = await Promise.all([read(inTransaction), read(inTransaction)]);
  expect(a).toEqual(b);
  expect(await read(inTransaction)).not.toEqual(a);
  const who = kept("SELECT current_user::text AS role, current_setting('consumer360.countries') AS countries");
  expect(await read(who)).toEqual([{ role: "consumer360_reader", countries: "*" }]);
  const [none] = await read(who, { ...adminScope, countries: [] });
  expect(none).toEqual({ role: "consumer360_reader", countries: Buffer.from("{}").toString("base64") });
});

it.each([0, 1, 2])("one that fails, as number %i, takes no answer from the others", async (at) => {
  const asked = ["SELECT 1 AS n", "SELECT 2 AS n", "SELECT 3 AS n"].map((text) => kept(text));
  asked[at] = kept("SELECT 1 / $1::integer AS n", 0);
  for (let time = 0; time < 3; time += 1) {
    const answers = await Promise.allSettled(asked.map((statement) => read(statement)));
    expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : answer.reason.code))).toEqual(
      [1, 2, 3].map((n, index) => (index === at ? "22012" : [{ n }])),
    );
  }
  expect(await read(kept("SELECT 1 / $1::integer AS n", 1))).toEqual([{ n: 1 }]);
});

it("values come back as they were sent, whatever is in them", async () => {
  const texts = ['a"b', "a\\b", "a,b", "{}", "NULL", "", "'; SELECT 1 --", "ä🛒\n"];
  const columns = "$1::text[] AS texts, $2::text AS text, $3::boolean AS yes, $4::integer AS n, $5::text AS nothing";
  for (const keepsPlan of [true, false])
    for (const text of texts)
      expect(await read({ text: `SELECT ${columns}`, values: [texts, text, true, -7, null], keepsPlan })).toEqual([
        { texts, text, yes: true, n: -7, nothing: null },
      ]);
});

it("a connection keeps a hundred, and prepares anew what it has forgotten", async () => {
  const prepared = kept("SELECT count(*)::integer AS n FROM pg_prepared_statements");
  for (let nth = 0; nth < 130; nth += 1) expect(await read(kept(`SELECT ${nth} AS n`))).toEqual([{ n: nth }]);
  const [{ n } = {}] = await read(prepared);
  // and perhaps one that the server is told of with the next
  expect([100, 101]).toContain(n);
  expect(await read(kept("SELECT 0 AS n"))).toEqual([{ n: 0 }]);
});
