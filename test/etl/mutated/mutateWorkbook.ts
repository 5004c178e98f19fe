// A workbook of a seed with something wrong in it: in the XML of its parts, in what its cells say, or in the ZIP archive around them.
import { crc32, deflateRawSync } from "node:zlib";
import type { Draw } from "./createDraw.ts";
import { type InventedFile, inventFile } from "./inventFile.ts";

type Part = {
  name: string;
  data: Buffer;
  /** What the directory says, where that is a lie. */
  claims?: Partial<Record<"size" | "packedSize" | "sum" | "flags" | "method" | "offset", number>>;
};

const escapeXml = (text: string) =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`).replaceAll("\0", "_x0000_");

function columnName(column: number): string {
  return (column >= 26 ? columnName(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
}

const unquoted = (field: string) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
const isPlainNumber = (text: string) => /^-?(0|[1-9]\d{0,8})(\.\d{1,6})?$/.test(text);

/** The parts of a workbook with the rows of a file. */
function partsOf(draw: Draw, { rows }: InventedFile): Part[] {
  const strings: string[] = [];
  const shares = draw.chance(0.5);
  const refers = draw.chance(0.8);
  const numbers = draw.chance(0.7);
  function cell(text: string, reference: string): string {
    const at = refers ? ` r="${reference}"` : "";
    if (text === "") return refers ? "" : "<c/>";
    if (numbers && isPlainNumber(text)) return `<c${at}><v>${text}</v></c>`;
    if (!shares) return `<c${at} t="inlineStr"><is><t xml:space="preserve">${escapeXml(text)}</t></is></c>`;
    strings.push(text);
    return `<c${at} t="s"><v>${strings.length - 1}</v></c>`;
  }
  const lines = rows.map((row, k) => {
    const cells = row.map((field, column) => cell(unquoted(field), `${columnName(column)}${k + 1}`));
    return `<row${refers ? ` r="${k + 1}"` : ""}>${cells.join("")}</row>`;
  });
  const main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${main}/${type}" Target="${target}"/>`;
  const parts = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": `<Relationships>${relation("r1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
    "xl/workbook.xml": `<workbook xmlns:r="${main}"><workbookPr/><sheets><sheet name="One" sheetId="1" r:id="a"/><sheet name="Two" sheetId="2" r:id="b"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships>${relation("a", "worksheet", "worksheets/sheet1.xml")}${relation("b", "worksheet", "worksheets/sheet2.xml")}${relation("c", "styles", "styles.xml")}${relation("d", "sharedStrings", "sharedStrings.xml")}</Relationships>`,
    "xl/styles.xml": `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    "xl/worksheets/sheet1.xml": `<worksheet><sheetData>${lines.join("")}</sheetData></worksheet>`,
    "xl/worksheets/sheet2.xml": `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`,
    "xl/sharedStrings.xml": `<sst>${strings.map((text) => `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`).join("")}</sst>`,
  };
  return Object.entries(parts).map(([name, xml]) => ({ name, data: Buffer.from(`<?xml version="1.0"?>\n${xml}`) }));
}

const pieces = [
  "<row>",
  '<row r="3">',
  '<row r="1048576"/>',
  '<row r="99999999999"/>',
  '<row r="-1"/>',
  "</row>",
  "<c/>",
  '<c r="ZZZZZZZ1"><v>1</v></c>',
  '<c r="XFD1"><v>1</v></c>',
  '<c r="A1" t="s"><v>999999</v></c>',
  '<c t="s"><v>-1</v></c>',
  '<c t="e"><v>#N/A</v></c>',
  '<c s="1"><v>1e308</v></c>',
  '<c s="1"><v>60</v></c>',
  '<c s="4000000000"><v>5</v></c>',
  "<c><v>1E-300</v></c>",
  "<c><v>NaN</v></c>",
  "<c><v>0.1e1000</v></c>",
  '<c t="b"><v>maybe</v></c>',
  '<c t="inlineStr"><is><t>_x0000__xD800_\u0000</t></is></c>',
  "&bogus;",
  "&#x110000;",
  "&#xD800;",
  "&#0;",
  "&amp",
  '<!DOCTYPE a [<!ENTITY b "bbbb">]>',
  "<!-- ",
  "<![CDATA[ ",
  "<?",
  "<",
  ">",
  "\ufeff",
  "\0\0",
  "<t>",
  "</sheetData>",
  "<rPh><t>x</t></rPh>",
  "<si><t>more</t></si>",
];

const partMutations: readonly ((draw: Draw, part: Part) => void)[] = [
  (draw, part) => {
    const data = Buffer.from(part.data);
    for (let k = draw.below(6); k >= 0; k--) data[draw.below(data.length)] = draw.below(256);
    part.data = data;
  },
  (draw, part) => insertAt(draw, part, Buffer.from(draw.of(pieces))),
  (draw, part) => insertAt(draw, part, Buffer.from(draw.of(pieces))),
  (draw, part) => insertBetweenTags(draw, part, draw.of(pieces)),
  (draw, part) => insertBetweenTags(draw, part, draw.of(pieces)),
  (draw, part) => {
    part.data = part.data.subarray(0, draw.below(part.data.length));
  },
  (draw, part) => {
    const at = draw.below(part.data.length);
    part.data = Buffer.concat([part.data.subarray(0, at), part.data.subarray(at + 1 + draw.below(30))]);
  },
  (_, part) => {
    part.data = Buffer.from(`\ufeff${part.data.toString("utf8")}`, "utf16le");
  },
  (draw, part) => {
    part.data = draw.of([Buffer.alloc(0), draw.bytes(100), Buffer.alloc(1000), Buffer.from("<a>".repeat(5000))]);
  },
  (draw, part) => {
    part.data = Buffer.from(
      part.data
        .toString("latin1")
        .replaceAll(draw.of(['r="A', "<v>", "</row>", 't="s"', "</c>", "="]), draw.of(["", 'r="B', "<v>0", "<v>-"])),
      "latin1",
    );
  },
  (draw, part) => {
    part.claims = draw.of([
      { size: 4_000_000_000 },
      { size: 0xffff_ffff },
      { size: 0 },
      { size: part.data.length + 1 },
      { packedSize: 5 },
      { packedSize: 0x7fff_ffff },
      { sum: 1 },
      { flags: 1 },
      { flags: 8 },
      { method: 0 },
      { method: 12 },
      { offset: 0 },
      { offset: 0xffff_fff0 },
    ]);
  },
  (draw, part) => {
    part.name = draw.of([
      "../../etc/passwd",
      "/abs",
      "C:\\x",
      "xl/worksheets/sheet1.xml",
      `${part.name}x`,
      "xl\\workbook.xml",
      "",
    ]);
  },
];

function insertAt(draw: Draw, part: Part, piece: Buffer): void {
  const at = draw.below(part.data.length + 1);
  part.data = Buffer.concat([part.data.subarray(0, at), piece, part.data.subarray(at)]);
}

function insertBetweenTags(draw: Draw, part: Part, piece: string): void {
  const tags = part.data.toString("latin1").split("><");
  const at = 1 + draw.below(tags.length);
  const [before, after] = [tags.slice(0, at), tags.slice(at)];
  const text = after.length === 0 ? before.join("><") + piece : `${before.join("><")}>${piece}<${after.join("><")}`;
  part.data = Buffer.from(text, "latin1");
}

const archiveMutations: readonly ((draw: Draw, bytes: Buffer) => Buffer)[] = [
  (draw, bytes) => {
    const damaged = Buffer.from(bytes);
    for (let k = draw.below(8); k >= 0; k--) damaged[draw.below(damaged.length)] = draw.below(256);
    return damaged;
  },
  (draw, bytes) => {
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 1 - draw.below(400)] = draw.below(256); // in the directory
    return damaged;
  },
  (draw, bytes) => bytes.subarray(0, 4 + draw.below(bytes.length)),
  (draw, bytes) => Buffer.concat([bytes, draw.bytes(draw.below(100))]),
  (draw, bytes) => Buffer.concat([bytes.subarray(0, 4), draw.bytes(20), bytes.subarray(24)]),
  (_, bytes) => Buffer.concat([bytes, bytes]),
];

/** The workbook of a seed, with up to four mutations. */
export function mutateWorkbook(draw: Draw): Readonly<{ file: InventedFile; bytes: Buffer }> {
  const file = inventFile(draw);
  const parts = partsOf(draw, file);
  const sheet = parts.find(({ name }) => name.endsWith("sheet1.xml")) as Part;
  for (let left = draw.below(4); left > 0; left--)
    draw.of(partMutations)(draw, draw.chance(0.5) ? sheet : draw.of(parts));
  if (draw.chance(0.1)) parts.splice(draw.below(parts.length), 1);
  const bytes = writeZip(parts);
  return { file, bytes: draw.chance(0.2) ? draw.of(archiveMutations)(draw, bytes) : bytes };
}

/** An archive of parts, as they are claimed to be. */
export function writeZip(parts: readonly Part[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, claims = {} } of parts) {
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(claims.flags ?? 0, 2);
    common.writeUInt16LE(claims.method ?? 8, 4);
    common.writeUInt32LE(claims.sum ?? crc32(data), 10);
    common.writeUInt32LE(claims.packedSize ?? packed.length, 14);
    common.writeUInt32LE(claims.size ?? data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(claims.offset ?? at, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\0", "latin1"), common, entry, Buffer.from(name)]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}
