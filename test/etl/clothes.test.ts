// The real file in other clothes: however its rows are written, they make the same warehouse, figure by figure, down to every stored row.
// Skipped where the file is not at hand.
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyRollups } from "../../etl/verify/verifyRollups.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { readContent, type WarehouseContent } from "../support/warehouseContent.ts";
import { type TestCell, writeWorkbook } from "../support/writeWorkbook.ts";

const data = "data/online-retail.latin1.crlf.csv.gz";

type Row = readonly string[];
const dateAt = 4;
const priceAt = 5;
const customerAt = 6;

/** The fields of a file of which it is known that quotes stand at the ends of fields alone and hold no line break. */
function* rowsOf(file: string): Generator<Row> {
  for (let at = 0; at < file.length; ) {
    const end = file.indexOf("\r\n", at);
    const line = file.slice(at, end < 0 ? file.length : end);
    at = end < 0 ? file.length : end + 2;
    yield line.includes('"')
      ? [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
          ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
        )
      : line.split(",");
  }
}

type Clothes = Readonly<{
  delimiter?: string;
  end?: string;
  encoding?: BufferEncoding;
  mark?: string;
  header?: Row;
  change?: (row: string[]) => void;
}>;

function* written(
  rows: Iterable<Row>,
  { delimiter = ",", end = "\r\n", encoding = "latin1", mark = "", header, change }: Clothes,
) {
  let chunk = mark;
  let isHeader = true;
  for (const row of rows) {
    const fields = isHeader ? [...(header ?? row)] : [...row];
    if (!isHeader) change?.(fields);
    isHeader = false;
    chunk += fields
      .map((field) => (field.includes('"') || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field))
      .join(delimiter);
    chunk += end;
    if (chunk.length < 1 << 18) continue;
    yield Buffer.from(chunk, encoding);
    chunk = "";
  }
  yield Buffer.from(chunk, encoding);
}

/** Month, day and year of `12/1/2010 8:26`, two digits each, and the time. */
function partsOf(date: string): { month: string; day: string; year: string; time: string } {
  const [, month = "", day = "", year = "", time = ""] = /^(\d+)\/(\d+)\/(\d+) (.*)$/.exec(date) ?? [];
  return { month: month.padStart(2, "0"), day: day.padStart(2, "0"), year, time };
}

const dates = (write: (parts: ReturnType<typeof partsOf>) => string) => (row: string[]) => {
  row[dateAt] = write(partsOf(row[dateAt] as string));
};

const clothes: Readonly<Record<string, Clothes>> = {
  "UTF-8": { encoding: "utf8" },
  "line feeds alone": { end: "\n" },
  "ISO dates": { change: dates(({ year, month, day, time }) => `${year}-${month}-${day} ${time.padStart(5, "0")}:00`) },
  "DD-MM-YYYY": { change: dates(({ year, month, day, time }) => `${day}-${month}-${year} ${time}`) },
  "DD/MM/YYYY": { change: dates(({ year, month, day, time }) => `${day}/${month}/${year} ${time}`) },
  "semicolons and decimal commas": {
    delimiter: ";",
    change: (row) => {
      row[priceAt] = (row[priceAt] as string).replace(".", ",");
    },
  },
  "the second layout": {
    header: ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"],
    change: (row) => {
      if (row[customerAt] !== "") row[customerAt] += ".0";
    },
  },
  "UTF-16 with a byte order mark": { encoding: "utf16le", mark: "\ufeff" },
};

/** As a spreadsheet holds it: what looks like a number is one, and dates are days since its epoch. */
function workbookOf(rows: Iterable<Row>): Buffer {
  const epoch = Date.UTC(1899, 11, 30);
  const cellOf = (value: string, at: number): TestCell => {
    if (value === "") return null;
    const { year, month, day, time } = partsOf(value);
    if (at === dateAt && year !== "") {
      const [hour, minute] = time.split(":").map(Number) as [number, number];
      return { serial: (Date.UTC(Number(year), Number(month) - 1, Number(day), hour, minute) - epoch) / 86_400_000 };
    }
    return /^-?(0|[1-9]\d{0,8})(\.\d+)?$/.test(value) ? Number(value) : value;
  };
  const sheet = { name: "Online Retail", rows: [...rows].map((row) => row.map(cellOf)) };
  return writeWorkbook({ sheets: [sheet], shares: true });
}

