// The names in a header row, as bytes: without quotes, and without a byte order mark before the first.
import type { ScannedRow } from "./createRowScanner.ts";
import { unquoteField } from "./unquoteField.ts";

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

export function readHeaderNames(row: ScannedRow): Buffer[] {
  const names: Buffer[] = [];
  for (let field = 0; field < row.fields; field++) {
    const from = (row.bounds[field] as number) + 1;
    const marked = field === 0 && row.bytes.subarray(from, from + 3).equals(byteOrderMark);
    const to = row.bounds[field + 1] as number;
    const name = Buffer.alloc(to - from);
    names.push(name.subarray(0, unquoteField(row.bytes, marked ? from + 3 : from, to, name, 0)));
  }
  return names;
}
