// Questions at the edges: each is answered rightly or refused by name, never an error of the database, never a condition dropped.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DimensionName, dimensionNames } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { MetricsRequest } from "../../src/query/request.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { evaluate } from "./evaluate.ts";
import { readShopLines, shopFile, shopScopes } from "./shopLines.ts";

let warehouse: TestWarehouse;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
});
afterAll(() => warehouse.close());

const by = (request: Partial<MetricsRequest>): MetricsRequest => ({
  kind: "metrics",
  measures: ["grossRevenue"],
  dimensions: ["country"],
  ...request,
});
const badInput = { code: "BAD_USER_INPUT" };
const forbidden = { code: "FORBIDDEN" };

describe("filters", () => {
  const months = ["2024-01", "2024-06", "2030-01"] as const;
  it.each([
    ["day", ["2024-01-02", "2024-08-07", "2030-01-01"]],
    ["week", ["2024-W01", "2024-W25", "2030-W01"]],
    ["month", months],
    ["quarter", ["2024-Q1", "2024-Q3", "2030-Q1"]],
    ["year", ["2023", "2024", "9999"]],
    ["weekday", ["1", "4", "7"]],
    ["hour", ["0", "9", "10", "23"]],
    ["cohortMonth", months],
  ] as const)("%s takes a list", async (name, list) => {
    for (const where of [{ [name]: { in: list } }, { [name]: { in: [] } }, { [name]: { in: list, lt: list[1] } }]) {
      const request = by({ where, measures: ["lines", "grossRevenue", "newCustomers"] });
      const wanted = evaluate(request, shopScopes.everything, readShopLines());
      expect((await warehouse.ask(request)).rows, JSON.stringify(where)).toEqual(wanted);
    }
  });

  it("an empty condition filters nothing", async () => {
    for (const name of ["customer", "country", "month", "customerType"] as const) {
      const answer = await warehouse.ask(by({ where: { [name]: {} }, dimensions: [], measures: ["lines"] }));
      expect(answer.rows, name).toEqual([{ lines: 199 }]);
    }
  });

  it("the last months of the calendar are months", async () => {
    const answer = await warehouse.ask(by({ where: { month: { eq: "9999-12" }, cohortMonth: { lt: "9999-12" } } }));
    expect(answer.rows).toEqual([]);
  });

  it("a range is not taken where there is no order", async () => {
    await expect(warehouse.ask(by({ where: { country: { gte: "A" } } }))).rejects.toMatchObject(badInput);
  });

  it("a value that is none of the dimension's is refused, and both are named", async () => {
    const wrong: Readonly<Partial<Record<DimensionName, readonly string[]>>> = {
      day: ["2023-02-29", "2024-1-2", "2024-02", "today"],
      week: ["2024-W53", "2024-W00", "2024-5", "2024-w05", "2024-02"],
      month: ["2011-13", "2011-1", "0000-01", "2011"],
      quarter: ["2011-Q5", "2011-Q0", "2011Q1", "2011-1"],
      year: ["0000", "11", "20111", "-2011"],
      weekday: ["0", "8", "Monday", "1.0", ""],
      hour: ["24", "-1", "noon", " 5"],
      cohortMonth: ["2011-00", "x"],
      segment: ["HIGH_VALUE"],
      lineType: ["SHOES"],
      customerType: ["guest"],
    };
    for (const [name, texts] of Object.entries(wrong))
      for (const text of texts) {
        const refused = { ...badInput, message: expect.stringContaining(JSON.stringify(text)) };
        const named = { message: expect.stringContaining(`\`${name}\``) };
        for (const condition of [{ eq: text }, { in: [text] }]) {
          const answer = warehouse.ask(by({ where: { [name]: condition } }));
          await expect(answer, `${name} ${text}`).rejects.toMatchObject(refused);
          await expect(answer, `${name} ${text}`).rejects.toMatchObject(named);
        }
      }
  });

  it("a range may stop before the number after the last, and begin with none but the others", async () => {
    const whole = await warehouse.ask(by({}));
    for (const [name, end] of [
      ["weekday", "8"],
      ["hour", "24"],
    ] as const) {
      expect((await warehouse.ask(by({ where: { [name]: { lt: end } } }))).rows).toEqual(whole.rows);
      await expect(warehouse.ask(by({ where: { [name]: { gte: end } } }))).rejects.toMatchObject(badInput);
      await expect(warehouse.ask(by({ where: { [name]: { lt: `${end}0` } } }))).rejects.toMatchObject(badInput);
    }
  });

  it("texts that no row can hold match none", async () => {
    for (const hostile of [
      "\0",
      "a\0b",
      "\ud800",
      "'; DROP TABLE fact_sales; --",
      "\\",
      "%",
      "*",
      "{France,Germany}",
    ]) {
      for (const where of [
        { country: { eq: hostile } },
        { product: { in: [hostile] } },
        { customer: { in: [hostile, hostile] } },
      ])
        expect((await warehouse.ask(by({ where }))).rows, JSON.stringify(where)).toEqual([]);
    }
  });
});

