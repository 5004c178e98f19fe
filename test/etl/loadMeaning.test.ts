// What the lines of a file mean once they are loaded: their kind and type, their ids, the descriptions of products, RFM with few
// customers; and that a file's packing and encoding change none of it.
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { onlineRetail } from "../../etl/layouts/onlineRetail.ts";
import type { Line } from "../../src/query/answer.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type TestLine, testFile } from "./loadTestFile.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
});
afterAll(() => warehouse?.close());

const load = (lines: readonly TestLine[]) => warehouse.loadText(testFile(lines));
async function linesOf(lines: readonly TestLine[]): Promise<readonly Line[]> {
  await load(lines);
  const { rows } = await warehouse.ask({ kind: "lines", page: { first: 10_000 } });
  return rows;
}

describe("the kind of a line", () => {
  // In the order of the rules; the first that matches decides.
  const cases: readonly [rule: string, line: TestLine, kind: string][] = [
    ["invoice starts with A", { invoice: "A1", quantity: 1, price: 5 }, "ADJUSTMENT"],
    ["… whatever the price", { invoice: "A2", quantity: 1, price: 0 }, "ADJUSTMENT"],
    ["… whatever the quantity", { invoice: "A3", quantity: -1, price: 5 }, "ADJUSTMENT"],
    ["invoice starts with C", { invoice: "C1", quantity: -1, price: 5 }, "RETURN"],
    ["… before price = 0", { invoice: "C2", quantity: -1, price: 0 }, "RETURN"],
    ["… before price < 0", { invoice: "C3", quantity: 1, price: -5 }, "RETURN"],
    ["… whatever the quantity", { invoice: "C4", quantity: 1, price: 5 }, "RETURN"],
    ["price = 0", { invoice: "10", quantity: 1, price: "0.000" }, "WRITE_OFF"],
    ["… before quantity < 0", { invoice: "11", quantity: -1, price: 0 }, "WRITE_OFF"],
    ["price < 0", { invoice: "12", quantity: 1, price: "-0.001" }, "ADJUSTMENT"],
    ["… before quantity < 0", { invoice: "13", quantity: -1, price: -5 }, "ADJUSTMENT"],
    ["quantity < 0", { invoice: "14", quantity: -1, price: 5 }, "RETURN"],
    ["else", { invoice: "15", quantity: 1, price: 5 }, "SALE"],
    ["else, quantity 0", { invoice: "16", quantity: 0, price: 5 }, "SALE"],
    ["else: the marks are capital letters at the start", { invoice: "c1A", quantity: 1, price: 5 }, "SALE"],
  ];
  let kinds: ReadonlyMap<string, string>;
  beforeAll(async () => {
    kinds = new Map((await linesOf(cases.map(([, line]) => line))).map((line) => [line.invoice, line.kind]));
  });

  test.each(cases)("%s: %o is %s", (_, { invoice }, kind) => {
    expect(kinds.get(invoice)).toBe(kind);
  });
});

test("the type of a line says what was sold", async () => {
  const types: Readonly<Record<string, readonly string[]>> = {
    PRODUCT: ["85123A", "POSTER", "post", "d", "DCGS0076", "GIFT_0001_20", "b"],
    POSTAGE: ["POST", "DOT", "C2"],
    MANUAL: ["M", "m"],
    DISCOUNT: ["D"],
    SAMPLE: ["S"],
    FEE: ["BANK CHARGES", "AMAZONFEE", "CRUK"],
    GIFT_CARD: ["gift_0001_20", "gift_"],
    OTHER: ["PADS", "B"],
  };
  const wanted = Object.entries(types).flatMap(([type, products]) => products.map((product) => [product, type]));
  const lines = await linesOf(wanted.map(([product], index) => ({ invoice: `${index}`, product: String(product) })));
  expect(Object.fromEntries(lines.map((line) => [line.product, line.lineType]))).toEqual(Object.fromEntries(wanted));
});

