// Reads the rows of a query as numbers, some thousands at a time: PostgreSQL sends doubles as they are, and no text is made of them and
// read again.
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";

/** What COPY's binary format begins with: a mark of eleven bytes, flags, and the length of what follows of no meaning yet. */
const headerBytes = 19;
/** Before a row stands its number of fields, before each of them its length. */
const rowHead = 2;
const fieldBytes = 4 + 8;

type Query = Readonly<{ select: readonly string[]; from: string }>;

/** Columns of doubles, none of them null. `take` is given the same array for each row. */
export async function readNumbers(
  client: pg.Client,
  { select, from }: Query,
  take: (row: Float64Array) => void,
): Promise<void> {
  const columns = select.map((column) => `(${column})::float8`).join(", ");
  const stream = client.query(copyTo(`COPY (SELECT ${columns} ${from}) TO STDOUT (FORMAT binary)`));
  await takeNumbers(stream, select, take);
}

/** `chunks`: of COPY's binary format, cut anywhere. They are read to their end whatever is in them: a connection is free again only then. */
export async function takeNumbers(
  chunks: AsyncIterable<Buffer>,
  names: readonly string[],
  take: (row: Float64Array) => void,
): Promise<void> {
  const row = new Float64Array(names.length);
  const rowBytes = rowHead + names.length * fieldBytes;
  let rest: Buffer = Buffer.alloc(0);
  let isHeaderRead = false;
  let fault: unknown;

  /** Answers with what is left of a row that is not all there yet. */
  function takeRows(bytes: Buffer): Buffer {
    if (!isHeaderRead && bytes.length < headerBytes) return bytes;
    let at = isHeaderRead ? 0 : headerBytes;
    isHeaderRead = true;
    // The end is marked by a row of -1 fields, which is shorter than any.
    for (; at + rowBytes <= bytes.length; at += rowBytes) {
      if (bytes.readInt16BE(at) !== names.length) throw new Error("A row has not as many numbers as were asked for.");
      names.forEach((name, column) => {
        const field = at + rowHead + column * fieldBytes;
        if (bytes.readInt32BE(field) !== 8) throw new Error(`${name} is not a number.`);
        row[column] = bytes.readDoubleBE(field + 4);
      });
      take(row);
    }
    return bytes.subarray(at);
  }

  for await (const chunk of chunks) {
    if (fault !== undefined) continue;
    try {
      rest = takeRows(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    } catch (cause) {
      fault = cause;
    }
  }
  if (fault !== undefined) throw fault;
  if (!isHeaderRead || rest.length !== rowHead || rest.readInt16BE() !== -1)
    throw new Error("The numbers ended before their end.");
}
