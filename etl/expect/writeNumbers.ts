// Copies rows of numbers into a table in PostgreSQL's binary format, so that no text is made of them, some at a time, so that others get
// their turn.
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";

const header = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const end = Buffer.from([0xff, 0xff]);
/** Rows that are put together at a time: a few milliseconds. */
const batch = 2000;

/** A column of the table, which is of type `int` or `float8`; a place without a number is null. */
export type NumberColumn = Readonly<{
  type: "int" | "float8";
  numberAt: (row: number) => number | undefined;
}>;

export async function writeNumbers(
  client: pg.Client,
  table: string,
  { rows, columns }: Readonly<{ rows: number; columns: Readonly<Record<string, NumberColumn>> }>,
): Promise<void> {
  const copy = client.query(copyFrom(`COPY ${table} (${Object.keys(columns).join(", ")}) FROM STDIN (FORMAT binary)`));
  const wanted = Object.values(columns);
  await pipeline(async function* () {
    yield header;
    for (let from = 0; from < rows; from += batch) {
      yield rowsOf(wanted, from, Math.min(rows, from + batch));
      await nextTurn();
    }
    yield end;
  }, copy);
}

/** Before a row stands its number of fields, before each of them its length, which is -1 where there is none. */
function rowsOf(columns: readonly NumberColumn[], from: number, to: number): Buffer {
  const bytes = Buffer.allocUnsafe((to - from) * (2 + columns.length * 12));
  let at = 0;
  for (let row = from; row < to; row += 1) {
    at = bytes.writeInt16BE(columns.length, at);
    for (const { type, numberAt } of columns) {
      const number = numberAt(row);
      if (number === undefined) {
        at = bytes.writeInt32BE(-1, at);
      } else if (type === "int") {
        at = bytes.writeInt32BE(4, at);
        at = bytes.writeInt32BE(number, at);
      } else {
        at = bytes.writeInt32BE(8, at);
        at = bytes.writeDoubleBE(number, at);
      }
    }
  }
  return bytes.subarray(0, at);
}
