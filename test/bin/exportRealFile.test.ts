// `export rfm` over the real file against the reference, customer by customer: all 4,338, of which each figure was computed elsewhere too.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readExport } from "../../bin/readExport.ts";
import { ownerScope } from "../../bin/readLoaded.ts";
import { visibleColumns } from "../../bin/visibleColumns.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { csvFormat } from "../../src/server/formatRows.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { parseCsv } from "./parseCsv.ts";

const data = "data/online-retail.latin1.crlf.csv.gz";
const reference = "reference/rfm_customers.csv";

/** The export's column for each of the reference's. */
const columnOf: Readonly<Record<string, string>> = {
  customer_id: "customer_id",
  last_purchase_date: "last_purchase_date",
  recency_days: "recency_days",
  orders: "frequency",
  monetary: "monetary",
  r: "recency_score",
  f: "frequency_score",
  m: "monetary_score",
  classic: "segment",
  executive: "segment_executive",
  detailed: "segment_detailed",
};

type Row = Readonly<Record<string, string | null>>;

function rowsOf(csv: string): Row[] {
  const [head = [], ...rows] = parseCsv(csv);
  return rows.map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? null])));
}

describeWithShared("the real file", [data, reference], () => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.load(sharedFile(data));
  });
  afterAll(() => warehouse?.close());

  test("export rfm is rfm_customers.csv", async () => {
    const { columns } = await visibleColumns("rfm", ownerScope);
    const asker = { warehouse: warehouse.read, snapshot: await readSnapshot(warehouse.read), scope: ownerScope };
    const { head, row } = csvFormat(columns, { bom: false });
    let csv = head;
    for await (const { rows } of readExport({ list: "rfm", columns, asker, pseudonymOf: () => "", pageSize: 1_000 }))
      csv += rows.map(row).join("");

    const exported = rowsOf(csv);
    const expected = rowsOf(`${readFileSync(sharedFile(reference), "utf8").trimEnd()}\n`);
    expect(exported).toHaveLength(4_338);
    const mapped = (found: Row) => ({
      ...Object.fromEntries(Object.entries(columnOf).map(([name, column]) => [column, found[name]])),
      monetary: toDecimal(found.monetary ?? ""),
      rfm_code: `${found.r}${found.f}${found.m}`,
    });
    expect(exported).toEqual(expected.map(mapped));
  });
});
