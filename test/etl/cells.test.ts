// Cells are exact: over small random files, every figure of every set of countries and segments is the plain sum of the cells within it.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoadReport } from "../../etl/loadReport.ts";
import { cellGrains, mostPlaces, mostSetWork } from "../../src/model/rollups.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type CellLine, cellLines, countries, figuresOf, periodOf, setsOf, toTestLines } from "./cellFiles.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

const notFilledIn = (warnings: LoadReport["warnings"]) => warnings.filter(({ code }) => code === "ROLLUP_NOT_FILLED");

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

type Cell = Readonly<Record<string, unknown>>;

const load = (lines: readonly TestLine[]) => warehouse.loadText(testFile(lines));

/** Which of the rollups that these tests are about hold the published snapshot, smallest first. */
async function stored(): Promise<string[]> {
  const { rollups } = await readSnapshot(warehouse.read);
  return rollups.filter((name) => ["sales_cell", "customer_cell", "sales_order"].includes(name));
}

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

  test("cells of the business", async () => {
    let ofSeveral = 0;
    await fc.assert(
      fc.asyncProperty(cellLines({ invoices: 14, lines: 8 }), async (lines) => {
        await load(toTestLines(lines));
        const cells = await rowsOf("sales_cell");
        const segmentsOf = await readSegments();
        expect(await stored()).toEqual(["sales_cell", "customer_cell", "sales_order"]);
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
  const notFilled = (rollup: string, count: number, cause: string) => ({
    code: "ROLLUP_NOT_FILLED",
    count,
    message: `${rollup} was left empty: ${cause}. What it would answer is answered from the next table: slower, the same figures.`,
  });
  const recorded = async (loadRunId: number) =>
    (await warehouse.owner.query("SELECT warnings FROM load_run WHERE load_run_id = $1", [loadRunId])).rows[0].warnings;
  const rest: TestLine[] = [
    { invoice: "9", customer: "C9" },
    { invoice: "10", customer: "" },
  ];

  test("a customer in as many countries as a set may have is stored, whole", async () => {
    const own = names.slice(0, mostPlaces).map((country): TestLine => ({ invoice: `1${country}`, country }));
    const { warnings } = await load([...rest, ...own, ...own.map((line) => ({ ...line, invoice: "1" }))]);
    expect(notFilledIn(warnings)).toEqual([]);
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
    const report = await load([...rest, ...names.map((country): TestLine => ({ invoice: `1${country}`, country }))]);
    expect(await stored()).toEqual(["sales_order"]);
    const cause = `customers in more than ${mostPlaces} countries, up to ${mostPlaces + 1}`;
    expect(notFilledIn(report.warnings)).toEqual([
      notFilled("customer_cell", 1, cause),
      notFilled("sales_cell", 1, cause),
    ]);
    expect(await recorded(report.loadRunId)).toEqual(report.warnings);
    expect([await counted("customer_cell"), await counted("sales_cell"), await counted("sales_order")]).toEqual([
      0,
      0,
      rest.length + names.length,
    ]);
  });

  test("returns in one more do not matter", async () => {
    const own = names.map((country): TestLine => ({ invoice: country === names[0] ? "C1" : `1${country}`, country }));
    await load([...rest, ...own]);
    expect(await stored()).toEqual(["sales_cell", "customer_cell", "sales_order"]);
  });

  test("an invoice in one more leaves the customers", async () => {
    const lines = names.map((country, at): TestLine => ({ invoice: "1", country, customer: at < 3 ? "C1" : "C2" }));
    const { warnings } = await load([...rest, ...lines]);
    expect(await stored()).toEqual(["customer_cell", "sales_order"]);
    const places = "places (country, segments, customer type)";
    expect(notFilledIn(warnings)).toEqual([
      notFilled("sales_cell", 1, `invoices in more than ${mostPlaces} ${places}, up to ${mostPlaces + 1}`),
    ]);
    expect(await counted("sales_cell")).toBe(0);
    const orders = (await rowsOf("customer_cell")).filter(
      (cell) => cell.grain === "ever" && cell.customer_key === "C2",
    );
    expect(totals(orders, ["orders"])).toEqual({ orders: 1 });
  });
});

describe("too much work", () => {
  const grains = cellGrains.length;
  /** Orders of one customer in one month and several countries, one country each. */
  const ordersIn = (customer: string, countries: number, orders: number) =>
    Array.from(
      { length: orders },
      (_, at): TestLine => ({ invoice: `${at}${customer}`, customer, country: `Country ${at % countries}` }),
    );
  const workOf = (places: number, orders: number) => grains * (orders * 2 ** (places - 1) + 3 ** places);

  test("for customers leaves the orders alone, and says what it would have taken", async () => {
    const orders = Math.ceil(mostSetWork / (grains * 2 ** 8));
    expect(workOf(9, orders)).toBeGreaterThan(mostSetWork);
    const { warnings } = await load([...ordersIn("A", 9, orders), { invoice: "1", customer: "B" }]);
    expect(await stored()).toEqual(["sales_order"]);
    expect(notFilledIn(warnings).map(({ code, count }) => [code, count])).toEqual([
      ["ROLLUP_NOT_FILLED", 1],
      ["ROLLUP_NOT_FILLED", 1],
    ]);
    const steps = [workOf(9, orders), mostSetWork].map((count) => count.toLocaleString("en-GB"));
    expect(notFilledIn(warnings)[0]?.message).toContain(
      `customer_cell was left empty: customers in several countries would take ${steps[0]} steps, and ${steps[1]} are allowed.`,
    );
  });

  test("is added up over customers; orders in one country cost nothing", async () => {
    const orders = Math.ceil(mostSetWork / 8 / (grains * 2 ** 8));
    const customers = ["A", "B", "C", "D", "E", "F", "G", "H"];
    const ofAll = (places: (customer: string) => number) =>
      customers.flatMap((customer) => ordersIn(customer, places(customer), orders));
    await load(ofAll((customer) => (customer === "A" ? 9 : 1)));
    expect(await stored()).toEqual(["sales_cell", "customer_cell", "sales_order"]);
    await load(ofAll(() => 9));
    expect(await stored()).toEqual(["sales_order"]);
  });

  test("for invoices leaves the customers", async () => {
    const each = workOf(mostPlaces, mostPlaces);
    const lines = Array.from({ length: Math.ceil(mostSetWork / each) }, (_, invoice) =>
      Array.from(
        { length: mostPlaces },
        (_, at): TestLine => ({ invoice: `${invoice}`, customer: `C${at}`, country: `Country ${at}` }),
      ),
    );
    const { warnings } = await load(lines.flat());
    expect(await stored()).toEqual(["customer_cell", "sales_order"]);
    expect(notFilledIn(warnings)).toMatchObject([{ code: "ROLLUP_NOT_FILLED", count: lines.length }]);
    expect(notFilledIn(warnings)[0]?.message).toMatch(/^sales_cell was left empty: invoices in several places/);
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
