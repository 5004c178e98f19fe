// What models say under a scope of countries: of a customer whose lines are all visible it is the same whatever becomes of other customers'
// lines, as long as the models stay; of a customer whose lines are partly hidden there is nothing, in no list, count or page.
import { afterAll, beforeAll, expect, it } from "vitest";
import { leastCustomers } from "../../src/model/insightRules.ts";
import type { Scope } from "../../src/model/scope.ts";
import { createRandom } from "../intelligence/createRandom.ts";
import { adminScope } from "../support/testWarehouse.ts";
import { makeTwins, type Twins } from "./nonInterferenceTwins.ts";

const manager: Scope = Object.freeze({
  ...adminScope,
  operator: false,
  role: "manager",
  fingerprint: "manager",
  countries: ["France", "Germany"],
});

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
type Line = Readonly<{ customer: string; country: string; day: number; price: number }>;

/** Enough customers, over enough days, that a model is fitted and beats recency. */
function makeShop(): Line[] {
  const random = createRandom(5);
  const countries = ["France", "Germany", "Norway"];
  return Array.from({ length: 600 }, (_, nth) => {
    const country = countries[nth % 3] as string;
    const rate = random.gamma(0.8) / 60;
    const lines: Line[] = [];
    for (let day = random.uniform() * 300; day < 500; day += -Math.log(random.uniform()) / rate)
      lines.push({
        customer: `C${nth}`,
        country,
        day: Math.floor(day),
        price: Math.round(100 * random.gamma(4)) / 100,
      });
    return lines;
  }).flat();
}

