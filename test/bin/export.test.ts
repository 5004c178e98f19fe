// The exported lists hold, row by row, what the graph answers to the same role, whoever that is; and hostile texts come out as texts.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { exportedLists, type ListName } from "../../bin/exportedLists.ts";
import { readExport } from "../../bin/readExport.ts";
import { ownerScope } from "../../bin/readLoaded.ts";
import { visibleColumns } from "../../bin/visibleColumns.ts";
import { pseudonymOf } from "../../src/graph/pseudonymOf.ts";
import type { Scope } from "../../src/model/scope.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { readGuardedText } from "../../src/server/formatCsvRow.ts";
import { csvFormat, jsonlFormat } from "../../src/server/formatRows.ts";
import { testKeys } from "../graph/testKeys.ts";
import { useGraph } from "../graph/useGraph.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { exportScope, graphRows } from "./exportCustomers.ts";
import { parseCsv } from "./parseCsv.ts";

/** Ids and countries that would be formulas, or would break a row. */
const hostileLines = [
  `700001,B,Thing,1,3/1/2024 9:00,2.5,=1+2,"=cmd|' /C calc'!A0"`,
  `700002,B,Thing,2,3/2/2024 9:00,1.0,"@SUM(A1,""x"")",+France`,
  `700003,B,Thing,3,3/3/2024 9:00,0.125,-12.5,"Two; =Parts\\"`,
  `700004,B,Thing,4,3/4/2024 9:00,10.0,-12.5,'=quoted`,
];
const hostileNames = ["=HYPERLINK(1)", "+1", "-2", "@x", "two\nlines", "\tTab", '"Q", Jr.', "'=q", "Ünï ☕", " blank "];

const { dataOf, answer, warehouse } = useGraph(async (filled) => {
  const shop = await readFile(shopFile, "utf8");
  const report = await filled.loadText(`${shop.trimEnd()}\n${hostileLines.join("\n")}\n`);
  expect(report.account.rejected).toBe(0);
  await filled.owner.query(
    `INSERT INTO dim_customer (customer_key, snapshot_id, name)
     SELECT customer_key, snapshot_id, ($1::text[])[1 + row_number() OVER (ORDER BY customer_key) % $2] FROM rfm_segments`,
    [hostileNames, hostileNames.length],
  );
});

const lists = Object.keys(exportedLists) as ListName[];

async function exported(list: ListName, scope: Scope, pageSize = 4) {
  const { columns, leftOut } = await visibleColumns(list, scope);
  const snapshot = await readSnapshot(warehouse().read);
  const csv = csvFormat(columns, { bom: false });
  const jsonl = jsonlFormat(columns);
  const texts = { csv: csv.head, jsonl: jsonl.head };
  const asker = { warehouse: warehouse().read, snapshot, scope };
  const nameOf = (id: string) => pseudonymOf(testKeys.pseudonyms, id);
  for await (const { rows } of readExport({ list, columns, asker, pseudonymOf: nameOf, pageSize })) {
    texts.csv += rows.map(csv.row).join("");
    texts.jsonl += rows.map(jsonl.row).join("");
  }
  const objects = texts.jsonl
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...texts, objects, columns, leftOut };
}

const sights: [string, () => Promise<Scope>][] = [
  ["the owner", async () => ownerScope],
  ["admin", () => exportScope("admin")],
  ["analyst", () => exportScope("analyst")],
  ["analyst with made-up names", () => exportScope("pseudonymous")],
  ["country_manager of France", () => exportScope("country_manager", { countries: ["France"] })],
  [
    "country_manager of hostile countries",
    () => exportScope("country_manager", { countries: ["+France", "'=quoted"] }),
  ],
  ["country_manager without a claim", () => exportScope("country_manager")],
  ["crm", () => exportScope("crm")],
];

describe.each(sights)("as %s sees it", (_, scopeOfSight) => {
  test.each(lists)("%s is what the graph answers, in its order", async (list) => {
    const scope = await scopeOfSight();
    const { objects, leftOut } = await exported(list, scope);
    expect(leftOut).toEqual([]);
    expect(objects).toEqual(await graphRows(list, (query) => dataOf(query, scope)));
  });

  test.each(lists)("%s read back from CSV is the same, whatever its texts", async (list) => {
    const { csv, objects, columns } = await exported(list, await scopeOfSight());
    const [head, ...rows] = parseCsv(csv);
    expect(head).toEqual(columns.map(({ name }) => name));
    const read = rows.map((row) =>
      Object.fromEntries(columns.map(({ name, form }, at) => [name, readBack(form, row[at] ?? null)])),
    );
    expect(read).toEqual(objects);
  });
});

