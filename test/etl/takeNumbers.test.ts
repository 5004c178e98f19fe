// Numbers that PostgreSQL sends as they are: cut anywhere they are the same numbers, and whatever is wrong with them is told once all is read,
// so that the connection can go on.
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readNumbers, takeNumbers } from "../../etl/expect/readNumbers.ts";
import { writeNumbers } from "../../etl/expect/writeNumbers.ts";

const header = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
const end = Buffer.from([0xff, 0xff]);

function rowOf(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 + 12 * numbers.length);
  bytes.writeInt16BE(numbers.length);
  numbers.forEach((number, at) => {
    bytes.writeInt32BE(8, 2 + 12 * at);
    bytes.writeDoubleBE(number, 6 + 12 * at);
  });
  return bytes;
}

const rows = [
  [1, 2.5],
  [-0.1, 1e300],
  [3, 0],
];
const sent = Buffer.concat([header, ...rows.map((row) => rowOf(...row)), end]);

/** How many chunks were read is counted. */
async function taken(bytes: Buffer, chunk: number) {
  let read = 0;
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) {
      read += 1;
      yield bytes.subarray(at, at + chunk);
    }
  }
  const found: number[][] = [];
  const ending = takeNumbers(chunks(), ["one", "other"], (row) => found.push([...row]));
  const fault = await ending.then(
    () => null,
    (cause: Error) => cause.message,
  );
  return { found, fault, isReadWhole: read === Math.ceil(bytes.length / chunk) };
}

describe("chunks that are cut anywhere", () => {
  it.each(Array.from({ length: sent.length }, (_, at) => at + 1))("%i bytes each", async (chunk) => {
    expect(await taken(sent, chunk)).toEqual({ found: rows, fault: null, isReadWhole: true });
  });

  it("what ends before its end is no smaller population", async () => {
    for (let length = 0; length < sent.length; length += 1)
      expect((await taken(sent.subarray(0, length), 7)).fault, `${length} bytes`).toBe(
        "The numbers ended before their end.",
      );
  });

  it("a null, or a row of another width, is told by name when all is read", async () => {
    const isNull = rowOf(1, 2);
    isNull.writeInt32BE(-1, 14);
    const broken = Buffer.concat([header, rowOf(1, 2), isNull, rowOf(3, 4), end]);
    expect(await taken(broken, 5)).toEqual({ found: [[1, 2]], fault: "other is not a number.", isReadWhole: true });
    const wide = Buffer.concat([header, rowOf(1, 2), rowOf(1, 2, 3), end]);
    expect((await taken(wide, 5)).fault).toBe("A row has not as many numbers as were asked for.");
  });
});

describe("over a connection", () => {
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: inject("serverUrl") });
    await client.connect();
  });
  afterAll(() => client.end());

  it("a fault in the middle of many rows leaves the connection usable", async () => {
    await client.query("BEGIN");
    const select = ["CASE WHEN n <> 50000 THEN n END"];
    let seen = 0;
    const reading = readNumbers(client, { select, from: "FROM generate_series(1, 200000) n" }, () => {
      seen += 1;
    });
    await expect(reading).rejects.toThrow("is not a number.");
    expect(seen).toBe(49_999);
    await client.query("ROLLBACK");
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  it("what is written is what is read, nulls where there is nothing", async () => {
    const table = `numbers_${randomUUID().replaceAll("-", "")}`;
    const size = 5001;
    await client.query(`CREATE TEMP TABLE ${table} (nth int, half float8, missing float8)`);
    await writeNumbers(client, table, {
      rows: size,
      columns: {
        nth: { type: "int", numberAt: (row) => row },
        half: { type: "float8", numberAt: (row) => row / 2 - 0.1 },
        missing: { type: "float8", numberAt: () => undefined },
      },
    });
    const found: number[][] = [];
    await readNumbers(client, { select: ["nth", "half"], from: `FROM ${table} ORDER BY nth` }, (row) =>
      found.push([...row]),
    );
    expect(found).toEqual(Array.from({ length: size }, (_, row) => [row, row / 2 - 0.1]));
    const { rows: counted } = await client.query(`SELECT count(*)::int AS missing FROM ${table} WHERE missing IS NULL`);
    expect(counted).toEqual([{ missing: size }]);
  });
});
