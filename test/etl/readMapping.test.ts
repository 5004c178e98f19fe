// Mapping files: what they make of a file, what they inherit, and how all their faults are told at once.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findLayout } from "../../bin/readingOptions.ts";
import type { JudgedColumn } from "../../etl/judge/judgedColumns.ts";
import { builtInLayouts } from "../../etl/layouts/builtInLayouts.ts";
import { askedEncodings, dateOrders, delimiterOf } from "../../etl/layouts/fileForms.ts";
import { layoutFields } from "../../etl/layouts/layout.ts";
import { onlineRetail } from "../../etl/layouts/onlineRetail.ts";
import { constantFields, mappingKeys, parseMapping } from "../../etl/layouts/readMapping.ts";
import type { Consumer360Error } from "../../src/kernel/errors.ts";
import { lineTypes } from "../../src/model/lineKinds.ts";
import { judgeFile, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

const till = {
  columns: {
    invoice: "Bon",
    orderedAt: "Größe Tag",
    product: "Artikel",
    description: "Artikel",
    quantity: "Menge",
    lineTotal: "Summe",
  },
  constants: { country: "Österreich", category: 'Haus, "Garten"' },
  marks: { returnPrefixes: ["R", "G"], lineTypes: [{ type: "POSTAGE", codes: ["Porto"] }] },
  reading: { delimiter: "semicolon", decimalComma: true },
};
const asked: JudgedColumn[] = [
  "invoice",
  "country",
  "category",
  "product",
  "description",
  "quantity",
  "unit_price",
  "amount",
  "kind",
  "line_type",
  "customer_key",
  "guest",
];

describe("a mapping file", () => {
  it.each(["utf8", "latin1"] as const)("reads a file of its own kind in %s", async (encoding) => {
    const layout = parseMapping("till.json", JSON.stringify(till));
    const rows = [
      "BON;größe_tag;Artikel;Menge;Summe;Kasse",
      "B1;31.12.2010;Käse;3;1.234,50;1",
      "R2;31.12.2010;Brot, hell;-2;-3,33;1",
      "B3;31.12.2010;Milch;0;0,00;1",
      "B4;31.12.2010;Milch;0;1,99;1",
    ];
    const { text, evidence, judgement, rejects } = await judgeFile(
      await directory.write(Buffer.from(rows.join("\n"), encoding)),
      { layout, columns: asked },
    );
    expect(text.split("\n")).toEqual([
      'B1,Österreich,"Haus, ""Garten""",Käse,Käse,3,411.5,1234.50,SALE,PRODUCT,B1,t',
      'R2,Österreich,"Haus, ""Garten""","Brot, hell","Brot, hell",-2,1.665,-3.33,RETURN,PRODUCT,R2,t',
      'B3,Österreich,"Haus, ""Garten""",Milch,Milch,0,0,0.00,WRITE_OFF,PRODUCT,B3,t',
      "",
    ]);
    expect(judgement.amount).toBe("1231.17");
    expect(rejects).toMatchObject([{ line: 5, code: "TOTAL_WITHOUT_QUANTITY", column: "Summe" }]);
    expect(evidence).toMatchObject({
      hasLineTotal: true,
      extraColumns: ["Kasse"],
      numbers: { decimalComma: true, grouped: true },
      readAs: { layout: "till", mapping: expect.stringMatching(/^[\da-f]{16}$/), delimiter: "semicolon" },
    });
    expect(evidence.layout.marks.returnPrefixes).toEqual(["R", "G"]);
  });

  it("may leave the quantity to a constant, and the country to nobody", async () => {
    const columns = { invoice: "a", orderedAt: "b", product: "c", unitPrice: "d" };
    const layout = parseMapping("x.json", JSON.stringify({ columns, constants: { quantity: 2 } }));
    const path = await directory.write("a,b,c,d\n1,2010-12-31,x,2.5\n");
    const { text, judgement } = await judgeFile(path, {
      layout,
      columns: ["invoice", "country", "quantity", "description"],
    });
    expect(text).toBe("1,Unknown,2,\n");
    expect(judgement.amount).toBe("5");
  });

  it("may build on a layout that is there", async () => {
    const layout = parseMapping(
      "india.json",
      JSON.stringify({
        extends: "orders",
        constants: { country: "India" },
        columns: { unitPrice: "amount per piece" },
      }),
    );
    expect(layout).toMatchObject({
      name: "india",
      constants: { country: "India" },
      columns: { invoice: "order_id", unitPrice: "amount per piece" },
      ignored: ["city", "state"],
    });
    const total = parseMapping(
      "t.json",
      JSON.stringify({ extends: "online-retail", columns: { lineTotal: "Total", category: "Group" } }),
    );
    expect(total.columns.unitPrice).toBeUndefined();
    expect(total.marks).toBe(onlineRetail.marks);
    const place = parseMapping("p.json", JSON.stringify({ extends: "orders", columns: { country: "state" } }));
    expect(place).toMatchObject({ columns: { country: "state" }, constants: {} });
  });

  it("that cannot be written in the file's encoding is refused", async () => {
    const layout = parseMapping(
      "i.json",
      JSON.stringify({ extends: "online-retail", columns: {}, constants: { category: "भारत" } }),
    );
    const path = await directory.write(
      Buffer.from(`${Object.values(onlineRetail.columns).join(",")}\n1,a,\xe9,1,2010-12-31,1,7,UK\n`, "latin1"),
    );
    // the layout's columns in the order in which they are declared
    await expect(judgeFile(path, { layout, dateOrder: "ymd" })).rejects.toMatchObject({
      code: "LAYOUT_INVALID",
      message: expect.stringMatching(/category .*Windows-1252/),
    });
  });

  it("is told all its faults, each with its place", () => {
    const faults = (json: unknown): string[] => {
      try {
        parseMapping("m.json", typeof json === "string" ? json : JSON.stringify(json));
      } catch (error) {
        expect(error).toMatchObject({ code: "LAYOUT_INVALID", remedy: expect.stringContaining("docs/layouts.md") });
        return (error as Consumer360Error).message.split("\n").map((line) => line.trim());
      }
      return [];
    };
    expect(faults("{")).toEqual([expect.stringMatching(/^m.json: the mapping is no JSON/)]);
    expect(faults([])).toEqual([
      "m.json has 2 faults:",
      "the mapping is no object: write { … }",
      expect.stringMatching(/^columns is missing/),
    ]);
    expect(
      faults({
        name: 7,
        colums: {},
        extends: "shop",
        columns: { invoice: "", unitPrice: "p", lineTotal: "t", country: "c", size: "s" },
        constants: { country: "India", quantity: 1.5, customer: "x", category: "x".repeat(300) },
        ignored: "city",
        wholeCustomerIds: "yes",
        marks: { returnPrefixes: [1], lineTypes: [{ type: "TEA", codes: [] }, { type: "FEE" }] },
        reading: { dateOrder: "dym", encoding: "latin1", delimiter: "x", decimalComma: 1, sheet: 1 },
      }).map((line) => line.split(" ")[0]),
    ).toEqual([
      "m.json",
      "colums",
      "extends",
      "columns.size",
      "columns.invoice",
      "constants.customer",
      "constants.quantity",
      "constants.category",
      "constants.country",
      "columns.orderedAt",
      "columns.product",
      "columns.quantity",
      "columns.lineTotal",
      "name",
      "ignored",
      "wholeCustomerIds",
      "marks.lineTypes[0].type",
      "marks.lineTypes[0].codes",
      "marks.lineTypes[1]",
      "marks.returnPrefixes[0]",
      "reading.dateOrder",
      "reading.encoding",
      "reading.delimiter",
      "reading.decimalComma",
      "reading.sheet",
    ]);
  });

  it("has the schema that its JSON Schema says", () => {
    const { properties } = JSON.parse(
      readFileSync(new URL("../../etl/layouts/mapping.schema.json", import.meta.url), "utf8"),
    );
    expect(Object.keys(properties)).toEqual(mappingKeys);
    expect(properties.extends.enum).toEqual(builtInLayouts.map(({ name }) => name));
    expect(Object.keys(properties.columns.properties).sort()).toEqual([...layoutFields].sort());
    expect(Object.keys(properties.constants.properties)).toEqual(constantFields);
    expect(properties.marks.properties.lineTypes.items.properties.type.enum).toEqual(lineTypes);
    const { reading } = properties;
    expect(reading.properties.dateOrder.enum).toEqual(dateOrders);
    expect(reading.properties.encoding.enum).toEqual(askedEncodings);
    for (const name of reading.properties.delimiter.enum) expect(delimiterOf(name)).toMatch(/^[,;\t|]$/);
  });
});

describe("findLayout", () => {
  it("finds a layout by its name or by the path of a mapping", async () => {
    expect(await findLayout("Online-Retail")).toBe(onlineRetail);
    const path = await directory.write(JSON.stringify(till), "till.json");
    expect(await findLayout(path)).toMatchObject({ name: "till" });
    await expect(findLayout("shop")).rejects.toMatchObject({
      code: "LAYOUT_UNKNOWN",
      remedy: expect.stringContaining("orders"),
    });
    await expect(findLayout("none.json")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});
