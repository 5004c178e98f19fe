// Rows and fields, held against a simple parser of strings, whatever the size of the chunks they come in.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRowScanner } from "../../etl/read/createRowScanner.ts";

type Seen = { line: number; fault: string | null; raw: string; length: number; fields: string[]; lone: boolean };

const limit = 40;

function scan(text: string, chunkBytes: number, rowLimit = limit): Seen[] {
  const seen: Seen[] = [];
  const bytes = Buffer.from(text, "latin1");
  const scanner = createRowScanner({
    rowLimit,
    onHeader: (row) => row.fields,
    onRow(row) {
      const raw = row.bytes.toString("latin1", row.start, row.end);
      const fields = Array.from({ length: row.fields }, (_, k) =>
        row.bytes.toString("latin1", (row.bounds[k] ?? 0) + 1, row.bounds[k + 1]),
      );
      seen.push({ line: row.line, fault: row.fault, raw, length: row.length, fields, lone: row.loneReturn });
    },
  });
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    scanner.feed(Buffer.from(bytes.subarray(at, at + chunkBytes))); // a copy: the scanner may keep none of it
  }
  scanner.end();
  return seen;
}

/** The same by strings: a row is split at commas outside quotes and ends at a line feed outside quotes. */
function parse(text: string, columns: number, rowLimit = limit): Seen[] {
  const seen: Seen[] = [];
  let from = text.indexOf("\n") + 1;
  let line = 2;
  while (from < text.length) {
    let stop = from;
    let inQuotes = false;
    let lone = 0;
    const cuts = [from - 1];
    for (; stop < text.length && (inQuotes || text[stop] !== "\n"); stop++) {
      if (text[stop] === '"') inQuotes = !inQuotes;
      else if (!inQuotes && text[stop] === ",") cuts.push(stop);
      else if (!inQuotes && text[stop] === "\r") lone++;
    }
    const found = text.slice(from, stop);
    const end = !inQuotes && found.endsWith("\r") ? stop - 1 : stop;
    const fields = [...cuts.keys()].map((k) => text.slice((cuts[k] ?? 0) + 1, cuts[k + 1] ?? end));
    const breaks = found.split("\n").length - 1;
    const isWhole = fields.every((field) => !field.includes("\n") || /^ *"[\s\S]*" *$/.test(field));
    const tooLong = stop - from > rowLimit;
    if (inQuotes || tooLong || (breaks > 0 && (fields.length !== columns || !isWhole))) {
      const lineText = found.split("\n")[0] ?? "";
      const raw = lineText.replace(/\r$/, "");
      const isLong = lineText.length > rowLimit;
      seen.push({
        line,
        fault: isLong ? "ROW_TOO_LONG" : "UNBALANCED_QUOTE",
        raw: isLong ? lineText.slice(0, rowLimit) : raw,
        length: raw.length,
        fields: [],
        lone: false,
      });
      from += lineText.length + 1;
      line++;
      continue;
    }
    if (!/^[ \t\r]*$/.test(found)) {
      seen.push({
        line,
        fault: fields.length === columns ? null : "FIELD_COUNT",
        raw: text.slice(from, end),
        length: end - from,
        fields,
        lone: lone - (stop - end) > 0,
      });
    }
    from = stop + 1;
    line += 1 + breaks;
  }
  return seen;
}

/** A refused line's stray returns do not matter: it is refused anyway. */
const essence = (rows: Seen[]) => rows.map((row) => (row.fields.length === 0 ? { ...row, lone: false } : row));

const piece = fc.constantFrom(
  "a",
  "bc",
  " ",
  ",",
  ",",
  '"',
  '""',
  "\n",
  "\r\n",
  "\r",
  "a,b,c\n",
  '"a\nb",c,d\n',
  '"a""b",,\r\n',
  "\t",
  "£",
  "x".repeat(30),
  "\n\n",
  '7" x,b,c\n',
);

describe("createRowScanner", () => {
  it("finds what a simple parser finds, in chunks of 1 to 64 bytes", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (pieces, chunkBytes) => {
        const text = `h,i,j\n${pieces.join("")}`;
        expect(essence(scan(text, chunkBytes))).toEqual(essence(parse(text, 3)));
      }),
      { numRuns: 3000 },
    );
  });

  it("finds the same at every chunk size", () => {
    const text = 'h,i,j\r\na,"b\r\nc",d\r\n\r\n"e""f",,\n1,2\n7" x,2,3\n9" y,2,3\r4\n"p,q,r\nlast,"x",y';
    const whole = essence(scan(text, 1000));
    expect(whole).toEqual(essence(parse(text, 3)));
    expect(whole.map((row) => [row.line, row.fault])).toEqual([
      [2, null],
      [5, null],
      [6, "FIELD_COUNT"],
      [7, "UNBALANCED_QUOTE"],
      [8, "UNBALANCED_QUOTE"],
      [9, "UNBALANCED_QUOTE"],
      [10, null],
    ]);
    for (let chunkBytes = 1; chunkBytes <= 64; chunkBytes++) expect(essence(scan(text, chunkBytes))).toEqual(whole);
  });

  it("does not let two stray quotes swallow the rows between them", () => {
    const rows = scan('h,i,j\n1,7" PLATE,x\n2,good,x\n3,9" BOWL,x\n4,good,x\n', 7, 1000);
    expect(rows.filter((row) => row.fault === null).map((row) => row.fields[0])).toEqual(["2", "4"]);
    expect(rows.filter((row) => row.fault === "UNBALANCED_QUOTE").map((row) => row.line)).toEqual([2, 4]);
  });

  it("goes on behind a line that is too long, and says how long it was", () => {
    const rows = scan(`h,i,j\n${"x".repeat(100)}\r\n1,2,3\n${"y".repeat(50)}`, 16);
    expect(rows).toEqual([
      { line: 2, fault: "ROW_TOO_LONG", raw: "x".repeat(40), length: 100, fields: [], lone: false },
      { line: 3, fault: null, raw: "1,2,3", length: 5, fields: ["1", "2", "3"], lone: false },
      { line: 4, fault: "ROW_TOO_LONG", raw: "y".repeat(40), length: 50, fields: [], lone: false },
    ]);
  });

  it("leaves the carriage return out of a line with more columns than are located", () => {
    const [row] = scan(`h,i,j\n${",".repeat(17_000)}\r\n1,2,3\n`, 1000, 100_000);
    expect(row).toMatchObject({ line: 2, fault: "FIELD_COUNT", raw: ",".repeat(17_000), lone: false });
  });
});
