// Cells are exact: over small random files, every figure of every set of countries and segments is the plain sum of the cells within it.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cellGrains, mostPlaces } from "../../src/model/rollups.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type CellLine, cellLines, countries, figuresOf, kindOf, periodOf, setsOf, toTestLines } from "./cellFiles.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

type Cell = Readonly<Record<string, unknown>>;

const load = (lines: readonly TestLine[]) => warehouse.loadText(testFile(lines));

/** Rows of the published snapshot as the tables hold them; times and days as text, numbers as numbers. */
async function rowsOf(table: "sales_cell" | "customer_cell" | "rfm_segments"): Promise<Cell[]> {
  const { rows } = await warehouse.owner.query(
    `SELECT to_jsonb(t) AS row FROM ${table} t JOIN published_snapshot USING (snapshot_id)`,
  );
  return rows.map(({ row }) => row);
}

describe("over random files", () => {
  const schemes = { classic: "segments", executive: "segments_executive", detailed: "segments_detailed" } as const;
  type Scheme = keyof typeof schemes;
  type Segments = Readonly<Record<Scheme, string>>;
  const guests: Segments = { classic: "GUEST", executive: "GUEST", detailed: "GUEST" };
  const typeOf = (line: CellLine) => (line.customer === "" ? "GUEST" : "IDENTIFIED");

  async function readSegments(): Promise<(line: CellLine) => Segments> {
    const scored = new Map((await rowsOf("rfm_segments")).map((row) => [row.customer_key, row as unknown as Segments]));
    return ({ customer }) => (customer === "" ? guests : (scored.get(customer) as Segments));
  }

  const periodsOf = (lines: readonly CellLine[]) =>
    cellGrains.flatMap((grain) =>
      [...new Set(lines.map((line) => periodOf(grain, line.at)))].map((period) => ({ grain, period })),
    );

  /** The largest number of places that an invoice has. */
  function placesOf(lines: readonly CellLine[], segmentsOf: (line: CellLine) => Segments): number {
    const places = new Map<string, Set<string>>();
    for (const line of lines.filter((each) => kindOf(each) === "SALE")) {
      const known = places.get(line.invoice) ?? new Set();
      places.set(line.invoice, known.add(JSON.stringify([line.country, segmentsOf(line), typeOf(line)])));
    }
    return Math.max(0, ...[...places.values()].map((set) => set.size));
  }

  test("cells of the business", async () => {
    let stored = 0;
    let ofSeveral = 0;
    await fc.assert(
      fc.asyncProperty(cellLines({ invoices: 14, lines: 8 }), async (lines) => {
        await load(toTestLines(lines));
        const cells = await rowsOf("sales_cell");
        const segmentsOf = await readSegments();
        const { rollups } = await readSnapshot(warehouse.read);
        const fits = placesOf(lines, segmentsOf) <= mostPlaces;
        expect(rollups).toEqual([...(fits ? ["sales_cell"] : []), "customer_cell", "sales_order"]);
        if (!fits) return expect(cells).toEqual([]);
        stored++;
        ofSeveral += cells.filter((cell) => (cell.countries as string[]).length > 1).length;

        for (const scheme of [...Object.keys(schemes), "type"] as (Scheme | "type")[]) {
          const keyOf = (line: CellLine) => (scheme === "type" ? typeOf(line) : segmentsOf(line)[scheme]);
          const column = scheme === "type" ? "customer_types" : schemes[scheme];
          for (const keys of setsOf([...new Set(lines.map(keyOf))]))
            for (const places of setsOf<string>(countries)) {
              const kept = lines.filter((line) => keys.includes(keyOf(line)) && places.includes(line.country));
              const inside = cells.filter((cell) => within(cell[column], keys) && within(cell.countries, places));
              const [wanted, found] = [kept, inside].map(() => [] as unknown[]) as [unknown[], unknown[]];
              for (const { grain, period } of periodsOf(lines)) {
                const { first_sale_at: _, last_sale_at: __, ...figures } = figuresOf(kept, grain, period);
                const here = inside.filter((cell) => cell.grain === grain && cell.period === period);
                wanted.push({ grain, period, ...figures });
                found.push({ grain, period, ...totals(here, Object.keys(figures)) });
              }
              expect(found, `${keys} in ${places}`).toEqual(wanted);
            }
        }
      }),
      { seed: 363, numRuns: 25 },
    );
    expect(stored).toBeGreaterThan(0);
    expect(ofSeveral).toBeGreaterThan(0);
  });

  test("cells of customers", async () => {
    let corrected = 0;
    await fc.assert(
      fc.asyncProperty(cellLines({ invoices: 14, lines: 8 }), async (lines) => {
        await load(toTestLines(lines));
        const cells = await rowsOf("customer_cell");
        const segmentsOf = await readSegments();
        corrected += cells.filter((cell) => (cell.countries as string[]).length > 1).length;
        for (const customer of new Set(lines.map((line) => line.customer))) {
          const own = lines.filter((line) => line.customer === customer);
          const ownCells = cells.filter((cell) => cell.customer_key === customer && cell.guest === (customer === ""));
          const segments = segmentsOf(own[0] as CellLine);
          for (const cell of ownCells)
            expect([cell.segment, cell.segment_executive, cell.segment_detailed]).toEqual(
              Object.values({ ...guests, ...pick(segments) }),
            );
          for (const places of setsOf<string>(countries)) {
            const kept = own.filter((line) => places.includes(line.country));
            const inside = ownCells.filter((cell) => within(cell.countries, places));
            for (const { grain, period } of periodsOf(lines)) {
              const {
                customers: _,
                new_customers: __,
                repeat_customers: ___,
                ...figures
              } = figuresOf(kept, grain, period);
              const here = inside.filter((cell) => cell.grain === grain && cell.period === period);
              const { first_sale_at, last_sale_at, ...sums } = figures;
              expect(
                { ...totals(here, Object.keys(sums)), ...extremes(here) },
                `${customer} in ${places}, ${grain} ${period}`,
              ).toEqual({ ...sums, first_sale_at, last_sale_at });
            }
          }
        }
      }),
      { seed: 363, numRuns: 25 },
    );
    expect(corrected).toBeGreaterThan(0);
  });

  const pick = ({ classic, executive, detailed }: Segments): Segments => ({ classic, executive, detailed });
});