describeWithShared("the real file in other clothes", [data], () => {
  let folder: string;
  let file: string;
  let warehouse: TestWarehouse;
  let asItIs: WarehouseContent;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "consumer360-clothes-"));
    file = await text(createReadStream(sharedFile(data)).pipe(createGunzip()).setEncoding("latin1"));
    warehouse = await makeTestWarehouse();
    await warehouse.load(sharedFile(data), { allow: [] });
    asItIs = await readContent(warehouse.owner);
  });
  afterAll(async () => {
    await warehouse?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function write(name: string, chunks: Iterable<Buffer>): Promise<string> {
    const path = join(folder, name);
    await pipeline(Readable.from(chunks), createWriteStream(path));
    return path;
  }

  async function expectSame(path: string): Promise<void> {
    const report = await warehouse.load(path, { allow: [], again: true });
    expect(report).toMatchObject({ status: "PUBLISHED", account: { read: 541_909, loaded: 541_909, rejected: 0 } });
    expect(await readContent(warehouse.owner)).toEqual(asItIs);
    await rm(path);
  }

  test.each(Object.entries(clothes))("%s", async (_, worn) => {
    await expectSame(await write("worn.csv", written(rowsOf(file), worn)));
  });

  test("XLSX", async () => {
    await expectSame(await write("worn.xlsx", [workbookOf(rowsOf(file))]));
  });

  /** Month by month, each with the invoices of so many days of the month before. */
  function* months(overlap: number): Generator<{ month: string; rows: Row[] }> {
    const byMonth = new Map<string, Row[]>();
    const lastDays = new Map<string, Row[]>();
    let header: Row | undefined;
    for (const row of rowsOf(file)) {
      if (header === undefined) {
        header = row;
        continue;
      }
      const { year, month, day } = partsOf(row[dateAt] as string);
      const put = (into: Map<string, Row[]>, key: string) => {
        const rows = into.get(key);
        if (rows) rows.push(row);
        else into.set(key, [row]);
      };
      put(byMonth, `${year}-${month}`);
      if (Number(day) > 31 - overlap)
        put(
          lastDays,
          month === "12" ? `${Number(year) + 1}-01` : `${year}-${String(Number(month) + 1).padStart(2, "0")}`,
        );
    }
    for (const [month, rows] of byMonth)
      yield { month, rows: [header as Row, ...(lastDays.get(month) ?? []), ...rows] };
  }

  /** The same order in every run. */
  function shuffled<T>(items: readonly T[]): T[] {
    let state = 20_111_209;
    const drawn = items.map((item) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return { item, at: state };
    });
    return drawn.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
  }

  test.each([
    ["months, one after the other", 0],
    ["months that overlap", 12],
  ])("%s, in an order of their own", async (_, overlap) => {
    const parts: { month: string; path: string }[] = [];
    for (const { month, rows } of months(overlap))
      parts.push({ month, path: await write(`${month}.csv`, written(rows, {})) });
    expect(parts).toHaveLength(13);

    const fresh = await makeTestWarehouse();
    try {
      const unproven = parts.find(({ month }) => month === "2011-12") as { path: string };
      if (overlap === 0)
        await expect(fresh.load(unproven.path, { append: true, allow: [] })).rejects.toMatchObject({
          code: "DATE_ORDER_UNKNOWN",
        });
      for (const { path } of shuffled(parts)) {
        const report = await fresh.load(path, { append: true, allow: [], reading: { dateOrder: "mdy" } });
        expect(report.status).toBe("PUBLISHED");
      }
      expect(await readContent(fresh.owner)).toEqual(asItIs);
      expect((await verifyRollups({ url: fresh.url })).isEqual).toBe(true);
    } finally {
      await fresh.close();
    }
  });

  test("months, all at once", async () => {
    const paths: string[] = [];
    for (const { month, rows } of months(12)) paths.push(await write(`${month}.csv`, written(rows, {})));
    const report = await warehouse.loadAll(paths, { allow: [], reading: { dateOrder: "mdy" } });
    expect(report.account).toMatchObject({ loaded: 541_909, rejected: 0, duplicate: 0 });
    expect(report.account.superseded).toBeGreaterThan(100_000);
    expect(await readContent(warehouse.owner)).toEqual(asItIs);
  });
});