describe("totals", () => {
  it("there is one row without a dimension, and it is counted, even where nothing was sold", async () => {
    const nothing = { product: { eq: "no such product" } } as const;
    for (const measures of [["grossRevenue"], ["repeatCustomers"], ["averageOrderValue"], []] as MeasureName[][])
      for (const where of [{}, nothing]) {
        const answer = await warehouse.ask(by({ dimensions: [], measures, where, count: true }));
        expect(answer.rows.length, JSON.stringify({ measures, where })).toBe(1);
        expect(answer.totalCount, JSON.stringify({ measures, where })).toBe(1);
      }
  });

  it("a share is of everything asked, whatever `having` and the page leave", async () => {
    const whole = await warehouse.ask(by({ measures: ["revenueShare"] }));
    const part = await warehouse.ask(
      by({ measures: ["revenueShare"], having: [{ measure: "grossRevenue", gte: "300" }], page: { first: 2 } }),
    );
    const shares = new Map(whole.rows.map((row) => [row.country, row.revenueShare]));
    expect(part.rows.length).toBe(2);
    for (const row of part.rows) expect(row.revenueShare).toBe(shares.get(row.country));
  });
});

describe("having and order", () => {
  const ofCustomers = (measure: MeasureName) => (measureOf(measure).sensitivity === "personal" ? ["customer"] : []);

  it.each(measureNames.filter((name) => measureOf(name).format !== "text"))(
    "%s is compared and ordered by",
    async (measure) => {
      const bounds = measureOf(measure).format === "date" ? ["2024-03-01", "2024-08-06"] : ["1", "10.5"];
      const dimensions = ["country", ...ofCustomers(measure)] as DimensionName[];
      const requests = [
        ...(["ASC", "DESC"] as const).map((direction) => by({ orderBy: [{ member: measure, direction }] })),
        by({ having: [{ measure, gte: bounds[0] ?? "" }] }),
        by({ having: [{ measure, lt: bounds[1] ?? "" }], orderBy: [{ member: measure, direction: "DESC" }] }),
      ];
      for (const request of requests.map((part) => ({ ...part, dimensions }))) {
        const wanted = evaluate(request, shopScopes.everything, readShopLines());
        expect((await warehouse.ask(request)).rows, JSON.stringify(request)).toEqual(wanted);
      }
    },
  );

  it("lists and texts are not compared, lists not ordered by", async () => {
    const customers = (part: Partial<MetricsRequest>) => warehouse.ask(by({ dimensions: ["customer"], ...part }));
    for (const measure of ["countries", "latestCountry"] as const)
      await expect(customers({ having: [{ measure, gte: "1" }] })).rejects.toMatchObject(badInput);
    await expect(customers({ orderBy: [{ member: "countries", direction: "ASC" }] })).rejects.toMatchObject(badInput);
    const request = by({ dimensions: ["customer"], orderBy: [{ member: "latestCountry", direction: "DESC" }] });
    expect((await warehouse.ask(request)).rows).toEqual(evaluate(request, shopScopes.everything, readShopLines()));
  });

  it("a dimension that is not asked for cannot be ordered by", async () => {
    await expect(warehouse.ask(by({ orderBy: [{ member: "month", direction: "ASC" }] }))).rejects.toMatchObject(
      badInput,
    );
  });
});

