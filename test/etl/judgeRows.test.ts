// The second pass: which rows COPY gets and how they look, which are rejected and why.
import { appendFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeRows } from "../../etl/judge/judgeRows.ts";
import { type RejectCode, rejectCodes } from "../../etl/judge/rejectCodes.ts";
import { inspectFile } from "../../etl/read/inspectFile.ts";
import { header, judgeFile, makeTestDirectory, type TestDirectory, usualColumns } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

const good = "536365,85123A,LANTERN,6,12/1/2010 8:26,2.55,17850,France";
const file = (...rows: string[]) => Buffer.from(`${[header, ...rows].join("\n")}\n`, "latin1");
const judge = async (content: Buffer, options: Parameters<typeof judgeFile>[1] = {}) =>
  judgeFile(await directory.write(content), { dateOrder: "mdy", decimalComma: false, ...options });
/** What COPY gets for one row, behind its line and position. */
const emitted = async (row: string) => (await judge(file(row))).text.replace(/^2,1,/, "").replace(/\n$/, "");

describe("judgeRows", () => {
  it("tells each row its line and its position among the rows of one invoice, customer and country", async () => {
    const { text, judgement } = await judge(
      file(
        "1,a,x,1,1/1/2011,1,7,UK",
        '"1",b,"two\nlines",1,1/1/2011,1, 7 ,"UK"',
        "",
        "1,c,x,1,1/1/2011,1,8,UK",
        "1,c,x,1,1/1/2011,1,8,Spain",
        "1,c,x,bad,1/1/2011,1,8,Spain",
        "1,c,x,1,1/1/2011,1,8,Spain",
        "11,c,x,1,1/1/2011,1,8,Spain",
        "1,c,x,1,1/1/2011,1,8,Spain",
        "1,c,x,1,1/1/2011,1,,",
        '1,c,x,1,1/1/2011,1,"",Unknown',
      ),
    );
    expect(text).toBe(
      [
        "2,1,1,a,x,1,2011-01-01 00:00:00,1,7,f,UK",
        '3,2,1,b,"two\nlines",1,2011-01-01 00:00:00,1,7,f,UK',
        "6,1,1,c,x,1,2011-01-01 00:00:00,1,8,f,UK",
        "7,1,1,c,x,1,2011-01-01 00:00:00,1,8,f,Spain",
        "9,2,1,c,x,1,2011-01-01 00:00:00,1,8,f,Spain",
        "10,1,11,c,x,1,2011-01-01 00:00:00,1,8,f,Spain",
        "11,3,1,c,x,1,2011-01-01 00:00:00,1,8,f,Spain",
        "12,1,1,c,x,1,2011-01-01 00:00:00,1,1,t,Unknown",
        "13,2,1,c,x,1,2011-01-01 00:00:00,1,1,t,Unknown",
        "",
      ].join("\n"),
    );
    expect(judgement).toMatchObject({ accepted: 9, rejected: 1 });
  });

  it.each([
    ["as it is", good, "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,f,France"],
    ["with CRLF", `${good}\r`, "536365,85123A,LANTERN,6,2010-12-01 08:26:00,2.55,17850,f,France"],
    ["with edges", " 1\t,\xa0a , x ,\t-6 , 1/2/2011 ,+2. , 7\xa0, U K ", "1,a,x,-6,2011-01-02 00:00:00,2,7,f,U K"],
    ["quoted whole", '"1","a","x","6","1/2/2011 8:26:01","2.5","7","UK"', "1,a,x,6,2011-01-02 08:26:01,2.5,7,f,UK"],
    [
      "with what must stay quoted",
      '"1,""x",a"b"c,"x,y",6,1/2/2011,.5,"7\n","Korea, South"',
      '"1,""x",abc,"x,y",6,2011-01-02 00:00:00,0.5,7,f,"Korea, South"',
    ],
    ["with a whole number in decimal form", "1,a,,17.00,1/2/2011,0,,", "1,a,,17,2011-01-02 00:00:00,0,1,t,Unknown"],
    ["with quoted nothing", '1,a,"",1,1/2/2011,1,""," "', "1,a,,1,2011-01-02 00:00:00,1,1,t,Unknown"],
    ["with an ISO date", "1,a,,1,2011-02-01T08:26,1,,", "1,a,,1,2011-02-01 08:26:00,1,1,t,Unknown"],
    [
      "at the edges of int4",
      "1,a,,-2147483648,1/2/2011,-999999999999999.0123456789,,",
      "1,a,,-2147483648,2011-01-02 00:00:00,-999999999999999.0123456789,1,t,Unknown",
    ],
  ])("writes a row %s", async (_, row, expected) => {
    expect(await emitted(row)).toBe(expected);
  });

  it("reads day first where that is the order, and ISO dates under every order", async () => {
    const rows = file("1,a,,1,1/12/2010,1,,", "1,a,,1,1.12.2010,1,,", "1,a,,1,2010-12-01,1,,");
    const dates = async (dateOrder: "mdy" | "dmy" | "ymd") =>
      (await judge(rows, { dateOrder })).text.match(/2010-\d\d-\d\d/g);
    expect(await dates("dmy")).toEqual(["2010-12-01", "2010-12-01", "2010-12-01"]);
    expect(await dates("mdy")).toEqual(["2010-01-12", "2010-01-12", "2010-12-01"]);
    expect(await dates("ymd")).toEqual(["2010-12-01"]);
  });

  it("leaves extra columns out, whatever the file's order", async () => {
    const path = await directory.write(
      'Country,note,InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,Customer ID\nUK,"a\nb",1,a,x,1,1/2/2011,1,7\n',
    );
    expect((await judgeFile(path, { dateOrder: "mdy" })).text).toBe("2,1,1,a,x,1,2011-01-02 00:00:00,1,7,f,UK\n");
  });

  const cases: [RejectCode, string | null, string][] = [
    ["FIELD_COUNT", null, "1,a,x,1,1/1/2011,1,7"],
    ["FIELD_COUNT", null, "1,a,x,1,1/1/2011,1,7,UK,"],
    ["FIELD_COUNT", null, "\\."],
    ["NO_INVOICE", "InvoiceNo", ",a,x,1,1/1/2011,1,7,UK"],
    ["NO_INVOICE", "InvoiceNo", '" \t",a,x,1,1/1/2011,1,7,UK'],
    ["NO_PRODUCT", "StockCode", '1,"",x,1,1/1/2011,1,7,UK'],
    ["BAD_QUANTITY", "Quantity", "1,a,x,,1/1/2011,1,7,UK"],
    ["BAD_QUANTITY", "Quantity", "1,a,x,1.5,1/1/2011,1,7,UK"],
    ["BAD_QUANTITY", "Quantity", "1,a,x,1.,1/1/2011,1,7,UK"],
    ["BAD_QUANTITY", "Quantity", "1,a,x,2147483648,1/1/2011,1,7,UK"],
    ["BAD_QUANTITY", "Quantity", "1,a,x,-2147483649,1/1/2011,1,7,UK"],
    ["BAD_QUANTITY", "Quantity", "1,a,x,99999999999999999999999,1/1/2011,1,7,UK"],
    ["BAD_QUANTITY", "Quantity", "1,a,x,+,1/1/2011,1,7,UK"],
    ["BAD_QUANTITY", "Quantity", '1,a,x,"1,000",1/1/2011,1,7,UK'],
    ["BAD_PRICE", "UnitPrice", "1,a,x,1,1/1/2011,,7,UK"],
    ["BAD_PRICE", "UnitPrice", "1,a,x,1,1/1/2011,1e3,7,UK"],
    ["BAD_PRICE", "UnitPrice", "1,a,x,1,1/1/2011,.,7,UK"],
    ["BAD_PRICE", "UnitPrice", '1,a,x,1,1/1/2011,"2,55",7,UK'],
    ["BAD_PRICE", "UnitPrice", "1,a,x,1,1/1/2011,NaN,7,UK"],
    ["BAD_PRICE", "UnitPrice", "1,a,x,1,1/1/2011,1234567890123456,7,UK"],
    ["BAD_PRICE", "UnitPrice", "1,a,x,1,1/1/2011,0.12345678901,7,UK"],
    ["BAD_DATE", "InvoiceDate", "1,a,x,1,31/12/2010,1,7,UK"],
    ["BAD_DATE", "InvoiceDate", "1,a,x,1,2/29/2011,1,7,UK"],
    ["BAD_DATE", "InvoiceDate", "1,a,x,1,,1,7,UK"],
    ["UNBALANCED_QUOTE", null, '1,a,7" x,1,1/1/2011,1,7,UK'],
    ["FIELD_TOO_LONG", "CustomerID", `1,a,x,1,1/1/2011,1,${"7".repeat(256)},UK`],
    ["BAD_BYTES", null, "1,a,x\0y,1,1/1/2011,1,7,UK"],
    ["BAD_BYTES", null, "1,a,x\ry,1,1/1/2011,1,7,UK"],
    ["BAD_BYTES", null, "1,a,x\x81y\x80,1,1/1/2011,1,7,UK"],
  ];
  it.each(cases)("rejects as %s (%s): %j", async (code, column, row) => {
    const { rejects, text, judgement } = await judge(file(row, good));
    const raw = row.replace("\0", "\\x00").replace("\x81", "\\x81").replace("\x80", "€");
    expect(rejects).toEqual([{ line: 2, column, code, raw }]);
    expect(text).toMatch(/^3,1,536365,.*\n$/);
    expect(judgement).toMatchObject({ accepted: 1, rejected: 1 });
  });
  it("rejects with every code of the list", async () => {
    expect(
      new Set([...cases.map(([code]) => code), "ROW_TOO_LONG", "TOTAL_WITHOUT_QUANTITY", "ERROR_CELL", "BAD_ORIGIN"]),
    ).toEqual(new Set(rejectCodes));
  });

  it("rejects bytes that are not UTF-8 in a file that is, and shows them", async () => {
    const content = Buffer.concat([
      Buffer.from(`\ufeff${header}\r\n1,a,ö,1,1/1/2011,1,7,Österreich\r\n`),
      Buffer.from("1,a,\xc3\xb6\xf6\xe2\x82x,1,1/1/2011,1,7,UK\r\n", "latin1"),
    ]);
    const { rejects, text } = await judge(content);
    expect(text).toBe("2,1,1,a,ö,1,2011-01-01 00:00:00,1,7,f,Österreich\n");
    expect(rejects).toEqual([
      { line: 3, column: null, code: "BAD_BYTES", raw: "1,a,ö\\xF6\\xE2\\x82x,1,1/1/2011,1,7,UK" },
    ]);
  });

  it("trims the white space of the file's encoding, and nothing else", async () => {
    const rows = `${header}\n1,a,,1,1/1/2011,1,\u00a07\u3000,\u2003Österreichà\ufeff\n`;
    const utf8 = await judge(Buffer.from(`\ufeff${rows}`));
    expect(utf8.text).toBe("2,1,1,a,,1,2011-01-01 00:00:00,1,7,f,Österreichà\n");
    const win = await judge(Buffer.from(`${header}\n1,a,,1,\xa01/1/2011\xa0,1,\xa07,\xe0\xa0\n`, "latin1"));
    expect(win.text).toBe("2,1,1,a,,1,2011-01-01 00:00:00,1,7,f,\xe0\n");
  });

  it("waits for whoever keeps the rejected rows", async () => {
    const path = await directory.write(file("x", good, "y"));
    const evidence = await inspectFile(path, { dateOrder: "mdy" });
    const kept: string[] = [];
    const onReject = async ({ raw }: { raw: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      kept.push(raw);
    };
    const rows = judgeRows(evidence, { columns: usualColumns, onReject });
    await rows.next();
    // what COPY's input begins with waits for nothing; the first row does
    await rows.next();
    expect(kept).toEqual(["x", "y"]);
    for await (const _ of rows);
    expect(kept).toEqual(["x", "y"]);
  });

  it("does not pass off another file as the one that was inspected", async () => {
    const path = await directory.write(file(good));
    const evidence = await inspectFile(path, { dateOrder: "mdy" });
    await appendFile(path, `${good}\n`);
    const rows = judgeRows(evidence, { columns: usualColumns, onReject: () => {} });
    const readAll = async () => {
      for await (const _ of rows);
    };
    await expect(readAll()).rejects.toMatchObject({ code: "FILE_DAMAGED" });
  });

  it("answers the same at every chunk size, plain and in gzip, and accounts for every row", async () => {
    const field = fc.constantFrom(
      "",
      "1",
      " 536365",
      "a",
      '"a,b"',
      '"x\ny"',
      '7" z',
      '""',
      "6",
      "-1.0",
      "1/2/2011",
      "31/1/2011 8:26",
      "2.55",
      "UK",
      "\xd6",
      "\0",
    );
    const damaged = fc.array(field, { minLength: 6, maxLength: 9 }).map((fields) => fields.join(","));
    const rows = fc.array(fc.oneof(fc.constant(good), fc.constant('1,a,"x\r\ny",1,1/1/2011,1,7,UK'), damaged), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 64 }),
        async (lines, end, chunkBytes) => {
          const content = Buffer.from([header, ...lines].join(end), "latin1");
          const encoding = "windows-1252" as const;
          const whole = await judge(content, { encoding });
          const bits = await judge(content, { encoding, chunkBytes });
          const packed = await judge(gzipSync(content), { encoding, chunkBytes });
          expect(bits).toMatchObject({ text: whole.text, rejects: whole.rejects });
          expect(packed).toMatchObject({ text: whole.text, rejects: whole.rejects });
          expect(bits.evidence).toMatchObject({ rows: whole.evidence.rows, dates: whole.evidence.dates });
          expect(whole.judgement.accepted + whole.judgement.rejected).toBe(whole.evidence.rows);
          expect(whole.rejects.length).toBe(whole.judgement.rejected);
          const ids = whole.rejects.map((reject) => reject.line);
          expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        },
      ),
      { numRuns: 60 },
    );
  });
});