function readBack(form: string, field: string | null): unknown {
  if (field === null) return null;
  if (form === "count" || form === "number") return Number(field);
  if (form === "text") return readGuardedText(field);
  if (form === "texts")
    return [...readGuardedText(field).matchAll(/(?:^|;)((?:\\.|[^;\\])*)/gs)].map(([, text = ""]) =>
      text.replaceAll(/\\(.)/gs, "$1"),
    );
  return field;
}

test("lists are of whom they say, and not empty", async () => {
  const of = async (scope: Scope) => (await exported("customers", scope)).objects.map((row) => row.customer_id);
  const all = await of(ownerScope);
  expect(all).toEqual([...all].toSorted());
  expect(all).toHaveLength(22);
  expect(all).toContain("-12.5");
  const french = await of(await exportScope("country_manager", { countries: ["France"] }));
  expect(french.length).toBeGreaterThan(0);
  expect(french.length).toBeLessThan(all.length);
  expect(await of(await exportScope("country_manager"))).toEqual([]);
  const leaving = (await exported("churn-risk", ownerScope)).objects;
  expect(leaving.length).toBeGreaterThan(10);
  expect(new Set(leaving.map((row) => row.basis))).toEqual(new Set(["RECENCY"]));
});

test("names are those that the role sees: its own, none, or made up as the servers make them up", async () => {
  const names = async (scope: Scope) => (await exported("customers", scope)).objects.map((row) => row.name);
  expect(await names(ownerScope)).toContain("=HYPERLINK(1)");
  expect(new Set(await names(await exportScope("analyst")))).toEqual(new Set([null]));
  for (const name of await names(await exportScope("pseudonymous"))) {
    expect(name).toMatch(/^Customer [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  }
});

test("no cell of a CSV is a formula, and figures stay figures", async () => {
  const { csv, columns } = await exported("customers", ownerScope);
  const [, ...rows] = parseCsv(csv);
  for (const row of rows) {
    for (const [at, { form, name }] of columns.entries()) {
      const cell = row[at] ?? "";
      if (form === "text" || form === "texts") expect(cell, name).not.toMatch(/(^|[;\t\r\n])\s*[=+\-@]/);
      if (form === "decimal") expect(cell, name).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      if (form === "date") expect(cell, name).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  }
  expect(csv).toContain("'=1+2,");
  expect(csv).toContain(",'+France,");
  expect(csv).toContain("\r\n'-12.5,");
});

describe("who may not", () => {
  test.each([
    ["executive", "single customers"],
    ["partner", "single customers"],
  ])("%s is refused, as the graph refuses it", async (role, what) => {
    const scope = await exportScope(role);
    for (const list of lists) {
      await expect(visibleColumns(list, scope)).rejects.toMatchObject({
        code: "FORBIDDEN",
        message: `The role ${role} may not see ${what}, of which ${list} is made.`,
        remedy: expect.stringContaining(`policy show ${role}`),
      });
    }
    for (const root of ["customers", "churnRisk"])
      expect((await answer(`{ ${root} { nodes { id } } }`, scope)).codes).toEqual(["FORBIDDEN"]);
  });

  test("see figures gets the list of customers without them, and no list made of them", async () => {
    const scope = await exportScope("addresses");
    const { objects, leftOut } = await exported("customers", scope);
    expect(leftOut).toEqual([
      ...["orders", "units", "gross_revenue", "net_revenue", "returns_value", "average_order_value", "rfm_code"],
    ]);
    expect(objects).toEqual(await graphRows("customers", (query) => dataOf(query, scope), leftOut));
    expect(Object.keys(objects[0] ?? {})).not.toContain("orders");
    for (const list of ["rfm", "churn-risk"] as const)
      await expect(visibleColumns(list, scope)).rejects.toMatchObject({
        code: "FORBIDDEN",
        message: expect.stringContaining("figures of single customers"),
      });
  });

  test("have so many rows at once is refused before the first", async () => {
    const scope = await exportScope("few");
    await expect(exported("customers", scope)).rejects.toMatchObject({
      code: "QUERY_TOO_COSTLY",
      message: expect.stringMatching(/^The export has 22 rows; the role few may have 3 rows at once/),
    });
  });
});

test("an export stays at the snapshot that it began with", async () => {
  const { columns } = await visibleColumns("customers", ownerScope);
  const asker = { warehouse: warehouse().read, snapshot: await readSnapshot(warehouse().read), scope: ownerScope };
  const pages = readExport({ list: "customers", columns, asker, pseudonymOf: () => "", pageSize: 5 });
  const before = await exported("customers", ownerScope);
  const first = await pages.next();
  await warehouse().loadText(
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,P,P,1,1/13/2024 9:00,1,zz,France\n",
  );
  const ids = first.value ? first.value.rows.map(([id]) => id) : [];
  for await (const { rows } of pages) ids.push(...rows.map(([id]) => id));
  expect(ids).toEqual(before.objects.map((row) => row.customer_id));
  expect((await exported("customers", ownerScope)).objects).toMatchObject([{ customer_id: "zz" }]);
});