test("marks are texts, whatever the database takes backslashes for", async () => {
  const { pathname } = new URL(warehouse.url);
  await warehouse.owner.query(`ALTER DATABASE ${pathname.slice(1)} SET standard_conforming_strings = off`);
  try {
    const marks = {
      adjustmentPrefixes: ["\\", "x') OR starts_with(invoice, '"],
      returnPrefixes: ["R\\'"],
      lineTypes: [],
    };
    const lines = [{ invoice: "A1" }, { invoice: "\\2" }, { invoice: "R\\'3", quantity: -1 }];
    const { amounts } = await warehouse.loadText(testFile(lines), { reading: { layout: { ...onlineRetail, marks } } });
    expect(amounts.map(({ kind, lines: count }) => [kind, count])).toEqual([
      ["ADJUSTMENT", 1],
      ["RETURN", 1],
      ["SALE", 1],
    ]);
  } finally {
    await warehouse.owner.query(`ALTER DATABASE ${pathname.slice(1)} RESET standard_conforming_strings`);
  }
});

describe("the description of a product", () => {
  async function descriptionOf(...descriptions: string[]): Promise<string | null | undefined> {
    const lines = await linesOf(descriptions.map((description) => ({ invoice: "1", description })));
    expect(new Set(lines.map((line) => line.description)).size).toBe(1);
    return lines[0]?.description;
  }

  test.each([
    ["is the most frequent one", ["Mug", "Cup", "Cup"], "Cup"],
    ["ties by text", ["b", "a", "B"], "B"],
    ["white space at its edges does not count", ["Mug  ", "  Mug", "Cup", "Cup", "Mug"], "Mug"],
    ["other white space at its edges does not count", ["Mug\u00a0", "Mug\t", "Cup", "Cup", "Mug"], "Mug"],
    ["white space inside does", ["Red  mug", "Red mug", "Red  mug"], "Red  mug"],
    ["a blank one is none, however frequent", ["", "  ", "", "Mug"], "Mug"],
    ["may hold quotes, commas and line breaks", ['7" plate,\nblue', '7" plate,\nblue'], '7" plate,\nblue'],
    ["null where there is none", ["", " "], null],
  ])("%s", async (_, descriptions, expected) => {
    expect(await descriptionOf(...descriptions)).toBe(expected);
  });
});

