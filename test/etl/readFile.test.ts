// The first pass: what it finds out about a file, and how it names what cannot be loaded at all.
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onlineRetail } from "../../etl/layouts/onlineRetail.ts";
import { inspectFile } from "../../etl/read/inspectFile.ts";
import { noZone } from "../../etl/read/readDate.ts";
import { header, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

const mdy = { dateOrder: "mdy" } as const;
const row = (fields: Partial<Record<"description" | "date" | "country", string>> = {}) =>
  `536365,85123A,${fields.description ?? "LANTERN"},6,${fields.date ?? "12/1/2010 8:26"},2.55,17850,${fields.country ?? "France"}`;
const file = (...rows: string[]) => `${[header, ...rows].join("\n")}\n`;

describe("inspectFile", () => {
  it("describes a plain file", async () => {
    const content = file(row(), row({ date: "12/31/2010" }), row({ date: "31/12/2010" }), row({ date: "x" }));
    const path = await directory.write(`${content}\n  \n${row({ date: "2010-12-01" })}`, "plain.csv");
    const bytes = await readFile(path);
    expect(await inspectFile(path, mdy)).toEqual({
      path,
      name: "plain.csv",
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      compressed: false,
      encoding: "UTF8",
      badBytes: 0,
      delimiter: 44,
      dateOrder: "mdy",
      dateZone: noZone,
      numbers: { decimalComma: false, grouped: false },
      source: { format: "CSV", utf16: null, sheet: null, otherSheets: [], is1904: false },
      layout: onlineRetail,
      header: header.split(","),
      fields: {
        invoice: 0,
        product: 1,
        description: 2,
        quantity: 3,
        orderedAt: 4,
        unitPrice: 5,
        customer: 6,
        country: 7,
      },
      extraColumns: [],
      rows: 5,
      dates: { monthFirst: 1, dayFirst: 1, either: 1, iso: 1, unreadable: 1 },
      hasLineTotal: false,
      hasCustomerName: false,
      namesCustomers: false,
      readAs: {
        layout: "online-retail",
        format: "CSV",
        encoding: "utf8",
        delimiter: "comma",
        dateOrder: "mdy",
        decimals: "point",
      },
      warnings: [],
    });
  });

  it("finds the same in gzip, whatever its name, and hashes the bytes on disk", async () => {
    const content = Buffer.from(file(row(), row()));
    const packed = Buffer.concat([gzipSync(content.subarray(0, 100)), gzipSync(content.subarray(100))]);
    const evidence = await inspectFile(await directory.write(packed, "packed.csv"), mdy);
    expect(evidence).toMatchObject({ compressed: true, rows: 2, bytes: packed.length });
    expect(evidence.sha256).toBe(createHash("sha256").update(packed).digest("hex"));
    const padded = await directory.write(Buffer.concat([packed, Buffer.alloc(512)]));
    expect(await inspectFile(padded, mdy)).toMatchObject({ rows: 2, bytes: packed.length + 512 });
  });

  it("takes the columns in any order and spelling, and keeps extra ones in mind", async () => {
    const path = await directory.write(
      '\ufeff"Customer ID",country,Größe,INVOICE_NO,stock code,description,quantity,"Invoice Date", unitprice \n1,x,,1,1,x,1,1/1/2011,1\n',
    );
    const evidence = await inspectFile(path, mdy);
    expect(evidence.fields).toEqual({
      customer: 0,
      country: 1,
      invoice: 3,
      product: 4,
      description: 5,
      quantity: 6,
      orderedAt: 7,
      unitPrice: 8,
    });
    expect(evidence.extraColumns).toEqual(["Größe"]);
    expect(evidence.dates.either).toBe(1);
  });

  describe("encoding", () => {
    const accented = file(row({ country: "Österreich" }), row({ description: "£5 GIFT" }));
    const broken = Buffer.concat([
      Buffer.from(file(...Array.from({ length: 50 }, () => row({ country: "Österreich, Zürich" })))),
      Buffer.from(`${row({ country: "\xd6" })}\n`, "latin1"),
    ]);

    it.each([
      ["ASCII", Buffer.from(file(row())), "UTF8", 0],
      ["UTF-8", Buffer.from(accented), "UTF8", 0],
      ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${accented}`), "UTF8", 0],
      [
        "a mark and one bad byte",
        Buffer.concat([Buffer.from("\ufeff"), Buffer.from(file(row()).replace("F", "\xff"), "latin1")]),
        "UTF8",
        1,
      ],
      ["ISO-8859-1", Buffer.from(accented, "latin1"), "WIN1252", 0],
      ["Windows-1252 with an undefined byte", Buffer.from(accented.replace("LANTERN", "\x81"), "latin1"), "WIN1252", 1],
      ["UTF-8 with one damaged row in many", broken, "UTF8", 1],
      ["a NUL", Buffer.from(file(row({ description: "a\0b" }))), "UTF8", 1],
      ["a sequence that is cut off at the end", Buffer.from(`${file(row())}ü`).subarray(0, -1), "WIN1252", 0],
    ])("%s, in chunks of any size", async (_, bytes, encoding, badBytes) => {
      const path = await directory.write(bytes);
      for (const chunkBytes of [1, 2, 3, 5, 7, 64, 100_000]) {
        expect(await inspectFile(path, { ...mdy, chunkBytes })).toMatchObject({ encoding, badBytes });
      }
    });

    it("can be set", async () => {
      const path = await directory.write(Buffer.from(accented, "latin1"));
      expect(await inspectFile(path, { ...mdy, encoding: "utf8" })).toMatchObject({ encoding: "UTF8", badBytes: 2 });
    });
  });

  it("tells how far it is", async () => {
    const path = await directory.write(file(...Array.from({ length: 5000 }, () => row())));
    const told: number[] = [];
    const { bytes } = await inspectFile(path, { ...mdy, onProgress: (read) => told.push(read), chunkBytes: 64 * 1024 });
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(bytes);
  });

  describe("refuses, in one line and with a remedy,", () => {
    const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), Buffer.alloc(100)]);
    const packed = gzipSync(
      Buffer.from(file(...Array.from({ length: 999 }, (_, k) => row({ description: `${k * 7}` })))),
    );
    const damaged = Buffer.from(packed);
    damaged[packed.length - 200] = (damaged[packed.length - 200] ?? 0) ^ 0xff;
    it.each([
      ["an empty file", "", "FILE_EMPTY", /is empty/],
      ["an empty file in gzip", gzipSync(""), "FILE_EMPTY", /nothing/],
      ["blank lines only", "\n \n\r\n", "FILE_EMPTY", /blank/],
      ["a header only", `${header}\r\n\r\n`, "FILE_HAS_NO_ROWS", /no rows/],
      ["a PNG", png, "FILE_NOT_TEXT", /a PNG image/],
      ["a PNG in gzip", gzipSync(png), "FILE_NOT_TEXT", /a PNG image/],
      ["a PDF", "%PDF-1.7\n", "FILE_NOT_TEXT", /PDF/],
      ["half a workbook", Buffer.from("PK\x03\x04\x14\0[Content_Types].xml"), "FILE_DAMAGED", /not a whole workbook/],
      ["a ZIP", Buffer.from("PK\x03\x04\x14\0data.csv"), "FILE_NOT_TEXT", /ZIP/],
      ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x49, 0, 0, 0]), "FILE_NOT_TEXT", /UTF-32/],
      [
        "lines that end with CR alone",
        file(row(), row()).replaceAll("\n", "\r"),
        "LINE_ENDS_UNKNOWN",
        /carriage return/,
      ],
      ["binary data", Buffer.from(Array.from({ length: 5000 }, (_, k) => (k * 7919) % 251)), "FILE_NOT_TEXT", /binary/],
      ["a truncated gzip", packed.subarray(0, packed.length - 20), "FILE_DAMAGED", /ends too early/],
      ["a damaged gzip", damaged, "FILE_DAMAGED", /damaged/],
      ["data behind a gzip", Buffer.concat([packed, Buffer.from("more")]), "FILE_DAMAGED", /damaged/],
      ["data behind a gzip's padding", Buffer.concat([packed, Buffer.alloc(9), packed]), "FILE_DAMAGED", /damaged/],
      ["a wrong header", "a,b\n1,2\n", "LAYOUT_UNKNOWN", /found "a", "b"; missing InvoiceNo, StockCode/],
      ["a missing column", file(row()).replace(",Country", ""), "LAYOUT_UNKNOWN", /missing Country$/],
      [
        "a repeated column",
        file(row()).replace(",Country", ",Country,country"),
        "LAYOUT_UNKNOWN",
        /more than once Country$/,
      ],
      ["an unknown header with semicolons", "a;b\n1;2\n", "LAYOUT_UNKNOWN", /found "a", "b"/],
      [
        "a price that could be both",
        file(row().replace("2.55", '"1,234"')),
        "NUMBER_FORMAT_UNKNOWN",
        /1 such as 1,234/,
      ],
      [
        "prices of both kinds",
        file(row(), row().replace("2.55", '"2,55"')),
        "NUMBER_FORMAT_UNKNOWN",
        /1 prices .* point, 1 only a decimal comma/,
      ],
      ["years of two digits", file(row({ date: "12/1/10" })), "DATE_YEAR_UNKNOWN", /"12\/1\/10"/],
      [
        "times of several zones",
        file(row({ date: "2010-12-01T08:00Z" }), row({ date: "2010-12-31 08:00" })),
        "DATE_ZONE_MIXED",
        /1 name none, 1 end with Z/,
      ],
      ["a date order that nothing proves", file(row()), "DATE_ORDER_UNKNOWN", /1 can be both/],
      ["dates of no kind", file(row({ date: "Dec 1 2010" })), "DATE_ORDER_UNKNOWN", /cannot be read \("Dec 1 2010"\)/],
      ["a header with an open quote", file(row()).replace("Country", '"Country'), "LAYOUT_UNKNOWN", /never closed/],
      ["one endless line", "x".repeat(2_000_000), "LAYOUT_UNKNOWN", /2000000 bytes/],
    ])("%s", async (_, content, code, message) => {
      const path = await directory.write(content);
      const asked = code === "DATE_ORDER_UNKNOWN" ? {} : mdy;
      const error = await inspectFile(path, asked).then(String, (error: unknown) => error);
      expect(error).toMatchObject({ name: "Consumer360Error", code, message: expect.stringMatching(message) });
      expect(error).toMatchObject({ message: expect.stringContaining(path), remedy: expect.stringMatching(/./) });
      expect((error as Error).message).not.toContain("\n");
    });

    it("a missing file, a directory, a file that ends while it is read", async () => {
      await mkdir(join(directory.path, "sub"));
      await expect(inspectFile(join(directory.path, "none.csv"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
      await expect(inspectFile(join(directory.path, "sub"))).rejects.toMatchObject({ code: "FILE_IS_DIRECTORY" });
      await expect(inspectFile("/dev/null")).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
      const path = await directory.write(packed);
      await truncate(path, 100);
      await expect(inspectFile(path, mdy)).rejects.toMatchObject({ code: "FILE_DAMAGED" });
    });

    const isRoot = process.getuid?.() === 0;
    if (isRoot) console.log("readFile.test.ts: root may read every file, so the test of a forbidden one is skipped");
    it.skipIf(isRoot || process.platform === "win32")("a file that this user may not read", async () => {
      const path = await directory.write(file(row()));
      await chmod(path, 0);
      await expect(inspectFile(path, mdy)).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    });
  });
});
