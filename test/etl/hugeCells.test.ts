// A line, a quoted field or a cell of 100 MB, and archives that are small until they are unpacked: the process that loads them stays small,
// and the row is rejected or the file refused clearly.
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gateNames } from "../../etl/gate/gates.ts";
import { type LoadOutcome, startLoadProcess, transpileLoader } from "../support/loadProcess.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { header } from "./judgeTestFile.ts";
import { writeZip } from "./mutated/mutateWorkbook.ts";

const megabyte = 1_000_000;
const mebibyte = 1024 * 1024;
const good = "536365,85123A,LANTERN,6,12/31/2010 8:26,2.55,17850,France";

let folder: string;
let script: string;
let warehouse: TestWarehouse;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-huge-"));
  script = await transpileLoader(join(folder, "loader"));
  warehouse = await makeTestWarehouse();
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

async function load(path: string): Promise<LoadOutcome> {
  return startLoadProcess(script, {
    url: warehouse.url,
    paths: [path],
    currency: "GBP",
    maxRejects: 0.9,
    allow: gateNames,
    snapshotsKept: 2,
    again: true,
  }).ended;
}

/** The file's rows, with so much filling in the second. */
function* rows(before: string, filling: string, behind: string): Generator<string> {
  yield `${header}\n${good}\n${before}`;
  for (let k = 0; k < 100; k++) yield filling.repeat(megabyte / filling.length);
  yield `${behind}\n${good}\n`;
}

const shapes: Readonly<Record<string, readonly [before: string, filling: string, behind: string, code: string]>> = {
  "a single line": ["", "x", "", "ROW_TOO_LONG"],
  "a line inside quotes": ['536365,85123A,"', "x", '",6,12/31/2010 8:26,2.55,17850,France', "ROW_TOO_LONG"],
  "a line of commas": ["", ",", "", "ROW_TOO_LONG"],
};

describe("100 MB in", () => {
  async function expectRejected(path: string, code: string): Promise<void> {
    await warehouse.owner.query("DELETE FROM rejected_row");
    const outcome = await load(path);
    expect(outcome).toMatchObject({ report: { status: "PUBLISHED", account: { read: 3, loaded: 2, rejected: 1 } } });
    expect("peakBytes" in outcome ? outcome.peakBytes / mebibyte : Number.POSITIVE_INFINITY).toBeLessThan(200);
    const { rows: kept } = await warehouse.owner.query(
      "SELECT line::int, code, length(raw) AS length FROM rejected_row",
    );
    expect(kept).toEqual([{ line: 3, code, length: expect.any(Number) }]);
    expect(kept[0].length).toBeLessThan(100_000);
  }

  it.each(Object.entries(shapes))("%s is one reject, plain and packed", async (_, [before, filling, behind, code]) => {
    const plain = join(folder, "huge.csv");
    await pipeline(Readable.from(rows(before, filling, behind)), createWriteStream(plain));
    await expectRejected(plain, code);
    const packed = join(folder, "huge.csv.gz");
    await pipeline(Readable.from(rows(before, filling, behind)), createGzip({ level: 1 }), createWriteStream(packed));
    await expectRejected(packed, code);
    await Promise.all([rm(plain), rm(packed)]);
  });

  it("lines inside a quote that never closes are lines again", async () => {
    const path = join(folder, "lines.csv");
    const lines = Math.floor((30 * megabyte) / (good.length + 1));
    function* parts() {
      yield `${header}\n536365,85123A,7" LANTERN,6,12/31/2010 8:26,2.55,17850,France\n`;
      for (let left = lines; left > 0; left -= 10_000) yield `${good}\n`.repeat(Math.min(left, 10_000));
    }
    await pipeline(Readable.from(parts()), createWriteStream(path));
    const outcome = await load(path);
    expect(outcome).toMatchObject({ report: { account: { read: lines + 1, loaded: lines, rejected: 1 } } });
    expect("peakBytes" in outcome ? outcome.peakBytes / mebibyte : Number.POSITIVE_INFINITY).toBeLessThan(200);
    await rm(path);
  });
});