describe("the lines of an invoice", () => {
  const numbersOf = async () => {
    const { rows } = await warehouse.owner.query(
      `SELECT invoice, customer_key, country, array_agg(line_no ORDER BY line_no) AS numbers,
         array_agg(product ORDER BY line_no) AS products
       FROM fact_sales WHERE generation = (SELECT generation FROM snapshot JOIN published_snapshot USING (snapshot_id))
       GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    );
    return rows;
  };

  test("are all kept where the file scatters them, each with its own number, in file order", async () => {
    const first = (product: string) => ({ invoice: "1", product });
    const second = (product: string) => ({ invoice: "2", product });
    const guest = (product: string) => ({ invoice: "1", product, customer: "" });
    const order = ["a", "b", "c", "d", "e", "f"] as const;
    const [a, b, c, d, e, f] = order;
    const lines = [
      first(a),
      first(b),
      second(a),
      guest(a),
      first(c),
      second(b),
      guest(b),
      first(d),
      first(e),
      first(f),
    ];
    const { account } = await load(lines);
    expect(account).toMatchObject({ read: 10, loaded: 10 });
    expect(await numbersOf()).toEqual([
      { invoice: "1", customer_key: "1", country: "France", numbers: [1, 2], products: [a, b] },
      { invoice: "1", customer_key: "C1", country: "France", numbers: [1, 2, 3, 4, 5, 6], products: order },
      { invoice: "2", customer_key: "C1", country: "France", numbers: [1, 2], products: [a, b] },
    ]);
  });

  test("that are exactly alike stay as often as the file has them", async () => {
    const twice = { invoice: "1", quantity: 2, price: 3 };
    const lines = await linesOf([twice, { invoice: "2" }, twice, twice]);
    expect(lines.filter((line) => line.invoice === "1").map((line) => line.amount)).toEqual(["6", "6", "6"]);
    expect(new Set(lines.map((line) => line.id)).size).toBe(4);
  });

  test("keep their ids when lines of other customers and countries come between them", async () => {
    const own: TestLine[] = [
      { invoice: "1", product: "a" },
      { invoice: "1", product: "b" },
      { invoice: "1", product: "b" },
      { invoice: "2", product: "c", customer: "" },
      { invoice: "2", product: "d", customer: "" },
    ];
    const others = own.flatMap((line): TestLine[] => [
      { ...line, country: "Spain" },
      { ...line, customer: "C2" },
      line,
      { ...line, customer: line.customer === "" ? "C3" : "" },
      { ...line, customer: "2" },
    ]);
    const alone = await linesOf(own);
    const among = await linesOf(others);
    for (const lines of [alone, among]) expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
    expect([alone.length, among.length]).toEqual([5, 25]);
    const same = among.filter(
      (line) => line.country === "France" && line.customerId === (line.invoice === "1" ? "C1" : null),
    );
    expect(same).toEqual(alone);
  });
});

describe("RFM", () => {
  const customer = (id: number, orders: number, price: string): TestLine[] =>
    Array.from({ length: orders }, (_, order) => ({
      invoice: `${id}-${order}`,
      customer: `C${id}`,
      price,
      at: `2024-01-0${id} 0${order}:00`,
    }));

  async function scoresOf(lines: readonly TestLine[]) {
    await load(lines);
    const ids = [...new Set(lines.map((line) => line.customer ?? "C1"))].sort();
    const customers = await warehouse.ask({ kind: "customerAttributes", ids });
    const { recencyCuts, frequencyCuts, monetaryCuts } = await readSnapshot(warehouse.read);
    const codes = customers.map((found) =>
      found?.scores ? `${found.scores.recency}${found.scores.frequency}${found.scores.monetary}` : null,
    );
    return {
      codes,
      segments: customers.map((found) => found?.segments.CLASSIC),
      recencyCuts,
      frequencyCuts,
      monetaryCuts,
    };
  }

  test("of one customer: no cut-point lies below anything", async () => {
    expect(await scoresOf(customer(1, 2, "5"))).toEqual({
      codes: ["111"],
      segments: ["CHURN_RISK"],
      recencyCuts: ["2024-01-01", "2024-01-01", "2024-01-01", "2024-01-01"],
      frequencyCuts: [2, 2, 2, 2],
      monetaryCuts: ["10", "10", "10", "10"],
    });
  });

  test("of two customers", async () => {
    expect(await scoresOf([...customer(1, 1, "5"), ...customer(2, 2, "5")])).toEqual({
      codes: ["111", "333"],
      segments: ["CHURN_RISK", "LOYAL_CUSTOMERS"],
      recencyCuts: ["2024-01-01", "2024-01-01", "2024-01-02", "2024-01-02"],
      frequencyCuts: [1, 1, 2, 2],
      monetaryCuts: ["5", "5", "10", "10"],
    });
  });

  test("of four customers", async () => {
    const lines = [customer(1, 1, "9.5"), customer(2, 2, "3"), customer(3, 3, "1"), customer(4, 4, "0.5")].flat();
    expect(await scoresOf(lines)).toEqual({
      codes: ["114", "223", "332", "441"],
      segments: ["CHURN_RISK", "CHURN_RISK", "LOYAL_CUSTOMERS", "LOYAL_CUSTOMERS"],
      recencyCuts: ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"],
      frequencyCuts: [1, 2, 3, 4],
      monetaryCuts: ["2", "3", "6", "9.5"],
    });
  });

  test("of customers who are all equal: equal values get equal scores", async () => {
    const lines = Array.from({ length: 7 }, (_, id) => ({ invoice: `${id}`, customer: `C${id}` }));
    const { codes, frequencyCuts } = await scoresOf(lines);
    expect(codes).toEqual(Array(7).fill("111"));
    expect(frequencyCuts).toEqual([1, 1, 1, 1]);
  });

  test("cut-points are exact, however long the amounts are", async () => {
    const prices = ["123456789012345.0000000001", "123456789012345.0000000002"];
    const lines = prices.map((price, id) => ({ invoice: `${id}`, customer: `C${id}`, price }));
    const { codes, monetaryCuts } = await scoresOf(lines);
    expect(codes).toEqual(["111", "113"]);
    expect(monetaryCuts).toEqual([prices[0], prices[0], prices[1], prices[1]]);
  });

  test("without any sale there are no cut-points, and every customer is UNSCORED", async () => {
    const lines = [
      { invoice: "C1", quantity: -1 },
      { invoice: "2", price: 0, customer: "C2" },
      { invoice: "C3", quantity: -2, customer: "" },
    ];
    expect(await scoresOf(lines)).toEqual({
      codes: [null, null, null],
      segments: [undefined, "UNSCORED", "UNSCORED"],
      recencyCuts: [],
      frequencyCuts: [],
      monetaryCuts: [],
    });
    const measures = ["customers", "returnsValue", "grossRevenue"] as const;
    for (const dimension of ["segment", "segmentExecutive", "segmentDetailed"] as const) {
      const { rows } = await warehouse.ask({ kind: "metrics", measures, dimensions: [dimension] });
      expect(rows).toEqual([
        { [dimension]: "GUEST", customers: 0, returnsValue: "2", grossRevenue: "0" },
        { [dimension]: "UNSCORED", customers: 0, returnsValue: "1", grossRevenue: "0" },
      ]);
    }
  });
});

test("packing and encoding change nothing", async () => {
  const text = testFile([
    { invoice: "1", description: "Café £5 – “blue”", country: "Curaçao", customer: "Ärmel" },
    {
      invoice: "1",
      description: "Café £5 – “blue”",
      product: "ÉTUI",
      country: "Curaçao",
      customer: "Ärmel",
      price: "1.5",
    },
    { invoice: "2", product: "CUP", country: "Österreich", customer: "" },
  ]);
  const latin1 = Buffer.from(
    [...text].map((letter) => ({ "–": 0x96, "“": 0x93, "”": 0x94 })[letter] ?? letter.charCodeAt(0)),
  );
  const files = {
    plain: Buffer.from(text, "utf8"),
    marked: Buffer.from(`\ufeff${text}`, "utf8"),
    latin1,
    returns: Buffer.from(text.replaceAll("\n", "\r\n"), "utf8"),
    packed: gzipSync(text),
    packedLatin1: gzipSync(latin1),
  };
  const seen: Record<string, unknown> = {};
  for (const [name, content] of Object.entries(files)) {
    const { status, account, amounts } = await warehouse.loadText(content);
    const { rows } = await warehouse.ask({ kind: "lines", page: { first: 10 } });
    const { asOf, monetaryCuts } = await readSnapshot(warehouse.read);
    seen[name] = { status, read: account.read, loaded: account.loaded, amounts, rows, asOf, monetaryCuts };
  }
  expect(seen.plain).toMatchObject({
    status: "PUBLISHED",
    loaded: 3,
    rows: [
      { customerId: null, country: "Österreich", description: "Mug" },
      { customerId: "Ärmel", country: "Curaçao", description: "Café £5 – “blue”", product: "MUG" },
      { customerId: "Ärmel", product: "ÉTUI", amount: "1.5" },
    ],
  });
  for (const name of Object.keys(files)) expect({ [name]: seen[name] }).toEqual({ [name]: seen.plain });
});
