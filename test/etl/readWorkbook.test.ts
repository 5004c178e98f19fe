// Workbooks: what their cells show, which sheet is read, and how a broken or hostile one is refused.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeRows } from "../../etl/judge/judgeRows.ts";
import { inspectFile } from "../../etl/read/inspectFile.ts";
import { isDateFormat } from "../../etl/read/readWorkbookParts.ts";
import { type TestCell, type TestWorkbook, writeWorkbook, writeZip } from "../support/writeWorkbook.ts";
import { header, judgeFile, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

const names = header.split(",");
const good: TestCell[] = ["536365", "85123A", "LANTERN", 6, { serial: 40_513.3513888889 }, 2.55, 17_850, "France"];
const accepted = "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,f,France";
const withCell = (column: number, cell: TestCell): TestCell[] => good.map((each, k) => (k === column ? cell : each));
const judge = async (rows: TestWorkbook["sheets"][0]["rows"], more: Partial<TestWorkbook> = {}) =>
  judgeFile(await directory.write(writeWorkbook({ sheets: [{ name: "Sales", rows: rows ?? [] }], ...more })));
const lines = (text: string) => text.split("\n").slice(0, -1);

describe("a workbook", () => {
  it("is read as its first sheet shows it", async () => {
    const { text, evidence } = await judge([names, good]);
    expect(lines(text)).toEqual([`2,1,${accepted}`]);
    expect(evidence).toMatchObject({
      source: { format: "XLSX", sheet: "Sales", otherSheets: [] },
      encoding: "UTF8",
      rows: 1,
      dateOrder: "ymd",
      readAs: { layout: "online-retail", format: "XLSX", sheet: "Sales", dateOrder: "ymd", decimals: "point" },
      warnings: [],
    });
  });

  it.each<[string, number, TestCell, string]>([
    ["a price with more digits than a spreadsheet shows", 5, 12.750000000000002, ",12.75,"],
    ["a price that is written with an exponent", 5, { xml: '<c r="@"><v>1.5E-3</v></c>' }, ",0.0015,"],
    ["a price with zeros at its end", 5, { xml: '<c r="@"><v>2.50</v></c>' }, ",2.5,"],
    ["a price that is text", 5, "3.95", ",3.95,"],
    ["a formula's result", 5, { xml: '<c r="@"><f>SUM(1,2)</f><v>3</v></c>' }, ",3,"],
    ["a formula's text", 2, { xml: '<c r="@" t="str"><f>A1&amp;"x"</f><v>a &amp; b</v></c>' }, ",a & b,"],
    ["a number as an id", 0, 536_365, ",536365,"],
    ["a yes as an id", 0, true, ",TRUE,"],
    [
      "a text in pieces, with a reading beside it",
      2,
      {
        xml: '<c r="@" t="inlineStr"><is><r><t>LAN</t></r><r><t>TERN</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>',
      },
      ",LANTERN,",
    ],
    [
      "a text with letters that XML cannot hold",
      2,
      { xml: '<c r="@" t="inlineStr"><is><t>a_x0009_b_x005F_x0041_</t></is></c>' },
      ",a\tb_x0041_,",
    ],
    ["CDATA", 2, { xml: '<c r="@" t="inlineStr"><is><t><![CDATA[<b> & "c"]]></t></is></c>' }, ',"<b> & ""c""",'],
    ["a text that looks like an error", 2, "#N/A", ",#N/A,"],
    ["a date as text", 4, "2010-12-01T08:26:00", ",2010-12-01 08:26:00,"],
    ["a date as a cell of dates", 4, { xml: '<c r="@" t="d"><v>2010-12-01T08:26:00</v></c>' }, ",2010-12-01 08:26:00,"],
    ["a day without a time", 4, { serial: 40_513 }, ",2010-12-01 00:00:00,"],
    ["a day that has no style", 4, 40_513.5, ",2010-12-01 12:00:00,"],
    ["a time that rounds up to the next day", 4, 40_513.9999999, ",2010-12-02 00:00:00,"],
    ["a day before the leap day that never was", 4, { serial: 59 }, ",1900-02-28 00:00:00,"],
    ["the day after it", 4, { serial: 61 }, ",1900-03-01 00:00:00,"],
    ["an empty customer", 6, null, ",536365,t,"],
  ])("shows %s", async (_, column, cell, expected) => {
    const { text, rejects } = await judge([names, withCell(column, cell)]);
    expect(rejects).toEqual([]);
    expect(text).toContain(expected);
  });

  it.each<[string, number, TestCell, string, string]>([
    ["an error where a price should be", 5, { xml: '<c r="@" t="e"><v>#DIV/0!</v></c>' }, "ERROR_CELL", "UnitPrice"],
    ["an error where a customer should be", 6, { xml: '<c r="@" t="e"><v>#N/A</v></c>' }, "ERROR_CELL", "CustomerID"],
    ["a price that is a date", 5, { serial: 40_513 }, "BAD_PRICE", "UnitPrice"],
    ["29 February 1900", 4, { serial: 60 }, "BAD_DATE", "InvoiceDate"],
    ["a day before the first", 4, { serial: 0.5 }, "BAD_DATE", "InvoiceDate"],
    ["a day in the year 9999", 4, { serial: 2_958_465 }, "BAD_DATE", "InvoiceDate"],
    ["a number as text where a date should be", 4, "40513", "BAD_DATE", "InvoiceDate"],
    ["half a piece", 3, 1.5, "BAD_QUANTITY", "Quantity"],
    ["no invoice", 0, null, "NO_INVOICE", "InvoiceNo"],
  ])("rejects %s", async (_, column, cell, code, name) => {
    const { rejects, judgement } = await judge([names, good, withCell(column, cell)]);
    expect(rejects).toMatchObject([{ line: 3, code, column: name }]);
    expect(judgement.accepted).toBe(1);
  });

  it("counts the sheet's own rows, whatever is missing or empty or broken between them", async () => {
    const two = withCell(2, "two\r\nlines");
    const { text, rejects } = await judge([
      null,
      names,
      [null, ""],
      null,
      two,
      withCell(3, "x"),
      [...two, "more"],
      good,
    ]);
    expect(lines(text).filter((line) => /,France$/.test(line))).toHaveLength(2);
    expect(text).toMatch(/^5,1,.*two\r\nlines.*\n8,2,/);
    expect(rejects.map(({ line, code }) => [line, code])).toEqual([
      [6, "BAD_QUANTITY"],
      [7, "FIELD_COUNT"],
    ]);
  });

  it("reads a text column of dates beside real ones, and says so", async () => {
    const { evidence } = await judge([names, good, withCell(4, "31/12/2010")]);
    expect(evidence.dateOrder).toBe("dmy");
    expect(evidence.warnings).toMatchObject([{ code: "DATES_MIXED", count: 1 }]);
  });

  it("reads decimal commas of texts beside numbers that have none", async () => {
    const { evidence, text } = await judge([names, good, withCell(5, "3,95")]);
    expect(evidence.numbers.decimalComma).toBe(true);
    expect(text).toMatch(/,2\.55,[\s\S]*,3\.95,/);
  });

  it("refuses a row that is too long, in one line", async () => {
    const long = withCell(2, `a\n${"x".repeat(2 * 1024 * 1024)}`);
    const { rejects, judgement } = await judge([names, long, good]);
    expect(rejects.map(({ line, code }) => [line, code])).toEqual([[2, "ROW_TOO_LONG"]]);
    expect(judgement.accepted).toBe(1);
  });

  it("in which small cells stand for long texts is read in bounded memory", async () => {
    const long = withCell(2, "x".repeat(900_000));
    const path = await directory.write(
      writeWorkbook({
        sheets: [{ name: "a", rows: [names, ...Array.from({ length: 300 }, () => long)] }],
        shares: true,
      }),
    );
    const evidence = await inspectFile(path);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    let rows = 0;
    for await (const chunk of judgeRows(evidence, { columns: ["description"], onReject() {} })) {
      if (chunk.length > 900_000) rows += chunk.length / (2 + 4 + 900_000);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(rows).toBe(300);
    expect(most).toBeLessThan(150 * 1024 * 1024);
  });

  it("takes the sheet that is named, the first that is not hidden, and tells of the others", async () => {
    const sheets = [
      { name: "Notes", rows: [["x"]], state: "hidden" },
      { name: "2010 & before", rows: [names, good] },
      { name: "2011", rows: [names, good, good] },
      { name: "Empty", rows: [] },
    ];
    const path = await directory.write(writeWorkbook({ sheets }));
    expect(await inspectFile(path)).toMatchObject({
      rows: 1,
      source: { sheet: "2010 & before", otherSheets: ["2011"] },
      warnings: [{ code: "OTHER_SHEETS", count: 1, message: expect.stringContaining("2011") }],
    });
    expect(await inspectFile(path, { sheet: "2011" })).toMatchObject({ rows: 2, source: { sheet: "2011" } });
    await expect(inspectFile(path, { sheet: "2012" })).rejects.toMatchObject({
      code: "SHEET_UNKNOWN",
      message: expect.stringContaining('"Notes", "2010 & before", "2011", "Empty"'),
    });
  });

  it.each<[string, Buffer, string, RegExp]>([
    [
      "cut short",
      writeWorkbook({ sheets: [{ name: "a", rows: [names, good] }] }).subarray(0, -30),
      "FILE_DAMAGED",
      /not a whole workbook/,
    ],
    ["with rows out of order", broken('<row r="2"/><row r="1"/>'), "FILE_DAMAGED", /row 1 follows row 2/],
    ["with a row beyond the last", broken('<row r="9999999999"/>'), "FILE_DAMAGED", /row 9999999999/],
    ["with cells out of order", broken('<row r="1"><c r="B1"/><c r="A1"/></row>'), "FILE_DAMAGED", /out of order/],
    [
      "with a text that is not there",
      broken('<row r="1"><c r="A1" t="s"><v>5</v></c></row>'),
      "FILE_DAMAGED",
      /refers to text 5 of/,
    ],
    ["with an entity of its own", broken('<row r="1"><c t="str"><v>&lol;</v></c></row>'), "FILE_DAMAGED", /&lol;/],
    ["with a document type", broken("", '<!DOCTYPE x [<!ENTITY a "b">]>'), "FILE_DAMAGED", /document type/],
    ["with a tag that never ends", broken(`<row ${"x".repeat(3_000_000)}`), "FILE_DAMAGED", /endless tag/],
    ["that ends inside of a tag", broken("<row r='1"), "FILE_DAMAGED", /ends inside/],
    ["without sheets", writeWorkbook({ sheets: [] }), "SHEET_UNKNOWN", /no sheet with cells/],
    ["without rows", writeWorkbook({ sheets: [{ name: "a", rows: [] }] }), "FILE_EMPTY", /nothing/],
    [
      "that is a document",
      writeZip([{ name: "[Content_Types].xml", data: Buffer.from("<Types/>") }]),
      "FILE_NOT_TEXT",
      /no plain XLSX/,
    ],
    [
      "that is an archive",
      writeZip([{ name: "sales.csv", data: Buffer.from(header) }]),
      "FILE_NOT_TEXT",
      /ZIP archive/,
    ],
    [
      "that would unpack to gigabytes",
      broken(" ".repeat(100 * 1024 * 1024)),
      "WORKBOOK_TOO_LARGE",
      /would unpack from/,
    ],
    ["whose bytes are not what they were", corrupted(), "FILE_DAMAGED", /not a whole workbook/],
  ])("%s is refused", async (_, content, code, message) => {
    const error = await inspectFile(await directory.write(content)).then(String, (error: unknown) => error);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain("\n");
  });

  it("that has changed since it was inspected is not taken for the same", async () => {
    const path = await directory.write(writeWorkbook({ sheets: [{ name: "a", rows: [names, good] }] }), "changed.xlsx");
    const evidence = await inspectFile(path);
    await directory.write(writeWorkbook({ sheets: [{ name: "a", rows: [names, good, good] }] }), "changed.xlsx");
    const readAll = async () => {
      for await (const _ of judgeRows(evidence, { columns: ["invoice"], onReject() {} }));
    };
    await expect(readAll()).rejects.toMatchObject({ code: "FILE_DAMAGED" });
  });
});

function broken(data: string, before = ""): Buffer {
  return writeWorkbook({
    sheets: [{ name: "a", xml: `<?xml version="1.0"?>${before}<worksheet><sheetData>${data}</sheetData></worksheet>` }],
  });
}

/** A workbook whose sheet unpacks to other bytes than its sum was made of. */
function corrupted(): Buffer {
  const content = writeWorkbook({ sheets: [{ name: "a", rows: [names, good] }] });
  const at = content.indexOf("xl/worksheets/sheet1.xml");
  content.writeUInt32LE(7, at - 16); // the local sum; the directory's is what counts
  const inDirectory = content.lastIndexOf("xl/worksheets/sheet1.xml");
  content.writeUInt32LE(7, inDirectory - 30);
  return content;
}

describe("isDateFormat", () => {
  it.each(["m/d/yy h:mm", "[$-409]d-mmm-yyyy;@", 'yyyy"年"m"月"', "hh:mm:ss AM/PM", "[Red]dd.mm.yy"])("%s", (code) =>
    expect(isDateFormat(code)).toBe(true),
  );
  it.each([
    "General",
    "0.00",
    '#,##0.00 "USD"',
    "[Red]-0",
    "0.00E+00",
    "[h]:mm",
    "_-* #,##0.00\\ _d_m",
    "@",
    "[$€-407]#,##0",
  ])("not %s", (code) => expect(isDateFormat(code)).toBe(false));
});

describe("a workbook that is made to take long", () => {
  const longest = 900_000;

  it.each<[string, Partial<TestWorkbook>]>([
    ["a tag of one long word", { stylesXml: `<styleSheet><xf ${"a".repeat(longest)}/></styleSheet>` }],
    [
      "a format of brackets",
      {
        stylesXml: `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="${"[".repeat(longest)}"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="200"/></cellXfs></styleSheet>`,
      },
    ],
  ])("takes no longer by %s", { timeout: 20_000 }, async (_, more) => {
    const { judgement } = await judge([names, good.map((cell, k) => (k === 4 ? "2010-12-01 08:26:00" : cell))], more);
    expect(judgement.accepted).toBe(1);
  });

  it("is refused before its elements fill the memory", async () => {
    const stylesXml = `<styleSheet><cellXfs>${"<xf/>".repeat(250_001)}</cellXfs></styleSheet>`;
    await expect(judge([names, good], { stylesXml })).rejects.toMatchObject({
      code: "WORKBOOK_TOO_LARGE",
      message: expect.stringContaining("more than 250,000 elements"),
    });
  });
});
