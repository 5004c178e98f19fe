// The same rows in every dialect (delimiter, encoding, line ends, quoting, date order, decimal mark, workbook) are the same judged rows.
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JudgedColumn } from "../../etl/judge/judgedColumns.ts";
import { encodeText } from "../../etl/read/encodeText.ts";
import type { ReadingOptions } from "../../etl/read/inspectFile.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { writeWorkbook } from "../support/writeWorkbook.ts";
import { header, judgeFile, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

type Row = Readonly<{
  invoice: string;
  product: string;
  description: string;
  quantity: number;
  /** Minutes since the start of 2010. */
  at: number;
  price: string;
  customer: string;
  country: string;
}>;

const two = (value: number) => String(value).padStart(2, "0");
function dateParts(at: number) {
  const date = new Date(Date.UTC(2010, 0, 1) + at * 60_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

const dates: Readonly<Record<string, (at: number) => string>> = {
  "M/D/YYYY H:MM": (at) => {
    const { year, month, day, hour, minute } = dateParts(at);
    return `${month}/${day}/${year} ${hour}:${two(minute)}`;
  },
  "M/D/YYYY h:MM AM": (at) => {
    const { year, month, day, hour, minute } = dateParts(at);
    return `${month}/${day}/${year} ${hour % 12 || 12}:${two(minute)} ${hour < 12 ? "AM" : "PM"}`;
  },
  "DD-MM-YYYY": (at) => {
    const { year, month, day, hour, minute } = dateParts(at);
    return `${two(day)}-${two(month)}-${year} ${two(hour)}:${two(minute)}`;
  },
  "DD.MM.YYYY": (at) => {
    const { year, month, day, hour, minute } = dateParts(at);
    return `${two(day)}.${two(month)}.${year} ${two(hour)}:${two(minute)}:00`;
  },
  ISO: (at) => {
    const { year, month, day, hour, minute } = dateParts(at);
    return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:00.000`;
  },
  compact: (at) => {
    const { year, month, day, hour, minute } = dateParts(at);
    return `${year}${two(month)}${two(day)} ${two(hour)}:${two(minute)}`;
  },
};

type Dialect = Readonly<{
  delimiter: string;
  encoding:
    | "utf8"
    | "utf8 with mark"
    | "windows-1252"
    | "utf-16le"
    | "utf-16be"
    | "utf-16le with mark"
    | "utf-16be with mark";
  lineEnd: string;
  quotesAll: boolean;
  date: string;
  decimalComma: boolean;
  packed: boolean;
  second: boolean;
}>;

const names = header.split(",");
const namesII = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"];

function writeText(rows: readonly Row[], dialect: Dialect): Buffer {
  const { delimiter, lineEnd, quotesAll, decimalComma } = dialect;
  const field = (text: string) =>
    quotesAll || text.includes(delimiter) || /["\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const lines = rows.map(({ invoice, product, description, quantity, at, price, customer, country }) =>
    [
      invoice,
      product,
      description,
      String(quantity),
      (dates[dialect.date] as (at: number) => string)(at),
      decimalComma ? price.replace(".", ",") : price,
      dialect.second && /^\d+$/.test(customer) ? `${customer}.0` : customer,
      country,
    ]
      .map(field)
      .join(delimiter),
  );
  const head = (dialect.second ? namesII : names).map(field).join(delimiter);
  const text = [head, ...lines, ""].join(lineEnd);
  const bytes = encode(text, dialect.encoding);
  return dialect.packed ? gzipSync(bytes) : bytes;
}

function encode(text: string, encoding: Dialect["encoding"]): Buffer {
  switch (encoding) {
    case "utf8":
      return Buffer.from(text);
    case "utf8 with mark":
      return Buffer.from(`\ufeff${text}`);
    case "windows-1252":
      return encodeText(text, "WIN1252") ?? Buffer.alloc(0);
    case "utf-16le":
      return Buffer.from(text, "utf16le");
    case "utf-16le with mark":
      return Buffer.from(`\ufeff${text}`, "utf16le");
    case "utf-16be":
      return Buffer.from(text, "utf16le").swap16();
    case "utf-16be with mark":
      return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  }
}

const serialOf = (at: number) => 40_179 + at / 1440; // 40179 is 1 January 2010

function writeSheet(
  rows: readonly Row[],
  { shares, is1904, references }: { shares: boolean; is1904: boolean; references: boolean },
): Buffer {
  const cells = rows.map(({ invoice, product, description, quantity, at, price, customer, country }, k) => [
    /^\d+$/.test(invoice) ? Number(invoice) : invoice,
    product,
    description === "" ? null : description,
    quantity,
    k % 2 === 0 ? { serial: serialOf(at) - (is1904 ? 1462 : 0) } : serialOf(at) - (is1904 ? 1462 : 0),
    Number(price) * (k % 3 === 0 ? 1 + 2 ** -52 : 1),
    customer === "" ? null : /^\d+$/.test(customer) ? Number(customer) : customer,
    country,
  ]);
  return writeWorkbook({ sheets: [{ name: "Sales", rows: [names, ...cells] }], shares, date1904: is1904, references });
}

const columns: readonly JudgedColumn[] = [
  "customer_key",
  "guest",
  "ordered_at",
  "invoice",
  "country",
  "line_no",
  "product",
  "description",
  "quantity",
  "unit_price",
];

async function judged(content: Buffer, reading: ReadingOptions = {}) {
  const { output, judgement, rejects } = await judgeFile(await directory.write(content), {
    ...reading,
    columns,
  });
  const rows = output.map((row) => row.map((value) => value ?? ""));
  for (const row of rows) row[9] = toDecimal(row[9] as string);
  return { rows, rejects, amount: judgement.amount, accepted: judgement.accepted };
}

const word = fc.string({ unit: fc.constantFrom(..."ABcd019"), minLength: 1, maxLength: 6 });
const letters = fc.string({ unit: fc.constantFrom(..."Abc ,;|\t\"'\nüé£€ß.#_-=0x"), maxLength: 20 });
const row: fc.Arbitrary<Row> = fc.record({
  invoice: fc
    .oneof(word, fc.integer({ min: 1, max: 999_999 }).map(String))
    .map((text) => text.replace(/^0+(?=\d)/, "")),
  product: word.map((text) => `P${text}`),
  description: letters.map((text) => text.trim()),
  quantity: fc.integer({ min: -5000, max: 100_000 }),
  at: fc.integer({ min: 0, max: 2 * 365 * 1440 }),
  price: fc
    .tuple(fc.integer({ min: -500, max: 99_999 }), fc.integer({ min: 0, max: 99 }))
    .map(([whole, cents]) => `${whole}.${two(cents)}`),
  customer: fc.oneof(
    fc.constant(""),
    fc.integer({ min: 1, max: 99_999 }).map(String),
    word.map((text) => `K${text}`),
  ),
  country: fc.constantFrom("France", "Österreich", "Korea, South", "United Kingdom; GB"),
});
/** What proves the date order and the decimal mark. */
const proof: Row = {
  invoice: "1",
  product: "P",
  description: 'A "real" one;\nin two lines, é',
  quantity: 1,
  at: 30 * 1440 + 13 * 60,
  price: "2.55",
  customer: "7",
  country: "France",
};

describe("the same rows in any dialect", () => {
  const dialect: fc.Arbitrary<Dialect> = fc.record({
    delimiter: fc.constantFrom(",", ";", "\t", "|"),
    encoding: fc.constantFrom<Dialect["encoding"]>(
      "utf8",
      "utf8 with mark",
      "windows-1252",
      "utf-16le",
      "utf-16be",
      "utf-16le with mark",
      "utf-16be with mark",
    ),
    lineEnd: fc.constantFrom("\n", "\r\n"),
    quotesAll: fc.boolean(),
    date: fc.constantFrom(...Object.keys(dates)),
    decimalComma: fc.boolean(),
    packed: fc.boolean(),
    second: fc.boolean(),
  });
  const plain: Dialect = {
    delimiter: ",",
    encoding: "utf8",
    lineEnd: "\n",
    quotesAll: false,
    date: "ISO",
    decimalComma: false,
    packed: false,
    second: false,
  };

  it("are the same judged rows", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 12 }), dialect, async (some, each) => {
        const rows = [proof, ...some];
        const expected = await judged(writeText(rows, plain));
        expect(expected.accepted).toBe(rows.length);
        expect(await judged(writeText(rows, each))).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  describeWithShared("of the real file", ["data/online-retail-8k.latin1.crlf.csv"], () => {
    it("are the same judged rows", async () => {
      const content = await readFile(sharedFile("data/online-retail-8k.latin1.crlf.csv"));
      const expected = await judged(content);
      const rows = expected.rows.map(
        ([
          key = "",
          guest,
          at = "",
          invoice = "",
          country = "",
          ,
          product = "",
          description = "",
          quantity,
          price = "",
        ]) => ({
          invoice,
          product,
          description,
          quantity: Number(quantity),
          at: (Date.parse(`${at.replace(" ", "T")}Z`) - Date.UTC(2010, 0, 1)) / 60_000,
          price,
          customer: guest === "t" ? "" : key,
          country,
        }),
      );
      const dialects: Partial<Dialect>[] = [
        {},
        { delimiter: ";", decimalComma: true, date: "DD-MM-YYYY", encoding: "windows-1252", lineEnd: "\r\n" },
        { delimiter: "\t", encoding: "utf-16le with mark", date: "M/D/YYYY h:MM AM" },
        { delimiter: "|", encoding: "utf-16be", date: "compact", quotesAll: true, packed: true },
        { second: true, date: "DD.MM.YYYY" },
      ];
      for (const each of dialects) expect(await judged(writeText(rows, { ...plain, ...each }))).toEqual(expected);
      for (const form of [
        { shares: true, is1904: false, references: true },
        { shares: false, is1904: true, references: false },
      ]) {
        expect(await judged(writeSheet(rows, form))).toEqual(expected);
      }
    });
  });

  it("are the same from a workbook", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 12 }),
        fc.record({ shares: fc.boolean(), is1904: fc.boolean(), references: fc.boolean() }),
        async (some, form) => {
          const rows = [proof, ...some];
          expect(await judged(writeSheet(rows, form))).toEqual(await judged(writeText(rows, plain)));
        },
      ),
      { numRuns: 150 },
    );
  });
});
