// Workbooks for tests: a ZIP archive written by hand, with just the parts that a sheet needs, so that every oddity can be put in.
import { crc32, deflateRawSync } from "node:zlib";

export type TestCell =
  | string
  | number
  | boolean
  | null
  /** A date by its serial number, with a style that shows dates. */
  | { serial: number }
  /** A cell as XML; `@` stands for the cell's reference. */
  | { xml: string };

export type TestWorkbook = Readonly<{
  sheets: readonly Readonly<{
    name: string;
    rows?: readonly (readonly TestCell[] | null)[];
    xml?: string;
    state?: string;
  }>[];
  date1904?: boolean;
  /** Texts as shared strings instead of inline ones. */
  shares?: boolean;
  sharedXml?: string;
  stylesXml?: string;
  /** Whether rows and cells say where they stand. */
  references?: boolean;
}>;

const escapeXml = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\r\t]/g, (letter) => `&#${letter.charCodeAt(0)};`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, (letter) => `_x${letter.charCodeAt(0).toString(16).padStart(4, "0")}_`);

function columnName(column: number): string {
  return (column >= 26 ? columnName(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
}

export function writeWorkbook(workbook: TestWorkbook): Buffer {
  const { sheets, shares = false, references = true } = workbook;
  const strings = new Map<string, number>();
  const share = (text: string) => {
    if (!strings.has(text)) strings.set(text, strings.size);
    return strings.get(text) as number;
  };
  function cellXml(cell: TestCell, reference: string): string {
    const at = references ? ` r="${reference}"` : "";
    if (cell === null) return references ? "" : "<c/>";
    if (typeof cell === "number") return `<c${at}><v>${cell}</v></c>`;
    if (typeof cell === "boolean") return `<c${at} t="b"><v>${cell ? 1 : 0}</v></c>`;
    if (typeof cell === "object") {
      return "serial" in cell ? `<c${at} s="1"><v>${cell.serial}</v></c>` : cell.xml.replaceAll("@", reference);
    }
    if (shares) return `<c${at} t="s"><v>${share(cell)}</v></c>`;
    return `<c${at} t="inlineStr"><is><t xml:space="preserve">${escapeXml(cell)}</t></is></c>`;
  }
  const sheetXml = sheets.map(({ rows = [], xml }) => {
    const lines = rows.map((row, k) => {
      if (row === null) return "";
      const cells = row.map((cell, column) => cellXml(cell, `${columnName(column)}${k + 1}`)).join("");
      return `<row${references ? ` r="${k + 1}"` : ""}>${cells}</row>`;
    });
    return xml ?? `${declaration}<worksheet><sheetData>${lines.join("")}</sheetData></worksheet>`;
  });
  const sharedXml =
    workbook.sharedXml ??
    `${declaration}<sst>${[...strings.keys()].map((text) => `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`).join("")}</sst>`;
  const main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${main}/${type}" Target="${target}"/>`;
  const parts: Record<string, string> = {
    "[Content_Types].xml": `${declaration}<Types/>`,
    "_rels/.rels": `${declaration}<Relationships>${relation("r1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
    "xl/workbook.xml": `${declaration}<workbook xmlns:r="${main}"><workbookPr${workbook.date1904 ? ' date1904="1"' : ""}/><sheets>${sheets
      .map(
        ({ name, state }, k) =>
          `<sheet name="${escapeXml(name)}" sheetId="${k + 1}"${state ? ` state="${state}"` : ""} r:id="s${k}"/>`,
      )
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${declaration}<Relationships>${sheets
      .map((_, k) => relation(`s${k}`, "worksheet", `worksheets/sheet${k + 1}.xml`))
      .join(
        "",
      )}${relation("st", "styles", "styles.xml")}${relation("ss", "sharedStrings", "/xl/sharedStrings.xml")}</Relationships>`,
    "xl/styles.xml":
      workbook.stylesXml ??
      `${declaration}<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    "xl/sharedStrings.xml": sharedXml,
  };
  for (const [k, xml] of sheetXml.entries()) parts[`xl/worksheets/sheet${k + 1}.xml`] = xml;
  return writeZip(Object.entries(parts).map(([name, text]) => ({ name, data: Buffer.from(text) })));
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

type ZipPart = Readonly<{
  name: string;
  data: Buffer /** What the directory says of its size, where that is a lie. */;
  claims?: number;
}>;

export function writeZip(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, claims } of parts) {
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(claims ?? data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 0]), common, entry, Buffer.from(name)]));
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