describe("a workbook", () => {
  const relations = (...targets: string[]) =>
    Buffer.from(
      `<Relationships>${targets.map((target, k) => `<Relationship Id="r${k}" Type="x/${target.split(" ")[0]}" Target="${target.split(" ")[1]}"/>`).join("")}</Relationships>`,
    );
  const cells = (values: readonly string[]) =>
    values.map((value) => (value.startsWith("<c") ? value : `<c t="inlineStr"><is><t>${value}</t></is></c>`)).join("");
  const row = (values: readonly string[]) => `<row>${cells(values)}</row>`;
  const names = header.split(",");
  const ordinary = good.split(",");
  const sheetOf = (inner: string) =>
    Buffer.from(`<worksheet><sheetData>${row(names)}${row(ordinary)}${inner}</sheetData></worksheet>`);

  async function write(parts: Readonly<Record<string, Buffer>>): Promise<string> {
    const whole: Record<string, Buffer> = {
      "[Content_Types].xml": Buffer.from("<Types/>"),
      "_rels/.rels": relations("officeDocument xl/workbook.xml"),
      "xl/workbook.xml": Buffer.from('<workbook><sheets><sheet name="S" sheetId="1" r:id="r0"/></sheets></workbook>'),
      "xl/_rels/workbook.xml.rels": relations("worksheet sheet.xml", "styles styles.xml", "sharedStrings shared.xml"),
      "xl/styles.xml": Buffer.from("<styleSheet/>"),
      "xl/shared.xml": Buffer.from("<sst/>"),
      "xl/sheet.xml": sheetOf(""),
      ...parts,
    };
    const path = join(folder, "huge.xlsx");
    await writeFile(path, writeZip(Object.entries(whole).map(([name, data]) => ({ name, data }))));
    return path;
  }
  // Text of which no archive makes so little that it looks like a bomb.
  let filling: Buffer;
  beforeAll(() => {
    filling = Buffer.from(randomBytes(50 * megabyte).toString("hex"));
  });
  const longBy = (text: string, by: Buffer) => {
    const [before = "", behind = ""] = text.split("…");
    return Buffer.concat([Buffer.from(before), by, Buffer.from(behind)]);
  };
  const long = (text: string) => longBy(text, filling);
  const limit = 200;

  async function outcomeOf(parts: Readonly<Record<string, Buffer>>): Promise<LoadOutcome> {
    return load(await write(parts));
  }
  const withLong = (text: string) => [...ordinary.slice(0, 2), text, ...ordinary.slice(3)];

  it("with a cell of 100 MB has one row rejected", async () => {
    const cell = '<c t="inlineStr"><is><t>…</t></is></c>';
    const outcome = await outcomeOf({
      "xl/sheet.xml": long(sheetOf(row(withLong(cell)) + row(ordinary)).toString()),
    });
    expect(outcome).toMatchObject({ report: { account: { read: 3, loaded: 2, rejected: 1 } } });
    expect("peakBytes" in outcome ? outcome.peakBytes / mebibyte : Number.POSITIVE_INFINITY).toBeLessThan(limit);
  });

  it("with a shared text of 100 MB has one row rejected", async () => {
    const outcome = await outcomeOf({
      "xl/shared.xml": long("<sst><si><t>…</t></si></sst>"),
      "xl/sheet.xml": sheetOf(row(withLong('<c t="s"><v>0</v></c>')) + row(ordinary)),
    });
    expect(outcome).toMatchObject({ report: { account: { read: 3, loaded: 2, rejected: 1 } } });
    expect("peakBytes" in outcome ? outcome.peakBytes / mebibyte : Number.POSITIVE_INFINITY).toBeLessThan(limit);
  });

  const bombs: Readonly<Record<string, () => Readonly<Record<string, Buffer>>>> = {
    "a tag of 100 MB": () => ({
      "xl/sheet.xml": long('<worksheet><sheetData><row x="…"></row></sheetData></worksheet>'),
    }),
    "a comment of 100 MB": () => ({ "xl/sheet.xml": long("<worksheet><!--…--></worksheet>") }),
    "1,100,000 sheets": () => ({
      "xl/workbook.xml": Buffer.from(
        `<workbook><sheets>${'<sheet name="S" r:id="r0"/>'.repeat(1_100_000)}</sheets></workbook>`,
      ),
    }),
    "30 MB of styles": () => ({ "xl/styles.xml": Buffer.from(`<styleSheet>${"<a/>".repeat(7_500_000)}</styleSheet>`) }),
    "30 MB of nested tags": () => ({ "xl/workbook.xml": Buffer.from("<a>".repeat(10_000_000)) }),
    "1,100,000 tags": () => ({ "xl/sheet.xml": sheetOf("<row><c/></row>".repeat(1_100_000)) }),
    "a cell of 100 MB that packs to nothing": () => ({
      "xl/sheet.xml": longBy(sheetOf(row(withLong("…"))).toString(), Buffer.alloc(100 * megabyte, 120)),
    }),
    "parts that unpack to 1 GB": () => ({ "xl/sheet.xml": Buffer.alloc(1024 * mebibyte, 32) }),
  };
  it.each(Object.entries(bombs))("with %s is read or refused clearly, in bounded memory", async (_, parts) => {
    const outcome = await outcomeOf(parts());
    expect(outcome).not.toHaveProperty("killed");
    expect(outcome).toHaveProperty("peakBytes");
    if ("code" in outcome)
      expect(outcome.code).toMatch(
        /^(FILE_DAMAGED|WORKBOOK_TOO_LARGE|SHEET_UNKNOWN|LAYOUT_UNKNOWN|FILE_EMPTY|FILE_NOT_TEXT)$/,
      );
    expect("peakBytes" in outcome ? outcome.peakBytes / mebibyte : Number.POSITIVE_INFINITY).toBeLessThan(limit);
  });
});
