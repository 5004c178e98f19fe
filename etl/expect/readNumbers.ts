// Reads the rows of a query as numbers, some thousands at a time: PostgreSQL sends doubles as they are, and no text is made of them and
// read again.
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";

/** What COPY's binary format begins with: a mark of eleven bytes, flags, and the length of what follows of no meaning yet. */
const headerBytes = 19;
/** Before a row stands its number of fields, before each of them its length. */
const rowHead = 2;
const fieldBytes = 4 + 8;

/** Columns of doubles, none of them null. `take` is given the same array for each row. */
export async function readNumbers(
  client: pg.Client,
  { select, from }: Readonly<{ select: readonly string[]; from: string }>,
  take: (row: Float64Array) => void,
): Promise<void> {
  const columns = select.map((column) => `(${column})::float8`).join(", ");
  const stream = client.query(copyTo(`COPY (SELECT ${columns} ${from}) TO STDOUT (FORMAT binary)`));
  const row = new Float64Array(select.length);
  const rowBytes = rowHead + select.length * fieldBytes;
  let rest: Buffer = Buffer.alloc(0);
  let skipped = false;
  for await (const chunk of stream) {
    const bytes: Buffer = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = skipped ? 0 : headerBytes;
    skipped = true;
    // The end is marked by a row of -1 fields, which is shorter than any.
    for (; at + rowBytes <= bytes.length; at += rowBytes) {
      for (let column = 0; column < row.length; column += 1) {
        const field = at + rowHead + column * fieldBytes;
        if (bytes.readInt32BE(field) !== 8) throw new Error(`${select[column]} is not a number.`);
        row[column] = bytes.readDoubleBE(field + 4);
      }
      take(row);
    }
    rest = bytes.subarray(at);
  }
}
