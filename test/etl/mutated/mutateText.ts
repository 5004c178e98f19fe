// What becomes of a file on its way: rows mangled by programs and people, bytes by discs and transfers. Each mutation is small; a file
// suffers several.
import { gzipSync } from "node:zlib";
import type { Draw } from "./createDraw.ts";
import { type InventedFile, inventFile } from "./inventFile.ts";

type Rows = string[][];

const absurd = [
  "1e5",
  "NaN",
  "Infinity",
  "-0",
  "0x10",
  "1,5",
  "1.234",
  "1,234",
  "1.2.3",
  "--1",
  "2147483647",
  "2147483648",
  "-2147483648",
  "99999999999999999999",
  "999999999999999.9999999999",
  "1".repeat(400),
  "0.00000000001",
  "٣",
  "１２",
  "",
  "NULL",
  "#N/A",
  "$5",
  "5 ",
  "1 000",
  "12,34,567.5",
];
const absurdDates = [
  "31/02/2011",
  "29.2.2012",
  "2/29/2011",
  "0000-00-00",
  "9999-12-31",
  "1899-12-31",
  "2199-12-31 23:59:59",
  "2011-13-01",
  "1/2/11",
  "40513",
  "2011-01-01 24:00",
  "2011-01-01 23:60",
  "2011-01-01T10:00:00+14:00",
  "1/1/2011 13:00 PM",
  "20110230",
  "20111231",
  "yesterday",
  "13/13/2011",
  "12-31-2010 8:26",
  "2010/12/1 8:26",
  "31/12/2010 8:26Z",
];

const anyRow = (draw: Draw, rows: Rows) => rows[1 + draw.below(Math.max(1, rows.length - 1))] ?? [];
const setField = (draw: Draw, rows: Rows, text: string) => {
  const row = anyRow(draw, rows);
  row[draw.below(Math.max(1, row.length))] = text;
};

/** On rows, before they are bytes. */
const rowMutations: readonly ((draw: Draw, rows: Rows, file: InventedFile) => void)[] = [
  (draw, rows) => void anyRow(draw, rows).pop(),
  (draw, rows) => void anyRow(draw, rows).push(draw.of(["", "x", '"', '"a\nb"'])),
  (draw, rows) => void anyRow(draw, rows).splice(draw.below(3), 1),
  (draw, rows) => setField(draw, rows, draw.of(absurd)),
  (draw, rows) => setField(draw, rows, `"${draw.of(absurd)}"`),
  (draw, rows) => setField(draw, rows, draw.of(absurdDates)),
  (draw, rows) => setField(draw, rows, draw.of(absurdDates)),
  (draw, rows) => setField(draw, rows, draw.of(['"', '7" PLATE', '"a', 'a"', '"a"b"', '""', '"""', ' "a" ', '"a""'])),
  (draw, rows) =>
    setField(draw, rows, draw.of(["a\nb", '"a\nb', 'x "a\nb"', ' "a\nb" ', '"a\rb"', "a\rb", '"\n"', '"\n\n\n"'])),
  (draw, rows) => setField(draw, rows, "x".repeat(draw.of([254, 255, 256, 300, 5000, 66_000]))),
  (draw, rows) => setField(draw, rows, "é".repeat(draw.of([127, 128, 200]))),
  (draw, rows) =>
    setField(draw, rows, draw.of(["\u2003a", "a\u3000", "\ufeffa", "\u200ba", "\u0085a", "\u00a0", "a\0b", "\u0001"])),
  (_, rows) => void rows.splice(1 + (rows.length >> 1), 0, [...(rows[0] as string[])]),
  (draw, rows) =>
    void rows.splice(draw.below(rows.length + 1), 0, [draw.of(["", " ", "\t", "\r", "\ufeff", "#", ";;;"])]),
  (_, rows) => void rows.shift(),
  (draw, rows) => void rows.splice(1, rows.length - 1, ...draw.shuffled(rows.slice(1))),
  (draw, rows) => void rows.push(...rows.slice(1 + draw.below(rows.length))),
  (draw, rows) => {
    for (const row of rows) row.splice(draw.below(2), 0, draw.of(["", "new"]));
  },
  (draw, rows) => {
    const header = rows[0] as string[];
    const at = draw.below(header.length);
    header[at] = draw.of([
      ` ${header[at]} `,
      `"${header[at]}`,
      `\ufeff${header[at]}`,
      "",
      header[0] ?? "",
      `${header[at]}\0`,
      "Qty",
      `"\n${header[at]}"`,
      "x".repeat(70),
    ]);
  },
  (draw, rows) => {
    const at = draw.below((rows[0] ?? [""]).length);
    for (const row of rows) row.splice(at, 1);
  },
  (draw, rows, { delimiter }) => {
    const row = anyRow(draw, rows);
    row.splice(0, row.length, row.join(draw.of([",", ";", "\t", "|", `${delimiter} `])));
  },
  (draw, rows) => void rows.push(Array.from({ length: draw.of([2, 50, 17_000]) }, () => "")),
];

