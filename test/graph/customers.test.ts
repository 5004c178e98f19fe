// Customers over a few hand-counted lines: by id, in lists, of a segment, with their lines, and those to win back.
import { describe, expect, test } from "vitest";
import type { Scope } from "../../src/model/scope.ts";
import { belgium, useSmallGraph } from "./useSmallGraph.ts";

const { answer, dataOf } = useSmallGraph();

describe("customers", () => {
  test("by id: unknown is null, and so is one without a visible line; one without a SALE line is there", async () => {
    const fields =
      "id country countries orders netRevenue firstPurchaseDate lastPurchaseDate cohortMonth segmentKey rfm { code }";
    const query = `{ ada: customer(id: "ada") { ${fields} } cy: customer(id: "cy") { ${fields} } no: customer(id: "no") { ${fields} } nul: customer(id: "\\u0000") { id } }`;
    expect(await answer(query)).toMatchObject({
      statements: 2,
      codes: [],
      data: {
        ada: {
          id: "ada",
          country: "France",
          countries: ["Belgium", "France"],
          orders: 3,
          netRevenue: "23.125",
          firstPurchaseDate: "2011-01-05",
          lastPurchaseDate: "2011-04-02",
          cohortMonth: "2011-01",
        },
        cy: {
          id: "cy",
          country: null,
          orders: 0,
          netRevenue: "-5",
          cohortMonth: null,
          segmentKey: "UNSCORED",
          rfm: null,
        },
        no: null,
        nul: null,
      },
    });
    expect(
      await dataOf(
        '{ ada: customer(id: "ada") { orders countries cohortMonth } bo: customer(id: "bo") { id } }',
        belgium,
      ),
    ).toEqual({
      ada: { orders: 1, countries: ["Belgium"], cohortMonth: "2011-03" },
      bo: null,
    });
  });

  test("in a list: only those who bought, restricted figures, in the order asked for", async () => {
    expect(await dataOf("{ customers { totalCount nodes { id } } }")).toEqual({
      customers: { totalCount: 2, nodes: [{ id: "ada" }, { id: "bo" }] },
    });
    const restricted =
      '{ customers(where: { country: { eq: "France" }, lastPurchaseDate: { eq: "2011-04-02" }, grossRevenue: { gte: "18.125" } }, orderBy: [{ field: GROSS_REVENUE, direction: DESC }]) { nodes { id orders grossRevenue } } }';
    expect(await dataOf(restricted)).toEqual({
      customers: { nodes: [{ id: "ada", orders: 2, grossRevenue: "18.125" }] },
    });
    expect(await dataOf('{ customers(where: { cohortMonth: { in: ["2011-01"] } }) { totalCount } }')).toEqual({
      customers: { totalCount: 2 },
    });
    expect(
      await dataOf('{ customers(where: { cohortMonth: { in: ["2011-02", "2011-03"] } }) { totalCount } }'),
    ).toEqual({
      customers: { totalCount: 0 },
    });
    for (const list of ["customers", "churnRisk"])
      expect(
        await answer(`{ ${list}(where: { lastPurchaseDate: { in: ["2011-04-02"] } }) { totalCount } }`),
      ).toMatchObject({
        statements: 0,
        errors: [
          {
            code: "BAD_USER_INPUT",
            message:
              "`lastPurchaseDate` compares a figure of each customer and takes no list: use `eq`, `gte` and `lt`.",
          },
        ],
      });
    const nothingAsked = "{ customers(where: { country: {}, segment: null, orders: { gte: null } }) { totalCount } }";
    expect(await dataOf(nothingAsked)).toEqual({ customers: { totalCount: 2 } });
  });

  test("of a segment under the same `where` as the segment", async () => {
    const listed = async (where: string) => {
      const data = await dataOf(
        `{ segments(${where}) { key customers customersConnection { totalCount nodes { id grossRevenue } } } }`,
      );
      const segments = data?.segments as {
        customers: number;
        customersConnection: { totalCount: number; nodes: unknown[] };
      }[];
      for (const { customers, customersConnection } of segments) expect(customersConnection.totalCount).toBe(customers);
      return segments.flatMap(({ customersConnection }) => customersConnection.nodes);
    };
    expect(await listed("scheme: DETAILED")).toHaveLength(2);
    expect(await listed('where: { country: { eq: "Belgium" } }')).toEqual([{ id: "ada", grossRevenue: "10" }]);
    expect(await listed("where: { customerType: IDENTIFIED }")).toHaveLength(2);
    expect(await listed("where: { customerType: GUEST }")).toEqual([]);
    expect(await listed("where: { segment: { in: [] } }")).toEqual([]);
  });

  test("with their lines, latest first, whatever the list was restricted to", async () => {
    const query =
      '{ customers(where: { country: { eq: "Belgium" } }) { nodes { id sales(first: 2) { totalCount nodes { invoice orderDate } pageInfo { hasNextPage endCursor } } } } }';
    expect(await dataOf(query)).toMatchObject({
      customers: {
        nodes: [
          {
            id: "ada",
            sales: {
              totalCount: 5,
              nodes: [
                { invoice: "1007", orderDate: "2011-04-02" },
                { invoice: "C1004", orderDate: "2011-03-20" },
              ],
              pageInfo: { hasNextPage: true },
            },
          },
        ],
      },
    });
  });

  test("to win back: only keys that the scope holds, hidden ones refused by name", async () => {
    const crm: Scope = { ...belgium, role: "crm", countries: null, segments: ["CHURN_RISK"], fingerprint: "c" };
    const none: Scope = { ...crm, segments: ["CHAMPIONS"], fingerprint: "n" };
    expect((await answer("{ churnRisk { nodes { id segmentKey } } }", crm)).codes).toEqual([]);
    expect(await dataOf("{ churnRisk { totalCount nodes { id } } }", none)).toEqual({
      churnRisk: { totalCount: 0, nodes: [] },
    });
    const named = (key: string) => `{ churnRisk(where: { segment: { in: [${key}] } }) { totalCount } }`;
    expect((await answer(named("CHAMPIONS, CHURN_RISK"), crm)).codes).toEqual(["FORBIDDEN"]);
    expect((await answer(named("AT_RISK"), crm)).codes).toEqual(["FORBIDDEN"]);
    expect((await answer(named("CHAMPIONS"))).codes).toEqual([]);
  });
});
