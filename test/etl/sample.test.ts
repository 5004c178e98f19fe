// Holds the generated sample to its promises: the same bytes for the same options, exactly the lines asked for, and
// the shape of a real retailer, oddities included.
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { defaultSample, generateSample, type SampleOptions } from "../../etl/sample/generateSample.ts";
import type { Month } from "../../src/kernel/calendar.ts";

/** Pinned: a change of this hash is a change of the file that everybody gets to see first. */
const goldenHash = "2a3f6058eb6cc6e003a07883a6568e91e3eca151de13efcab25186f8596693d9";

type Row = {
  invoice: string;
  code: string;
  description: string;
  quantity: number;
  date: string;
  month: number;
  minute: number;
  hour: number;
  price: string;
  amount: number;
  customer: string;
  country: string;
};

function sampleText(options: Partial<SampleOptions> = {}): string {
  return Buffer.concat([...generateSample({ ...defaultSample, ...options })]).toString("utf8");
}

function hashOf(options: Partial<SampleOptions> = {}): string {
  const hash = createHash("sha256");
  for (const chunk of generateSample({ ...defaultSample, ...options })) hash.update(chunk);
  return hash.digest("hex");
}

/** The fields of one line of strict CSV: quoted where a comma or quote needs it, and nowhere else. */
function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let last = false; !last; ) {
    const match = field.exec(line);
    if (match === null) throw new Error(`Not strict CSV: ${line}`);
    const quoted = match[1];
    if (quoted !== undefined && !/[",]/.test(quoted)) throw new Error(`Quoted without need: ${line}`);
    fields.push(quoted?.replaceAll('""', '"') ?? match[2] ?? "");
    last = match[3] === "";
  }
  return fields;
}

function rowsOf(text: string): Row[] {
  const [header, ...lines] = text.split("\n");
  expect(header).toBe("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
  expect(lines.pop()).toBe("");
  return lines.map((line) => {
    const fields = fieldsOf(line);
    const date = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2})$/.exec(fields[4] ?? "");
    if (fields.length !== 8 || date === null) throw new Error(`Not a row: ${line}`);
    const [month, day, year, hour, minute] = date.slice(1).map(Number) as [number, number, number, number, number];
    const [invoice, code, description, quantity, , price, customer, country] = fields as [string, ...string[]];
    if (!/^[AC]?\d{6,7}$/.test(invoice) || !/^-?[1-9]\d*$/.test(quantity ?? "")) throw new Error(`Not a row: ${line}`);
    if (!/^(0|-?\d+\.\d{2,3})$/.test(price ?? "") || !/^(\d{5,7})?$/.test(customer ?? "x") || !code || !country) {
      throw new Error(`Not a row: ${line}`);
    }
    return {
      invoice,
      code,
      description: description ?? "",
      quantity: Number(quantity),
      date: fields[4] ?? "",
      month: year * 12 + month - 1,
      minute: Date.UTC(year, month - 1, day, hour, minute) / 60_000,
      hour,
      price: price ?? "",
      amount: Number(quantity) * Number(price),
      customer: customer ?? "",
      country,
    };
  });
}

function grouped<T>(rows: readonly Row[], keyOf: (row: Row) => string, memberOf: (row: Row) => T): Map<string, Set<T>> {
  const groups = new Map<string, Set<T>>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key) ?? new Set<T>();
    groups.set(key, group.add(memberOf(row)));
  }
  return groups;
}

function shareOf(rows: readonly Row[], test: (row: Row) => boolean): number {
  return rows.filter(test).length / rows.length;
}

const isGoods = (row: Row) => /^\d{5}[A-Z]?$/.test(row.code);
const isSale = (row: Row) => /^\d/.test(row.invoice) && row.amount > 0;