/** On bytes. */
const byteMutations: readonly ((draw: Draw, bytes: Buffer) => Buffer)[] = [
  (draw, bytes) => flip(draw, bytes, 1),
  (draw, bytes) => flip(draw, bytes, 1 + draw.below(20)),
  (draw, bytes) => insert(draw, bytes, draw.bytes(1 + draw.below(8))),
  (draw, bytes) => insert(draw, bytes, Buffer.alloc(1 + draw.below(3))),
  (draw, bytes) =>
    insert(
      draw,
      bytes,
      Buffer.from(
        draw.of(["\r", "\n", '"', '""', ",", "\r\r\n", "\n\r", ";", "\t", "\ufeff", "\u2028", "\x1a", "\\", "'"]),
      ),
    ),
  (draw, bytes) =>
    insert(
      draw,
      bytes,
      Buffer.from(
        draw.of(["c3", "e282", "eda080", "f4908080", "c080", "ff", "fe", "81", "85", "a0", "efbfbd", "f09f9880"]),
        "hex",
      ),
    ),
  (draw, bytes) => cut(bytes, draw.below(bytes.length + 1), 1 + draw.below(draw.chance(0.8) ? 12 : 2000)),
  (draw, bytes) => bytes.subarray(0, draw.below(bytes.length + 1)),
  (draw, bytes) => bytes.subarray(draw.below(Math.min(bytes.length, 60) + 1)),
  (_, bytes) => bytes.subarray(0, Math.max(0, bytes.length - 1)),
  (draw, bytes) =>
    Buffer.concat([bytes, Buffer.from(draw.of(["\n", "\r\n", "\r", "\0", "\x1a", " ", '"', "\n\n\n", "\ufeff"]))]),
  (draw, bytes) =>
    Buffer.concat([
      Buffer.from(draw.of(["\ufeff", "\ufeff\ufeff", "\n", "\r\n", " ", "\0", "\xef", "PK", "sep=;\n"])),
      bytes,
    ]),
  (_, bytes) => Buffer.concat([bytes, bytes]),
  (draw, bytes) => replaceAll(bytes, "\n", draw.of(["\r", "\r\n", "\n\r", "\n\n"])),
  (draw, bytes) =>
    replaceAll(bytes, draw.of([",", ";", ".", "/", "-", ":", '"', "0"]), draw.of([",", ";", ".", "/", "-", "", '"'])),
];

function flip(draw: Draw, bytes: Buffer, times: number): Buffer {
  const flipped = Buffer.from(bytes);
  for (let k = 0; k < times && flipped.length > 0; k++) {
    const at = draw.below(flipped.length);
    flipped[at] = draw.chance(0.5) ? draw.below(256) : (flipped[at] as number) ^ (1 << draw.below(8));
  }
  return flipped;
}

function insert(draw: Draw, bytes: Buffer, inserted: Buffer): Buffer {
  const at = draw.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
}

const cut = (bytes: Buffer, at: number, count: number) =>
  Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);

const replaceAll = (bytes: Buffer, what: string, by: string) =>
  Buffer.from(bytes.toString("latin1").replaceAll(what, by), "latin1");

const packedMutations: readonly ((draw: Draw, bytes: Buffer) => Buffer)[] = [
  (_, bytes) => bytes,
  (_, bytes) => bytes,
  (draw, bytes) => flip(draw, bytes, 1),
  (draw, bytes) => bytes.subarray(0, 2 + draw.below(bytes.length)),
  (draw, bytes) => Buffer.concat([bytes, draw.bytes(1 + draw.below(9))]),
  (draw, bytes) => Buffer.concat([bytes, Buffer.alloc(draw.below(600))]),
  (draw, bytes) => Buffer.concat([bytes, Buffer.alloc(3), draw.bytes(4)]),
  (_, bytes) => Buffer.concat([bytes, bytes]),
  (_, bytes) => gzipSync(bytes),
];

export type MutatedFile = Readonly<{ file: InventedFile; bytes: Buffer }>;

/** The file of a seed, with up to five mutations. */
export function mutateText(draw: Draw): MutatedFile {
  const file = inventFile(draw);
  const rows = file.rows.map((row) => [...row]);
  for (let left = draw.below(4); left > 0; left--) if (rows.length > 0) draw.of(rowMutations)(draw, rows, file);
  let bytes = encode(rows.map((row) => row.join(file.delimiter)).join(file.lineEnd) + file.lineEnd, file);
  for (let left = draw.below(3); left > 0; left--) bytes = draw.of(byteMutations)(draw, bytes);
  if (file.isPacked) bytes = draw.of(packedMutations)(draw, gzipSync(bytes, { level: 1 }));
  return { file, bytes };
}

function encode(text: string, { encoding, hasMark }: InventedFile): Buffer {
  const marked = hasMark ? `\ufeff${text}` : text;
  if (encoding === "utf16be") return Buffer.from(marked, "utf16le").swap16();
  return Buffer.from(marked, encoding);
}