function fileOf(lines: readonly Line[]): string {
  const rows = lines.map(({ customer, country, day, price }, nth) => {
    const date = new Date(Date.UTC(2010, 0, 1) + day * 86_400_000);
    const text = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()} 9:00`;
    return `${500_000 + nth},P,Thing,2,${text},${price},${customer},${country}`;
  });
  return `${header}${rows.join("\n")}\n`;
}

let twins: Twins;
const shop = makeShop();
/** Whose lines are partly hidden in the second warehouse: some lines that the manager does not see are added to theirs. */
const torn = ["C0", "C1", "C3"];

beforeAll(async () => {
  twins = await makeTwins();
  const ends = { day: 499, price: 1 };
  const both = [...shop, { ...ends, customer: "C2", country: "Norway" }];
  const first = { text: fileOf(both) };
  const scoresOf = await twins.publish({ left: first, right: first });
  const options = { scoresOf };
  // Hidden customers go, come and change; the visible ones' own lines stay, each with its number.
  const changed = both.map((line) => (line.country === "Norway" ? { ...line, price: line.price * 3 + 1 } : line));
  const added = [
    ...torn.map((customer) => ({ customer, country: "Norway", day: 250, price: 77 })),
    ...Array.from({ length: 40 }, (_, nth) => ({
      customer: `New ${nth}`,
      country: "Norway",
      day: 100 + nth,
      price: 9,
    })),
  ];
  await twins.publish({ left: { ...first, options }, right: { text: fileOf([...changed, ...added]), options } });
});
afterAll(() => twins?.close());

const outlook = `outlook { basis noOrderProbability aliveProbability expectedOrders30Days expectedOrders90Days expectedOrders365Days
  expectedOrderValue lifetimeValue trailingNetRevenue revenueAtRisk usualIntervalDays daysOverdue reason }`;

async function dataOf<Data>(side: "left" | "right", query: string, scope = manager): Promise<Data> {
  const { data, codes } = await twins.answer(side, query, scope);
  expect(codes).toEqual([]);
  return JSON.parse(JSON.stringify(data)) as Data;
}

type Node = Readonly<{ id: string; outlook: Readonly<Record<string, unknown>> | null }>;
type List = Readonly<{ totalCount: number; nodes: readonly Node[] }>;

it("the models are there, and stay", async () => {
  const models = "{ models { basis models { model status parameters { name value } } holdout { auc aucOfRecency } } }";
  const [left, right] = [await dataOf<{ models: { basis: string } }>("left", models), await dataOf("right", models)];
  expect(left.models.basis).toBe("MODEL");
  expect(right).toEqual(left);
});

it("a customer whose lines are all visible has the same outlook, the others none", async () => {
  const query = `{ customers(first: 1000) { nodes { id orders ${outlook} } } }`;
  const { customers: left } = await dataOf<{ customers: List }>("left", query);
  const { customers: right } = await dataOf<{ customers: List }>("right", query);
  expect(left.nodes.length).toBeGreaterThan(300);
  expect(left.nodes.every((node) => node.outlook !== null)).toBe(true);
  expect(right.nodes).toEqual(left.nodes.map((node) => (torn.includes(node.id) ? { ...node, outlook: null } : node)));
});

it("the list and its count are those of whole customers, page by page", async () => {
  const query = `{ churnRisk(first: 1000) { totalCount nodes { id orders netRevenue ${outlook} } } }`;
  const { churnRisk: left } = await dataOf<{ churnRisk: List }>("left", query);
  const { churnRisk: right } = await dataOf<{ churnRisk: List }>("right", query);
  const whole = left.nodes.filter(({ id }) => !torn.includes(id));
  expect(left.nodes.length).toBeGreaterThan(whole.length);
  expect(right).toEqual({ totalCount: whole.length, nodes: whole });
  const amounts = whole.map((node) => Number(node.outlook?.revenueAtRisk));
  expect(amounts).toEqual(amounts.toSorted((a, b) => b - a));

  const paged: string[] = [];
  let after: string | null = null;
  do {
    const page: { churnRisk: { nodes: Node[]; pageInfo: { endCursor: string | null; hasNextPage: boolean } } } =
      await dataOf(
        "right",
        `{ churnRisk(first: 50${after === null ? "" : `, after: "${after}"`}) { nodes { id } pageInfo { endCursor hasNextPage } } }`,
      );
    paged.push(...page.churnRisk.nodes.map(({ id }) => id));
    after = page.churnRisk.pageInfo.hasNextPage ? page.churnRisk.pageInfo.endCursor : null;
  } while (after !== null);
  expect(paged).toEqual(whole.map(({ id }) => id));
});

it("filters pick whole customers by their whole figures", async () => {
  const all = await dataOf<{
    churnRisk: { nodes: { id: string; countries: string[]; orders: number; grossRevenue: string }[] };
  }>("left", "{ churnRisk(first: 1000) { nodes { id countries orders grossRevenue } } }", adminScope);
  const cases: [string, (node: (typeof all.churnRisk.nodes)[number]) => boolean][] = [
    ['country: { eq: "Norway" }', ({ countries }) => countries.includes("Norway")],
    ['country: { in: ["France", "Norway"] }', ({ countries }) => countries.some((name) => name !== "Germany")],
    ["orders: { gte: 4 }", ({ orders }) => orders >= 4],
    [
      'grossRevenue: { gte: "50", lt: "90.5" }',
      ({ grossRevenue }) => Number(grossRevenue) >= 50 && Number(grossRevenue) < 90.5,
    ],
  ];
  for (const [where, picks] of cases) {
    const { churnRisk } = await dataOf<{ churnRisk: List }>(
      "left",
      `{ churnRisk(first: 1000, where: { ${where} }) { totalCount nodes { id } } }`,
      adminScope,
    );
    const wanted = all.churnRisk.nodes.filter(picks).map(({ id }) => ({ id }));
    expect(wanted.length).toBeGreaterThan(5);
    expect(churnRisk).toEqual({ totalCount: wanted.length, nodes: wanted });
  }
  const hidden = await twins.answer(
    "left",
    '{ churnRisk(where: { country: { eq: "Norway" } }) { totalCount } }',
    manager,
  );
  expect(hidden.codes).toEqual(["FORBIDDEN"]);
});

it("what all come to is told to who may see single customers, else of many and of all countries alone", async () => {
  const sum = "{ revenueAtRisk { customers trailingNetRevenue revenueAtRisk } }";
  type Sum = { revenueAtRisk: { customers: number; revenueAtRisk: string } | null };
  const ofScope = async (scope: Scope) => (await dataOf<Sum>("right", sum, scope)).revenueAtRisk;
  const figures: Scope = { ...manager, role: "figures", fingerprint: "figures", members: ["public", "commercial"] };
  const { churnRisk: list } = await dataOf<{ churnRisk: List }>("right", "{ churnRisk { totalCount } }");
  expect((await ofScope(manager))?.customers).toBe(list.totalCount);
  // Of some countries it would tell how many customers buy in hidden ones too; of one country's one customer, that customer's chance.
  expect(await ofScope(figures)).toBeNull();
  expect((await ofScope({ ...figures, countries: null, fingerprint: "all" }))?.customers).toBeGreaterThan(400);
});

it("row-level security says the same, whatever the SQL forgets", async () => {
  const { owner } = twins.warehouses.right;
  const client = await owner.connect();
  try {
    await client.query("BEGIN; SET LOCAL ROLE consumer360_reader");
    const { rows: none } = await client.query("SELECT count(*)::int AS rows FROM customer_outlook");
    expect(none).toEqual([{ rows: 0 }]);
    const list = Buffer.from("{France,Germany}").toString("base64");
    for (const [name, value] of Object.entries({ countries: list, segments: "*", snapshot: "2", generation: "2" }))
      await client.query("SELECT set_config($1, $2, true)", [`consumer360.${name}`, value]);
    const { rows } = await client.query("SELECT customer_key, countries FROM customer_outlook");
    expect(rows.length).toBeGreaterThan(300);
    for (const { customer_key, countries } of rows) {
      expect(torn).not.toContain(customer_key);
      expect(countries.every((name: string) => name !== "Norway")).toBe(true);
    }
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
});

it("the sum has a bar, and of a snapshot from before the models nobody is said not to be at risk", async () => {
  const { owner } = twins.warehouses.left;
  const figures: Scope = { ...adminScope, role: "figures", fingerprint: "figures", members: ["public", "commercial"] };
  for (const customers of [leastCustomers, leastCustomers - 1]) {
    await owner.query(
      `DELETE FROM customer_outlook WHERE snapshot_id = 2 AND customer_key NOT IN (
        SELECT customer_key FROM customer_outlook WHERE snapshot_id = 2 AND risk_key > 0 ORDER BY customer_key LIMIT $1)`,
      [customers],
    );
    const sum = "{ revenueAtRisk { customers } }";
    expect(await dataOf("left", sum, adminScope)).toEqual({ revenueAtRisk: { customers } });
    // Fewer are not told of to who may not see one of them.
    expect(await dataOf("left", sum, figures)).toEqual({
      revenueAtRisk: customers < leastCustomers ? null : { customers },
    });
  }
  await owner.query("DELETE FROM customer_outlook WHERE snapshot_id = 2");
  await owner.query("DELETE FROM model_card WHERE snapshot_id = 2");
  const list = await twins.answer("left", "{ churnRisk { totalCount nodes { id } } }", adminScope);
  expect([list.data, list.codes]).toEqual([null, ["WAREHOUSE_UNAVAILABLE"]]);
  expect(await dataOf("left", "{ models { basis } revenueAtRisk { customers } }", adminScope)).toEqual({
    models: null,
    revenueAtRisk: null,
  });
});
