// What a workbook says of itself: its sheets, from when it counts days, which of its styles show dates, where its texts lie.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createXmlScanner, nameEnd, readAttributes } from "./createXmlScanner.ts";
import { damaged, resolvePart, type Workbook } from "./openWorkbook.ts";

export type SheetPart = Readonly<{ name: string; part: string; isHidden: boolean }>;

export type WorkbookParts = Readonly<{
  sheets: readonly SheetPart[];
  is1904: boolean;
  /** By the number of a cell's style: whether it shows a date or a time of day. */
  showsDate: readonly boolean[];
  sharedStrings: string | null;
}>;

/** Parts that are read whole are small, and so is what is kept of them: no spreadsheet has as many styles or sheets. */
const largestPart = 32 * 1024 * 1024;
const mostElements = 250_000;
const mostSheets = 10_000;
const deepest = 1_000;
/** What is asked of such parts; their other elements are passed over. */
const wanted: ReadonlySet<string> = new Set(["Relationship", "workbook", "workbookPr", "sheet", "numFmt", "xf"]);

type Element = Readonly<{ name: string; parent: string; attributes: Map<string, string> }>;
type Relation = Readonly<{ id: string; type: string; part: string }>;

/** Null where the archive holds another kind of document. */
export async function readWorkbookParts(workbook: Workbook): Promise<WorkbookParts | null> {
  const roots = await readRelations(workbook, "");
  const main = roots.find(({ type }) => type === "officeDocument")?.part ?? "xl/workbook.xml";
  if (!main.endsWith(".xml") || !workbook.has(main)) return null;
  const elements = await readElements(workbook, main);
  if (!elements.some(({ name }) => name === "workbook")) return null;

  const relations = await readRelations(workbook, main);
  const worksheets = new Map(relations.filter(({ type }) => type === "worksheet").map(({ id, part }) => [id, part]));
  const named = elements.filter(({ name, parent }) => name === "sheet" && parent === "sheets");
  if (named.length > mostSheets) throw tooLarge(workbook.path, main, `has more than ${mostSheets} sheets`);
  const sheets = named.flatMap(({ attributes }) => {
    const part = worksheets.get(attributes.get("id") ?? "");
    const isHidden = (attributes.get("state") ?? "visible") !== "visible";
    return part !== undefined && workbook.has(part) ? [{ name: attributes.get("name") ?? "", part, isHidden }] : [];
  });
  const date1904 = elements.find(({ name }) => name === "workbookPr")?.attributes.get("date1904");
  const partOf = (type: string) => {
    const part = relations.find((relation) => relation.type === type)?.part;
    return part !== undefined && workbook.has(part) ? part : null;
  };
  const styles = partOf("styles");
  return {
    sheets,
    is1904: date1904 === "1" || date1904 === "true",
    showsDate: styles === null ? [] : readDateStyles(await readElements(workbook, styles)),
    sharedStrings: partOf("sharedStrings"),
  };
}

async function readRelations(workbook: Workbook, of: string): Promise<Relation[]> {
  const at = of.lastIndexOf("/") + 1;
  const part = `${of.slice(0, at)}_rels/${of.slice(at)}.rels`;
  if (!workbook.has(part)) return [];
  return (await readElements(workbook, part))
    .filter(({ name }) => name === "Relationship")
    .map(({ attributes }) => ({
      id: attributes.get("Id") ?? "",
      type: (attributes.get("Type") ?? "").replace(/^.*\//, ""),
      part: resolvePart(of, attributes.get("Target") ?? ""),
    }));
}

async function readElements(workbook: Workbook, part: string): Promise<Element[]> {
  const elements: Element[] = [];
  const path: string[] = [];
  const scanner = createXmlScanner({
    open(bytes, from, to) {
      const name = bytes.toString("utf8", from, nameEnd(bytes, from, to)).replace(/^.*:/, "");
      if (path.length >= deepest) throw new Error(`${part} is nested too deep`);
      if (wanted.has(name)) {
        if (elements.length >= mostElements)
          throw tooLarge(workbook.path, part, `holds more than ${mostElements.toLocaleString("en-GB")} elements`);
        elements.push({ name, parent: path.at(-1) ?? "", attributes: readAttributes(bytes, from, to) });
      }
      path.push(name);
    },
    close: () => path.pop(),
    text() {},
  });
  let bytes = 0;
  try {
    for await (const chunk of workbook.stream(part)) {
      bytes += chunk.length;
      if (bytes > largestPart) throw tooLarge(workbook.path, part, `is larger than ${largestPart / 1024 / 1024} MiB`);
      scanner.feed(chunk);
    }
    scanner.end();
  } catch (cause) {
    throw cause instanceof Consumer360Error ? cause : damaged(workbook.path, cause);
  }
  return elements;
}

const tooLarge = (path: string, part: string, why: string) =>
  new Consumer360Error("WORKBOOK_TOO_LARGE", `${path}: ${part} ${why}`, { remedy: "Save the sheet as CSV" });

function readDateStyles(elements: readonly Element[]): boolean[] {
  const own = new Map(
    elements
      .filter(({ name }) => name === "numFmt")
      .map(({ attributes }) => [Number(attributes.get("numFmtId")), attributes.get("formatCode") ?? ""]),
  );
  return elements
    .filter(({ name, parent }) => name === "xf" && parent === "cellXfs")
    .map(({ attributes }) => {
      const id = Number(attributes.get("numFmtId") ?? 0);
      const code = own.get(id);
      return code === undefined ? isBuiltInDate(id) : isDateFormat(code);
    });
}

/** Formats that every spreadsheet has: dates and times, also those of East Asia; 46 is a span of hours. */
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id === 45 || id === 47 || (id >= 50 && id <= 58);
}

/** Whether a format shows parts of a date: what is quoted, escaped or in brackets does not count, and `[h]` is a span. */
export function isDateFormat(code: string): boolean {
  const [section = ""] = code.replace(/"[^"]*"|\\.|[_*]./g, "").split(";");
  if (/\[(h+|m+|s+)\]/i.test(section)) return false;
  return /[dmyhs]/i.test(section.replace(/\[[^[\]]*\]/g, "").replace(/general/gi, ""));
}
