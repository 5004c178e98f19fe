// Questions at the edges: each is answered rightly or refused by name, never an error of the database, never a condition dropped.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
  it.each(["month", "day", "cohortMonth"] as const)("%s takes a list", async (name) => {
    const list = name === "day" ? ["2024-01-02", "2024-08-07", "2030-01-01"] : ["2024-01", "2024-06", "2030-01"];
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
    await expect(warehouse.ask(by({ where: { month: { gte: "2011-13" } } }))).rejects.toMatchObject(badInput);
    await expect(warehouse.ask(by({ where: { day: { eq: "2023-02-29" } } }))).rejects.toMatchObject(badInput);
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
  /** Answered as an evaluation in memory answers it, or refused as bad input. */
  async function answersOrRefuses(request: MetricsRequest): Promise<void> {
    const answer = await warehouse.ask(request).catch((error: unknown) => error);
    if (answer instanceof Error) expect(answer, JSON.stringify(request)).toMatchObject(badInput);
    else
      expect(answer, JSON.stringify(request)).toMatchObject({
        rows: evaluate(request, shopScopes.everything, readShopLines()),
      });
  }

  it.each(measureNames.filter((name) => measureOf(name).format !== "text" && measureOf(name).format !== "date"))(
    "%s can be compared and ordered by, or says that it cannot",
    async (measure) => {
      for (const direction of ["ASC", "DESC"] as const)
        await answersOrRefuses(by({ orderBy: [{ member: measure, direction }] }));
      await answersOrRefuses(by({ having: [{ measure, gte: "1" }] }));
      await answersOrRefuses(
        by({ having: [{ measure, lt: "10.5" }], orderBy: [{ member: measure, direction: "DESC" }] }),
      );
    },
  );

  it("lists and texts are not compared, lists not ordered by", async () => {
    await expect(warehouse.ask(by({ having: [{ measure: "countries", eq: "1" }] }))).rejects.toMatchObject(badInput);
    await expect(warehouse.ask(by({ having: [{ measure: "latestCountry", gte: "1" }] }))).rejects.toMatchObject(
      badInput,
    );
    const order = by({ orderBy: [{ member: "countries", direction: "ASC" }], page: { first: 1 } });
    const first = await warehouse.ask(order).catch((error: unknown) => error);
    if (first instanceof Error) expect(first).toMatchObject(badInput);
    else await warehouse.ask({ ...order, page: { first: 1, after: (first as { cursors: string[] }).cursors[0] } });
  });

  it("a dimension that is not asked for cannot be ordered by", async () => {
    await expect(warehouse.ask(by({ orderBy: [{ member: "month", direction: "ASC" }] }))).rejects.toMatchObject(
      badInput,
    );
  });
});

describe("a role that may not see single customers", () => {
  const executive = { ...shopScopes.everything, customerLevel: false, fingerprint: "executive" };
  const personal = measureNames.filter((name) => measureOf(name).sensitivity === "customer");

  it("may not select, compare or order by what is about one customer", async () => {
    for (const measure of personal) {
      await expect(warehouse.ask(by({ measures: [measure] }), executive), measure).rejects.toMatchObject(forbidden);
      const bound = measureOf(measure).format === "date" ? "2024-01-01" : "1";
      // Some cannot be compared or ordered by at all, which may be said first.
      const code = expect.stringMatching(
        measureOf(measure).format === "text" ? /FORBIDDEN|BAD_USER_INPUT/ : "FORBIDDEN",
      );
      const having = by({ having: [{ measure, gte: bound }] });
      await expect(warehouse.ask(having, executive), `having ${measure}`).rejects.toMatchObject({ code });
      const order = by({ orderBy: [{ member: measure, direction: "ASC" }] });
      await expect(warehouse.ask(order, executive), `order by ${measure}`).rejects.toMatchObject({ code });
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