const personal = measureNames.filter((name) => measureOf(name).sensitivity === "personal");
/** Asked for, compared, ordered by. */
const uses = (measure: MeasureName): Partial<MetricsRequest>[] => [
  { measures: [measure] },
  { having: [{ measure, gte: measureOf(measure).format === "date" ? "2024-01-01" : "1" }] },
  { orderBy: [{ member: measure, direction: "ASC" }] },
];

describe("cuts", () => {
  it("a figure of single customers is of no group of them, and says so", async () => {
    expect(personal).toContain("lastPurchaseAt");
    for (const measure of personal)
      for (const use of [...uses(measure), { totals: [measure] }]) {
        const answer = warehouse.ask(by({ dimensions: ["country", "cohortMonth"], ...use }));
        await expect(answer, JSON.stringify(use)).rejects.toMatchObject({
          ...badInput,
          message: expect.stringContaining(`\`${measure}\``),
        });
      }
    // Totals are of everything, whatever the rows are cut by.
    const total = by({ dimensions: ["customer"], measures: ["recencyDays"], totals: ["recencyDays"] });
    await expect(warehouse.ask(total)).rejects.toMatchObject(badInput);
  });

  it("no customer is new on a weekday or in an hour of the day, and it says so", async () => {
    for (const cut of ["weekday", "hour"] as const)
      for (const use of uses("newCustomers")) {
        const answer = warehouse.ask(by({ dimensions: ["month", cut], ...use }));
        await expect(answer, JSON.stringify(use)).rejects.toMatchObject({
          ...badInput,
          message: expect.stringMatching(new RegExp(`\`newCustomers\`.*\`${cut}\``)),
        });
        const filtered = by({ dimensions: ["month"], measures: ["newCustomers"], where: { [cut]: { gte: "3" } } });
        const wanted = evaluate(filtered, shopScopes.everything, readShopLines());
        expect((await warehouse.ask(filtered)).rows).toEqual(wanted);
      }
  });

  it("everything else can be cut by everything", async () => {
    const measures = measureNames.filter((name) => !personal.includes(name) && name !== "newCustomers");
    for (const dimension of dimensionNames)
      expect((await warehouse.ask(by({ measures, dimensions: [dimension] }))).rows.length).toBeGreaterThan(0);
  });
});

describe("spines and earlier rows", () => {
  const lastYear = [{ periods: 0, years: 1 }];

  it("need a calendar unit, and only one where it is the week", async () => {
    for (const dimensions of [[], ["country"], ["weekday", "hour"], ["cohortMonth"]] as DimensionName[][])
      for (const part of [{ spine: true }, { earlier: lastYear }])
        await expect(warehouse.ask(by({ dimensions, ...part })), String(dimensions)).rejects.toMatchObject(badInput);
    for (const coarser of ["month", "quarter", "year"] as const)
      for (const part of [{ spine: true }, { earlier: lastYear }])
        await expect(warehouse.ask(by({ dimensions: [coarser, "week"], ...part }))).rejects.toMatchObject(badInput);
  });

  it("need a range of periods: a list leaves gaps", async () => {
    for (const part of [{ spine: true }, { earlier: lastYear }])
      for (const where of [
        { month: { in: ["2024-01"] } },
        { year: { in: [] } },
        { day: { gte: "2024-01-01", in: [] } },
      ])
        await expect(warehouse.ask(by({ dimensions: ["month"], where, ...part }))).rejects.toMatchObject(badInput);
  });

  it("a spine has 10,000 periods at the most", async () => {
    const days = (lt: string) =>
      warehouse.ask(by({ dimensions: ["day"], spine: true, where: { day: { gte: "1990-01-01", lt } }, measures: [] }));
    expect((await days("2017-05-19")).rows.length).toBe(10_000);
    const months = (lt: string) =>
      warehouse.ask(by({ dimensions: ["month"], spine: true, where: { month: { gte: "1200-01", lt } }, measures: [] }));
    expect((await months("2033-05")).rows.length).toBe(10_000);
    for (const tooMany of [() => days("2017-05-20"), () => days("9999-12-31"), () => months("2033-06")])
      await expect(tooMany().then(() => "answered")).rejects.toMatchObject(badInput);
    const years = by({ dimensions: ["year"], spine: true, where: { year: { gte: "0001" } } });
    expect((await warehouse.ask(years)).rows.length).toBe(2024);
  });

  it("the ends of the calendar are no fault", async () => {
    for (const unit of ["day", "week", "month", "quarter", "year"] as const)
      for (const where of [{ year: { lt: "0003" } }, { year: { gte: "9998" } }, { day: { eq: "9999-12-31" } }])
        for (const part of [{ spine: true }, { earlier: [...lastYear, { periods: 3, years: 0 }] }]) {
          const answer = await warehouse
            .ask(by({ dimensions: [unit], where, ...part }))
            .catch((error: unknown) => error);
          if (answer instanceof Error) expect(answer, JSON.stringify({ unit, where })).toMatchObject(badInput);
          else expect(answer).toMatchObject({ hasNextPage: false });
        }
  });
});

