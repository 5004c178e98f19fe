// Damaged files of every kind: each is refused with an error that is known, or its rows are all accounted for.
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { writeWorkbook, writeZip } from "../support/writeWorkbook.ts";
import { header, judgeFile, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

/** `CONSUMER360_SOAK=50` tries fifty times as many files. */
const soak = Number(process.env.CONSUMER360_SOAK ?? 1);

const rows = Array.from({ length: 30 }, (_, k) => [
  `53${6000 + (k >> 2)}`,
  `P${k % 7}`,
  k % 5 === 0 ? 'A "fine", large\nmug; blue' : "Größe £5",
  String((k % 9) - 1),
  `${(k % 28) + 1}.12.2010 ${k % 24}:26`,
  `${k}.${10 + k}`,
  k % 3 === 0 ? "" : String(17_000 + k),
  "Österreich",
]);
const quoted = (field: string) => (/[",\n;]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
const text = [header.split(","), ...rows].map((row) => row.map(quoted).join(",")).join("\r\n");
const cells = rows.map((row, k) =>
  row.map((field, c) => (c === 3 || c === 5 ? Number(field) : c === 4 ? { serial: 40_513 + k / 24 } : field)),
);
const sheetRows = [header.split(","), ...cells];
const originals: Readonly<Record<string, Buffer>> = {
  "UTF-8": Buffer.from(text),
  "ISO-8859-1": Buffer.from(text, "latin1"),
  semicolons: Buffer.from(text.replaceAll(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ";")),
  "UTF-16": Buffer.from(`\ufeff${text}`, "utf16le"),
  gzip: gzipSync(text),
  XLSX: writeWorkbook({ sheets: [{ name: "a", rows: sheetRows }], shares: true }),
};

type Change = Readonly<{ at: number; remove: number; insert: Buffer }>;
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      ",",
      ";",
      '"',
      "\n",
      "\r",
      "\0",
      "-",
      "99999999999999999999",
      "1e999",
      "31.02.2010",
      "12/31/10",
      "\ufeff",
      "<",
      "&",
      "</c>",
      '<c r="A1">',
      "<row>",
    )
    .map((part) => Buffer.from(part)),
);
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 400 })),
  insert: piece,
});

function mutate(content: Buffer, changes: readonly Change[]): Buffer {
  return changes.reduce((bytes, { at, remove, insert }) => {
    const from = Math.floor(at * bytes.length);
    return Buffer.concat([bytes.subarray(0, from), insert, bytes.subarray(from + remove)]);
  }, content);
}

async function judgeOrRefuse(content: Buffer): Promise<void> {
  const path = await directory.write(content, "mutated");
  try {
    const { evidence, judgement, rejects } = await judgeFile(path);
    expect(judgement.accepted + judgement.rejected).toBe(evidence.rows);
    expect(rejects).toHaveLength(judgement.rejected);
    expect(judgement.amount).toMatch(/^-?\d+(\.\d+)?$/);
  } catch (error) {
    if (!(error instanceof Consumer360Error)) throw error;
    expect(error.remedy).toBeTruthy();
    expect(error.message).toContain(path);
  }
}

describe("a damaged file", () => {
  it.each(Object.keys(originals))("in %s is refused or accounted for", async (kind) => {
    const original = originals[kind] as Buffer;
    await judgeOrRefuse(original);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) =>
        judgeOrRefuse(mutate(original, changes)),
      ),
      { numRuns: 150 * soak },
    );
  });

  it("whose sheet is damaged inside of a sound archive is refused or accounted for", async () => {
    const parts = {
      "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${sheetRows.map((row, k) => `<row r="${k + 1}">${row.map((cell, c) => `<c r="${"ABCDEFGH"[c]}${k + 1}"${typeof cell === "string" ? ' t="str"' : typeof cell === "number" ? "" : ' s="1"'}><v>${typeof cell === "object" ? cell.serial : String(cell).replaceAll("&", "&amp;")}</v></c>`).join("")}</row>`).join("")}</sheetData></worksheet>`,
      "xl/styles.xml":
        '<styleSheet><numFmts><numFmt numFmtId="200" formatCode="dd.mm.yy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="200"/></cellXfs></styleSheet>',
      "xl/workbook.xml": '<workbook><sheets><sheet name="a" sheetId="1" r:id="s"/></sheets></workbook>',
      "xl/_rels/workbook.xml.rels":
        '<Relationships><Relationship Id="s" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="t" Type="x/styles" Target="styles.xml"/></Relationships>',
      "_rels/.rels":
        '<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>',
      "[Content_Types].xml": "<Types/>",
    };
    const packWith = (name: string, data: Buffer) =>
      writeZip(
        Object.entries(parts).map(([each, content]) => ({
          name: each,
          data: each === name ? data : Buffer.from(content),
        })),
      );
    await judgeOrRefuse(packWith("", Buffer.alloc(0)));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(Object.keys(parts) as (keyof typeof parts)[])),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        (name, changes) => judgeOrRefuse(packWith(name, mutate(Buffer.from(parts[name]), changes))),
      ),
      { numRuns: 300 * soak },
    );
  });
});
