// What is judged acceptable, through a real COPY: PostgreSQL takes every byte of it, whatever the rows were.
import { pipeline } from "node:stream/promises";
import fc from "fast-check";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgeRows } from "../../etl/judge/judgeRows.ts";
import type { AskedEncoding, DateOrder } from "../../etl/layouts/fileForms.ts";
import { inspectFile } from "../../etl/read/inspectFile.ts";
import {
  acquireEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/warehouse/embedded/acquireEmbeddedPostgres.ts";
import { header, makeTestDirectory, type TestDirectory, usualColumns } from "./judgeTestFile.ts";

let directory: TestDirectory;
let database: EmbeddedPostgres;
let client: pg.Client;
beforeAll(async () => {
  directory = await makeTestDirectory();
  database = await acquireEmbeddedPostgres({ home: `${directory.path}/home` });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("SET datestyle = 'ISO, MDY'");
  await client.query(
    `CREATE TEMP TABLE line (line bigint, position integer, invoice text, product text, description text,
       quantity integer, ordered_at timestamp, unit_price numeric, customer text, guest boolean, country text)`,
  );
});
afterAll(async () => {
  await client?.end();
  await database?.release();
  await directory?.remove();
});

async function load(content: Buffer, options: { dateOrder: DateOrder; encoding?: AskedEncoding }) {
  const path = await directory.write(content, "load.csv");
  const evidence = await inspectFile(path, { decimalComma: false, ...options });
  let rejected = 0;
  const onReject = () => {
    rejected++;
  };
  await client.query(`TRUNCATE line; SET client_encoding = '${evidence.encoding}'`);
  await pipeline(
    judgeRows(evidence, { columns: usualColumns, onReject }),
    client.query(copyFrom("COPY line FROM STDIN (FORMAT binary)")),
  );
  await client.query("SET client_encoding = 'UTF8'");
  const { rows } = await client.query({
    text: `SELECT line::integer, invoice, product, description, quantity, ordered_at::text, unit_price::text, customer, guest, country
             FROM line ORDER BY line`,
    rowMode: "array",
  });
  expect(rows.length + rejected).toBe(evidence.rows);
  return rows;
}

describe("the output of judgeRows, copied", () => {
  it("is the values of the file", async () => {
    const rows = [
      '536365,85123A,"A ""B"", C",6,1.12.2010 8:26,2.55,17850,Österreich',
      ' 536366 ,a"b"c,"x\r\ny\n\\.\nz",-6.0,1-12-2010,+.5,"1,2","Korea, South"',
      '"\\.",\\.,\\.,+1,2010-12-01T08:26:05,5.,,',
      '1,"\n\\.\n","",1,31/12/2010,-0.001,"",""',
    ];
    const content = Buffer.from(`\ufeff${[header, ...rows].join("\r\n")}`);
    expect(await load(content, { dateOrder: "dmy" })).toEqual([
      [2, "536365", "85123A", 'A "B", C', 6, "2010-12-01 08:26:00", "2.55", "17850", false, "Österreich"],
      [3, "536366", "abc", "x\r\ny\n\\.\nz", -6, "2010-12-01 00:00:00", "0.5", "1,2", false, "Korea, South"],
      [7, "\\.", "\\.", "\\.", 1, "2010-12-01 08:26:05", "5", "\\.", true, "Unknown"],
      [8, "1", "\\.", null, 1, "2010-12-31 00:00:00", "-0.001", "1", true, "Unknown"],
    ]);
  });

  it("is decoded from Windows-1252", async () => {
    const content = Buffer.from(`${header}\n1,a,\x80 5 \x93x\x94,1,1/2/2011,1,\xe9,C\xf4te\n`, "latin1");
    expect(await load(content, { dateOrder: "mdy" })).toEqual([
      [2, "1", "a", "€ 5 “x”", 1, "2011-01-02 00:00:00", "1", "é", false, "Côte"],
    ]);
  });

  it("never makes COPY fail, whatever the file holds", async () => {
    const good = "536365,85123A,LANTERN,6,12/1/2010 8:26,2.55,17850,France";
    const piece = fc.constantFrom(
      '"',
      ",",
      "\n",
      "\r",
      "\r\n",
      "\\.",
      "\n\\.\n",
      "\0",
      "\x81",
      "\xe9",
      "\xc3\xa9",
      " ",
      "-",
      ".",
      "9",
      "/",
      "",
      '""',
      "\ufeff",
    );
    const mutated = fc
      .array(fc.tuple(fc.integer({ min: 0, max: good.length }), piece, fc.integer({ min: 0, max: 2 })), {
        maxLength: 4,
      })
      .map((changes) =>
        changes.reduce((row, [at, text, dropped]) => row.slice(0, at) + text + row.slice(at + dropped), good),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array(mutated, { minLength: 5, maxLength: 40 }),
        fc.constantFrom<AskedEncoding>("utf8", "windows-1252"),
        fc.constantFrom<DateOrder>("mdy", "dmy"),
        async (rows, encoding, dateOrder) => {
          // a year that lost its digits may be what most rows have, and then the file is refused before a row is judged
          await load(Buffer.from([header, good, ...rows].join("\n"), "latin1"), { dateOrder, encoding }).catch(
            (error: unknown) => expect(error).toMatchObject({ code: "DATE_YEAR_UNKNOWN" }),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
