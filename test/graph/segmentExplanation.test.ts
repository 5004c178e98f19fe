// Why a customer is in a segment, from the outside: checked by ordering what is said to be missing, in a load that keeps the cut-points;
// withheld where the visible lines are not what the scores come from; the same for whoever sees the same lines.
import { describe, expect, test } from "vitest";
import { addDays, type IsoDate } from "../../src/kernel/calendar.ts";
import { divideDecimals, subtractDecimals, sumDecimals, toDecimal } from "../../src/kernel/decimal.ts";
import { schemeNames } from "../../src/model/segmentSchemes.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf, warehouse } = useShopGraph();

type Step = { key: string; missing: { orders: number; amount: string; days: number }; sentence: string };
type Explanation = {
  key: string;
  rule: string;
  values: { lastOrderDate: string; recencyDays: number; orders: number; amount: string };
  scores: { code: string };
  cutPoints: unknown;
  better: Step | null;
  worse: { key: string; losing: Record<string, unknown> } | null;
};
type Node = Record<"id" | "segmentKey", string> & {
  rfm: { code: string } | null;
  orders: number;
  grossRevenue: string;
} & Record<(typeof schemeNames)[number], Explanation | null>;

const explanation =
  "key rule values { lastOrderDate recencyDays orders amount } scores { code } cutPoints { recency frequency monetary } better { key rule sentence missing { orders amount days } } worse { key losing { days orders amount } }";
const everyScheme = schemeNames
  .map((scheme) => `${scheme}: segmentExplanation(scheme: ${scheme}) { ${explanation} }`)
  .join(" ");
const listed = `{ customers(first: 1000) { nodes { id segmentKey rfm { code } orders grossRevenue ${everyScheme} } } }`;
const nodesOf = async (scope: Parameters<typeof dataOf>[1]) =>
  ((await dataOf(listed, scope)).customers as { nodes: Node[] }).nodes;

test("every customer is explained to whoever sees all of it, as the profile and the data set say", async () => {
  const nodes = await nodesOf(roles.admin);
  const { dataset } = await dataOf("{ dataset { asOf rfmCutPoints { recency frequency monetary } } }");
  expect(nodes.length).toBeGreaterThan(15);
  for (const node of nodes) {
    expect(node.CLASSIC).toMatchObject({
      key: node.segmentKey,
      scores: { code: node.rfm?.code },
      values: { orders: node.orders, amount: node.grossRevenue },
      cutPoints: (dataset as { rfmCutPoints: unknown }).rfmCutPoints,
    });
    expect(node.DETAILED?.values).toEqual(node.CLASSIC?.values);
  }
});

test("costs as many statements for one customer as for all", async () => {
  const of = (first: number) => `{ customers(first: ${first}) { nodes { id ${everyScheme} } } }`;
  const [one, all] = [await answer(of(1)), await answer(of(1000))];
  expect([one.codes, all.codes]).toEqual([[], []]);
  // The list, the values, the published scores.
  expect([one.statements, all.statements]).toEqual([3, 3]);
});

test("a customer with lines that the viewer does not see is not explained where these decide; others are, alike", async () => {
  const everything = new Map((await nodesOf(roles.admin)).map((node) => [node.id, node]));
  const seen = await nodesOf(roles.country_manager);
  const hidden = seen.filter((node) => node.orders !== everything.get(node.id)?.orders);
  expect(hidden.length).toBeGreaterThan(0);
  for (const node of seen) {
    const whole = everything.get(node.id);
    const isWhole = node.orders === whole?.orders && node.grossRevenue === whole?.grossRevenue;
    if (isWhole) expect(node.CLASSIC).toEqual(whole.CLASSIC);
    // never a hidden line's value
    else if (node.CLASSIC)
      expect(node.CLASSIC.values).toMatchObject({ orders: node.orders, amount: node.grossRevenue });
  }
  expect(seen.some((node) => node.CLASSIC === null)).toBe(true);
});

test("a customer without a SALE line has nothing to explain", async () => {
  const [row] = (
    await warehouse().owner.query("SELECT customer_key FROM rfm_segments WHERE classic = 'UNSCORED' ORDER BY 1 LIMIT 1")
  ).rows;
  const { customer } = await dataOf(
    `query ($id: ID!) { customer(id: $id) { segmentKey segmentExplanation { key } } }`,
    roles.admin,
    { id: row.customer_key },
  );
  expect(customer).toEqual({ segmentKey: "UNSCORED", segmentExplanation: null });
});

describe("what is missing", () => {
  test("is ordered, in a load that keeps the cut-points, and the customer is in the better segment", async () => {
    const { dataset } = await dataOf("{ dataset { asOf snapshot } }");
    const { asOf, snapshot } = dataset as { asOf: IsoDate; snapshot: string };
    const nodes = await nodesOf(roles.admin);
    for (const scheme of schemeNames) {
      const steps = nodes.flatMap((node) => {
        const better = node[scheme]?.better;
        return better ? [{ id: node.id, better }] : [];
      });
      expect(steps.length).toBeGreaterThan(8);
      await warehouse().loadText(ordersOf(steps, asOf), {
        append: true,
        freezeCutPoints: true,
        reading: { dateOrder: "mdy" },
        snapshotsKept: 9,
      });
      const after = await dataOf(
        `{ dataset { asOf cutPointsOf } customers(first: 1000) { nodes { id segmentKey(scheme: ${scheme}) } } }`,
      );
      expect(after.dataset).toEqual({ asOf: addDays(asOf, 1), cutPointsOf: snapshot });
      const found = new Map((after.customers as { nodes: Node[] }).nodes.map((node) => [node.id, node.segmentKey]));
      expect(steps.map(({ id }) => [id, found.get(id)])).toEqual(steps.map(({ id, better }) => [id, better.key]));
      // back to where it was for the next scheme
      const { rollBack } = await import("../../etl/rollBack.ts");
      await rollBack({ url: warehouse().url, to: Number(snapshot) });
    }
  });
});

/** So many orders on the day of asOf, that come to so much together. */
function ordersOf(steps: readonly { id: string; better: Step }[], asOf: IsoDate): string {
  const [year, month, day] = asOf.split("-").map(Number);
  const rows = steps.flatMap(({ id, better: { missing } }) => {
    const least = toDecimal("0.01");
    const rest = subtractDecimals(
      toDecimal(missing.amount),
      divideDecimals(toDecimal(missing.orders - 1), toDecimal(100), 2) ?? least,
    );
    return Array.from({ length: missing.orders }, (_, nth) => {
      const price = nth === 0 ? rest : least;
      return `9${id}${nth},CUP,CUP,1,${month}/${day}/${year} 10:00,${sumDecimals([price])},${id},France`;
    });
  });
  return `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${rows.join("\n")}\n`;
}