describe("too many places", () => {
  /** One more than a set may have. */
  const names = Array.from({ length: mostPlaces + 1 }, (_, at) => `Country ${at}`);
  const counted = async (table: string) =>
    Number(
      (await warehouse.owner.query(`SELECT count(*) FROM ${table} JOIN published_snapshot USING (snapshot_id)`)).rows[0]
        .count,
    );
  const stored = async () => (await readSnapshot(warehouse.read)).rollups;
  const rest: TestLine[] = [
    { invoice: "9", customer: "C9" },
    { invoice: "10", customer: "" },
  ];

  test("a customer in as many countries as a set may have is stored, whole", async () => {
    const own = names.slice(0, mostPlaces).map((country): TestLine => ({ invoice: `1${country}`, country }));
    await load([...rest, ...own, ...own.map((line) => ({ ...line, invoice: "1" }))]);
    expect(await stored()).toEqual(["sales_cell", "customer_cell", "sales_order"]);
    const cells = (await rowsOf("customer_cell")).filter((cell) => cell.customer_key === "C1" && cell.grain === "ever");
    expect(totals(cells, ["orders", "lines"])).toEqual({ orders: mostPlaces + 1, lines: 2 * mostPlaces });
    const business = (await rowsOf("sales_cell")).filter((cell) => cell.grain === "ever");
    expect(totals(business, ["orders", "customers", "new_customers", "repeat_customers", "lines"])).toEqual({
      orders: mostPlaces + 3,
      customers: 2,
      new_customers: 2,
      repeat_customers: 1,
      lines: 2 * mostPlaces + 2,
    });
  });

  test("a customer in one more leaves the orders alone", async () => {
    await load([...rest, ...names.map((country): TestLine => ({ invoice: `1${country}`, country }))]);
    expect(await stored()).toEqual(["sales_order"]);
    expect([await counted("customer_cell"), await counted("sales_cell"), await counted("sales_order")]).toEqual([
      0, 0, 9,
    ]);
  });

  test("returns in one more do not matter", async () => {
    const own = names.map((country): TestLine => ({ invoice: country === names[0] ? "C1" : `1${country}`, country }));
    await load([...rest, ...own]);
    expect(await stored()).toEqual(["sales_cell", "customer_cell", "sales_order"]);
  });

  test("an invoice in one more leaves the customers", async () => {
    const lines = names.map((country, at): TestLine => ({ invoice: "1", country, customer: at < 3 ? "C1" : "C2" }));
    await load([...rest, ...lines]);
    expect(await stored()).toEqual(["customer_cell", "sales_order"]);
    expect(await counted("sales_cell")).toBe(0);
    const orders = (await rowsOf("customer_cell")).filter(
      (cell) => cell.grain === "ever" && cell.customer_key === "C2",
    );
    expect(totals(orders, ["orders"])).toEqual({ orders: 1 });
  });
});

test("cells go with their snapshot", async () => {
  const ids: number[] = [];
  for (const price of [1, 2, 3]) ids.push((await load([{ invoice: "1", price }])).snapshotId);
  for (const table of ["customer_cell", "sales_cell"]) {
    const { rows } = await warehouse.owner.query(`SELECT DISTINCT snapshot_id AS id FROM ${table} ORDER BY 1`);
    expect(rows.map(({ id }) => id)).toEqual(ids.slice(-2));
  }
});

const within = (set: unknown, values: readonly string[]) => (set as string[]).every((value) => values.includes(value));
const totals = (cells: readonly Cell[], columns: readonly string[]) =>
  Object.fromEntries(columns.map((column) => [column, cells.reduce((sum, cell) => sum + Number(cell[column]), 0)]));

function extremes(cells: readonly Cell[]) {
  const times = (column: string) =>
    cells.flatMap((cell) => (cell[column] === null ? [] : [String(cell[column])])).sort();
  const shown = (time: string | undefined) => time?.replace("T", " ") ?? null;
  return { first_sale_at: shown(times("first_sale_at")[0]), last_sale_at: shown(times("last_sale_at").at(-1)) };
}