describe("a role that may not see single customers", () => {
  const executive = { ...shopScopes.everything, customerLevel: false, fingerprint: "executive" };

  it("may not select, compare or order by what is about one customer", async () => {
    for (const measure of personal) {
      for (const use of [...uses(measure), { totals: [measure] }])
        await expect(warehouse.ask(by(use), executive), JSON.stringify(use)).rejects.toMatchObject(forbidden);
    }
  });

  it("may not cut, filter or order by customer, nor read lines or attributes", async () => {
    await expect(warehouse.ask(by({ dimensions: ["customer"] }), executive)).rejects.toMatchObject(forbidden);
    await expect(warehouse.ask(by({ where: { customer: { eq: "12001" } } }), executive)).rejects.toMatchObject(
      forbidden,
    );
    await expect(
      warehouse.ask(by({ orderBy: [{ member: "customer", direction: "ASC" }] }), executive),
    ).rejects.toMatchObject(forbidden);
    await expect(warehouse.ask({ kind: "lines", page: { first: 1 } }, executive)).rejects.toMatchObject(forbidden);
    await expect(
      warehouse.ask({ kind: "customerLines", ids: ["12001"], page: { first: 1 } }, executive),
    ).rejects.toMatchObject(forbidden);
    await expect(warehouse.ask({ kind: "customerAttributes", ids: ["12001"] }, executive)).rejects.toMatchObject(
      forbidden,
    );
  });
});

describe("what lies outside a scope", () => {
  it("is refused with the same words whether it exists or not", async () => {
    const words = async (request: MetricsRequest, scope = shopScopes.both) =>
      warehouse.ask(request, scope).then(
        () => "answered",
        (error: Error) => error.message,
      );
    const there = await words(by({ where: { country: { eq: "Spain" } } }));
    expect(there).not.toBe("answered");
    expect(await words(by({ where: { country: { eq: "Atlantis" } } }))).toBe(there);
    expect(await words(by({ where: { country: { in: ["France", "Spain"] } } }))).toBe(there);
    expect(await words(by({ where: { segment: { eq: "CHAMPIONS" } } }))).toBe(there);
    expect(await words(by({ where: { segment: { eq: "UNSCORED" } } }))).toBe(there);
    expect(await words(by({ where: { segment: { eq: "HIGH_VALUE" } } }))).toBe(there);
    expect(await words(by({ where: { segment: { eq: "NO_SUCH_KEY" } } }))).toBe(there);
  });

  it("an unrestricted role gets an empty answer for a country that does not exist", async () => {
    expect((await warehouse.ask(by({ where: { country: { eq: "Atlantis" } } }))).rows).toEqual([]);
  });
});