describe("the bytes", () => {
  test("are the same for the same options, and the pinned ones for the default", () => {
    expect(hashOf()).toBe(goldenHash);
    expect(hashOf()).toBe(goldenHash);
  });

  test("differ by seed", () => {
    expect(hashOf({ seed: 361 })).not.toBe(goldenHash);
  });

  test("come in chunks of 64 to 256 KiB", () => {
    const sizes = [...generateSample(defaultSample)].map((chunk) => chunk.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(64 * 1024);
  });

  test.each<Partial<SampleOptions>>([
    { lines: 0 },
    { lines: 1 },
    { lines: 2, months: 1 },
    { lines: 10 },
    { lines: 999, months: 3 },
    { lines: 1000 },
    { lines: 1000, months: 1, from: "2024-02" as Month },
    { lines: 5000, customers: 5000 },
    { lines: 30_000, customers: 3 },
    { lines: 123_457, months: 13, seed: 7 },
  ])("hold exactly the lines asked for: %j", (options) => {
    expect(rowsOf(sampleText(options))).toHaveLength(options.lines ?? 0);
  });

  test("are refused for options that mean nothing", () => {
    for (const options of [{ lines: -1 }, { lines: 1.5 }, { seed: -1 }, { months: 0 }, { customers: 0 }]) {
      expect(() => hashOf(options)).toThrow(RangeError);
    }
    expect(() => hashOf({ from: "2024-13" as Month })).toThrow(RangeError);
  });

  test("have the same customers however many lines they buy", () => {
    const customersIn = (lines: number) =>
      grouped(
        rowsOf(sampleText({ lines, customers: 1000 })),
        (row) => row.customer,
        () => 1,
      );
    const [few, many] = [customersIn(20_000), customersIn(200_000)];
    // Guests, a thousand who buy, and ten who only give back what they bought before.
    expect(few.size).toBe(1011);
    expect(new Set(few.keys())).toEqual(new Set(many.keys()));
  });
});

describe("the default sample", () => {
  let rows: Row[] = [];
  let sales: Row[] = [];
  let named: Row[] = [];
  beforeAll(() => {
    rows = rowsOf(sampleText());
    sales = rows.filter(isSale);
    named = sales.filter((row) => row.customer !== "");
  });

  test("is in order of time, with each invoice in one piece", () => {
    const closed = new Set<string>();
    rows.forEach((row, index) => {
      const before = rows[index - 1];
      if (before === undefined) return;
      expect(row.minute).toBeGreaterThanOrEqual(before.minute);
      if (row.invoice === before.invoice) {
        expect([row.date, row.customer, row.country]).toEqual([before.date, before.customer, before.country]);
      } else {
        closed.add(before.invoice);
        expect(closed.has(row.invoice)).toBe(false);
      }
    });
  });

  test("covers 24 months without a gap, the last one in part", () => {
    const months = [...new Set(rows.map((row) => row.month))];
    expect(months).toHaveLength(24);
    expect(months[0]).toBe(2023 * 12 + 10);
    expect(months[23]).toBe(2025 * 12 + 9);
    expect(rows.at(-1)?.date).toMatch(/^10\/20\/2025 /);
  });

  test("has seasons, working hours and growth", () => {
    const in2024 = (...months: number[]) =>
      shareOf(sales, (row) => months.some((month) => row.month === 2024 * 12 + month - 1)) / months.length;
    expect(in2024(10, 11)).toBeGreaterThan(1.6 * in2024(6, 7, 8));
    expect(rows.every((row) => row.hour >= 7 && row.hour <= 20)).toBe(true);
    const weekdays = new Set(rows.map((row) => new Date(row.minute * 60_000).getUTCDay()));
    expect([...weekdays].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    const revenue = (year: number) =>
      sales
        .filter((row) => row.month >= year * 12 && row.month < year * 12 + 9)
        .reduce((sum, row) => sum + row.amount, 0);
    expect(revenue(2025) / revenue(2024)).toBeGreaterThan(1.03);
    expect(revenue(2025) / revenue(2024)).toBeLessThan(1.4);
  });

  test("has customers who come once, stay, leave, and bring most of the revenue between a few of them", () => {
    const orders = grouped(
      named,
      (row) => row.customer,
      (row) => row.invoice,
    );
    expect(orders.size).toBe(800);
    const once = [...orders.values()].filter((each) => each.size === 1).length / orders.size;
    expect(once).toBeGreaterThan(0.25);
    expect(once).toBeLessThan(0.4);
    expect([...orders.values()].filter((each) => each.size >= 10).length).toBeGreaterThan(60);

    const revenue = new Map<string, number>();
    const lastSeen = new Map<string, number>();
    for (const row of named) {
      revenue.set(row.customer, (revenue.get(row.customer) ?? 0) + row.amount);
      lastSeen.set(row.customer, row.minute);
    }
    const sorted = [...revenue.values()].sort((a, b) => b - a);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(sorted.slice(0, 160)) / sum(sorted)).toBeGreaterThan(0.7);
    expect(sum(sorted.slice(0, 160)) / sum(sorted)).toBeLessThan(0.75);

    const end = rows.at(-1)?.minute ?? 0;
    const lapsed = [...lastSeen].filter(([customer, minute]) => {
      return end - minute > 180 * 1440 && (orders.get(customer)?.size ?? 0) > 2;
    });
    expect(lapsed.length / orders.size).toBeGreaterThan(0.1);
  });

  test("has a cohort in every month, and cohorts that differ", () => {
    const months = grouped(
      named,
      (row) => row.customer,
      (row) => row.month,
    );
    const cohorts = new Map<number, { customers: number; kept: number }>();
    for (const active of months.values()) {
      const first = Math.min(...active);
      const cohort = cohorts.get(first) ?? { customers: 0, kept: 0 };
      cohort.customers += 1;
      for (const period of [1, 2, 3]) if (active.has(first + period)) cohort.kept += 1 / 3;
      cohorts.set(first, cohort);
    }
    expect(cohorts.size).toBe(24);
    const retention = [...cohorts].sort(([a], [b]) => a - b).map(([, { customers, kept }]) => kept / customers);
    expect(Math.max(...retention)).toBeGreaterThan(0.3);
    expect(Math.min(...retention.slice(0, 21))).toBeLessThan(0.15);
  });

  test("has guests, returns, write-offs and adjustments in believable shares", () => {
    const guests = shareOf(rows, (row) => row.customer === "");
    expect(guests).toBeGreaterThan(0.15);
    expect(guests).toBeLessThan(0.25);

    const returns = rows.filter((row) => row.invoice.startsWith("C"));
    expect(returns.length / rows.length).toBeGreaterThan(0.015);
    expect(returns.length / rows.length).toBeLessThan(0.025);
    expect(returns.every((row) => row.quantity < 0)).toBe(true);
    expect(sales.every((row) => row.quantity > 0)).toBe(true);
    const soldFirst = new Map<string, number>();
    for (const row of sales) {
      const key = `${row.customer}|${row.code}`;
      if (!soldFirst.has(key)) soldFirst.set(key, row.minute);
    }
    const goods = returns.filter((row) => isGoods(row) && row.customer !== "");
    const buyers = new Set(named.map((row) => row.customer));
    expect(new Set(goods.map((row) => row.customer).filter((customer) => !buyers.has(customer))).size).toBe(8);
    expect(goods.length / returns.length).toBeGreaterThan(0.8);
    expect(
      shareOf(goods, (row) => (soldFirst.get(`${row.customer}|${row.code}`) ?? Infinity) < row.minute),
    ).toBeGreaterThan(0.95);

    const adjustments = rows.filter((row) => row.invoice.startsWith("A"));
    expect(adjustments.map((row) => row.code)).toEqual(["B", "B", "B"]);
    expect(adjustments.some((row) => row.amount < 0)).toBe(true);

    const free = rows.filter((row) => row.price === "0");
    const writeOffs = free.filter((row) => row.customer === "");
    expect(writeOffs.length / rows.length).toBeGreaterThan(0.003);
    expect(writeOffs.length / rows.length).toBeLessThan(0.008);
    const reasons = new Set(writeOffs.map((row) => row.description));
    for (const reason of ["damaged", "found", ""]) expect(reasons).toContain(reason);
    expect(free.length).toBeGreaterThan(writeOffs.length);
  });

  test("has many countries, a dominating home, small ones, and customers with two", () => {
    const customers = grouped(
      rows.filter((row) => row.customer !== ""),
      (row) => row.country,
      (row) => row.customer,
    );
    for (const country of ["France", "Germany", "EIRE", "Spain", "Netherlands", "Belgium"]) {
      expect(customers.get(country)?.size).toBeGreaterThan(3);
    }
    expect(customers.size).toBeGreaterThan(20);
    expect(shareOf(rows, (row) => row.country === "United Kingdom")).toBeGreaterThan(0.75);
    expect([...customers.values()].filter((each) => each.size <= 4).length).toBeGreaterThanOrEqual(5);
    const countries = [
      ...grouped(
        named,
        (row) => row.customer,
        (row) => row.country,
      ).values(),
    ];
    const two = countries.filter((each) => each.size === 2);
    expect(two.length).toBeGreaterThanOrEqual(8);
    expect(two.length).toBeLessThanOrEqual(12);
    expect(Math.max(...countries.map((each) => each.size))).toBe(2);
    expect(two.some((each) => !each.has("United Kingdom"))).toBe(true);
  });

  test("has a wide range of goods, the lines that are no goods, and the oddities of descriptions and prices", () => {
    const codes = grouped(
      rows,
      (row) => row.code,
      (row) => row.description,
    );
    const others = [...codes.keys()].filter((code) => !/^\d{5}[A-Z]?$/.test(code)).sort();
    const known = "AMAZONFEE B BANK_CHARGES C2 CRUK D DOT M PADS POST S gift_0001_20".split(" ");
    expect(others).toEqual(known.map((code) => code.replace("_CH", " CH")));
    expect(codes.size).toBeGreaterThan(1000);
    const goods = grouped(
      sales.filter(isGoods),
      (row) => row.code,
      (row) => row.description,
    );
    const renamed = [...goods.values()].filter((each) => each.size > 1);
    expect(renamed.length).toBeGreaterThan(20);
    expect(Math.max(...renamed.map((each) => each.size))).toBe(2);
    for (const oddity of [",", '"', "CAFÉ", "CRÈME", "£"]) {
      expect(rows.some((row) => row.description.includes(oddity))).toBe(true);
    }
    const thirds = shareOf(rows, (row) => /\.\d{3}$/.test(row.price));
    expect(thirds).toBeGreaterThan(0);
    expect(thirds).toBeLessThan(0.02);
  });

  test("lists a few lines twice inside one invoice", () => {
    const seen = new Set<string>();
    const twice = rows.filter((row) => {
      const key = JSON.stringify([row.invoice, row.code, row.description, row.quantity, row.price]);
      return seen.size === seen.add(key).size;
    });
    expect(twice.length / rows.length).toBeGreaterThan(0.0005);
    expect(twice.length / rows.length).toBeLessThan(0.01);
  });
});
