// Products from the outside: the figures of `metrics` under any scope, paged by key; and what is bought with each, for whoever sees
// everything, once it has been computed.
import { beforeAll, describe, expect, test } from "vitest";
import { followUp } from "../../etl/followUp/followUp.ts";
import type { Scope } from "../../src/model/scope.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf, warehouse } = useShopGraph();

type Product = { code: string; description: string; boughtWith: { code: string }[] | null } & Record<string, unknown>;
type List = { nodes: Product[]; totalCount: number; pageInfo: { endCursor: string; hasNextPage: boolean } };
const products = async (query: string, scope: Scope = roles.admin, variables = {}) =>
  (await dataOf(query, scope, variables)).products as List;

const figures = "grossRevenue netRevenue returnsValue returnRate orders customers units revenueShare";

describe.each(Object.entries(roles))("%s", (_, scope) => {
  test("finds the figures of `metrics`, of every product that was sold", async () => {
    const { metrics } = await dataOf(
      `{ metrics(having: [{ measure: ORDERS, gte: "1" }], orderBy: [{ member: GROSS_REVENUE, direction: DESC }, { member: PRODUCT }]) { nodes { product ${figures} } } }`,
      scope,
    );
    const { nodes, totalCount } = await products(
      `{ products(first: 1000) { totalCount nodes { code ${figures} } } }`,
      scope,
    );
    const rows = (metrics as { nodes: Record<string, unknown>[] }).nodes;
    expect(nodes).toEqual(rows.map(({ product, ...rest }) => ({ code: product, ...rest })));
    expect(totalCount).toBe(rows.length);
    expect(totalCount).toBeGreaterThan(3);
  });

  test.each(["CODE", "GROSS_REVENUE", "ORDERS", "CUSTOMERS", "UNITS", "RETURNS_VALUE", "NET_REVENUE"])(
    "pages by %s come to the whole list",
    async (field) => {
      const query = `query ($first: Int, $after: String) { products(first: $first, after: $after, orderBy: [{ field: ${field}, direction: DESC }]) { nodes { code } pageInfo { endCursor hasNextPage } } }`;
      const whole = await products(query, scope, { first: 1000 });
      const paged: Product[] = [];
      for (let after: string | undefined, more = true; more; ) {
        const page = await products(query, scope, { first: 4, after });
        paged.push(...page.nodes);
        after = page.pageInfo.endCursor;
        more = page.pageInfo.hasNextPage;
      }
      expect(paged).toEqual(whole.nodes);
    },
  );
});

test("`where` narrows the figures, and what lies outside of the scope is refused", async () => {
  const [one] = (
    await products('{ products(where: { country: { eq: "France" } }, first: 1) { nodes { code orders } } }')
  ).nodes;
  const { metrics } = await dataOf(
    `{ metrics(where: { country: { eq: "France" }, product: { eq: "${one?.code}" } }) { nodes { orders } } }`,
  );
  expect((metrics as { nodes: unknown[] }).nodes).toEqual([{ orders: one?.orders }]);
  const query = '{ products(where: { country: { eq: "Germany" } }) { totalCount } }';
  expect((await answer(query, roles.country_manager)).codes).toEqual(["FORBIDDEN"]);
});

const profile = (first: number) =>
  `{ products(first: ${first}) { nodes { code description category boughtWith(first: 5) { code description orders support confidence lift } } } }`;

describe("what is bought with a product", () => {
  test("is null until it has been computed", async () => {
    const { nodes } = await products(profile(3));
    expect(nodes.map(({ boughtWith }) => boughtWith)).toEqual([null, null, null]);
  });

  describe("once it has been computed", () => {
    beforeAll(async () => {
      // Five orders with the same two goods, the smallest number that counts.
      const rows = Array.from({ length: 5 }, (_, nth) =>
        ["TRAY", "JUG"].map((code) => `70000${nth},${code},A ${code},1,8/2${nth % 2}/2024 10:00,1.5,12009,France`),
      ).flat();
      await warehouse().loadText(
        `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${rows.join("\n")}\n`,
        { append: true, reading: { dateOrder: "mdy" } },
      );
      await followUp({ url: warehouse().url });
    });

    test("is there with its shares", async () => {
      const { nodes } = await products(profile(1000));
      const found = nodes.find(({ code }) => code === "TRAY");
      const { metrics } = await dataOf("{ metrics(where: { lineType: { eq: PRODUCT } }) { totals { orders } } }");
      const { orders } = (metrics as { totals: { orders: number } }).totals;
      expect(found).toMatchObject({
        description: "A TRAY",
        boughtWith: [
          { code: "JUG", description: "A JUG", orders: 5, support: 5 / orders, confidence: 1, lift: orders / 5 },
        ],
      });
      const postage = nodes.find(({ code }) => code === "POST");
      expect(postage?.boughtWith).toEqual([]);
    });

    test("costs as many statements for one product as for all", async () => {
      const [one, all] = [await answer(profile(1)), await answer(profile(1000))];
      expect([one.codes, all.codes]).toEqual([[], []]);
      // The list, what they are called, the pairs.
      expect([one.statements, all.statements]).toEqual([3, 3]);
    });

    test.each(["country_manager", "crm"] as const)("is refused to the %s, who sees a part", async (role) => {
      const { codes } = await answer("{ products(first: 1) { nodes { boughtWith { code } } } }", roles[role]);
      expect(codes).toEqual(["FORBIDDEN"]);
    });

    test("is there for the analyst and the executive, and not twice kept as an answer", async () => {
      for (const scope of [roles.analyst, roles.executive]) {
        const { nodes } = await products("{ products(first: 1000) { nodes { boughtWith { code } } } }", scope);
        expect(nodes.some(({ boughtWith }) => (boughtWith?.length ?? 0) > 0)).toBe(true);
      }
    });

    test("a number of them that is out of bounds is refused by name", async () => {
      const { errors } = await answer("{ products(first: 1) { nodes { boughtWith(first: 51) { code } } } }");
      expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", message: "`first` is 51; it must be from 1 to 50." }]);
    });

    test("the rows are held back by the second lock too", async () => {
      const { read } = warehouse();
      const [row] = (
        await warehouse().owner.query("SELECT snapshot_id, generation FROM snapshot ORDER BY 1 DESC LIMIT 1")
      ).rows;
      const snapshot = { snapshotId: row.snapshot_id, generation: row.generation };
      const pairs = async (scope: { countries: string[] | null; segments: string[] | null }) =>
        Number(
          (
            await read.read(
              { text: "SELECT count(*) AS pairs FROM product_pair", values: [] },
              { ...scope, operator: true },
              snapshot,
            )
          )[0]?.pairs,
        );
      expect(await pairs({ countries: null, segments: null })).toBeGreaterThan(0);
      expect(await pairs({ countries: ["France"], segments: null })).toBe(0);
      expect(await pairs({ countries: null, segments: ["CHAMPIONS"] })).toBe(0);
    });
  });
});
