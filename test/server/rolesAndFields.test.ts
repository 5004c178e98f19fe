// Every role of the demo policy against every field of the graph, over HTTP: what it is shown, what it is refused, and that the rows
// behind the figures are its own. Which field is whose stands in expectedVisibility.ts; the figures come from the parsed fixture.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followUp } from "../../etl/followUp/followUp.ts";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { objectTypesOf } from "../../src/graph/fieldVisibility.ts";
import type { ModelCard } from "../../src/kernel/ModelCard.ts";
import { shopFile } from "../oracle/shopLines.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { type Asker, type DemoServer, makeDemoServer } from "./demoServer.ts";
import {
  asked,
  documentOf,
  expectedFates,
  fateOf,
  isClosed,
  isOfTooFew,
  type Role,
  roles,
  waysTo,
} from "./expectedVisibility.ts";
import { figuresOfRole } from "./figuresOfRole.ts";
import { rowsOfRole } from "./rowsOfRole.ts";

const askers: Readonly<Record<Role, Asker>> = {
  admin: { role: "admin" },
  executive: { role: "executive" },
  analyst: { role: "analyst" },
  country_manager: { role: "country_manager", countries: ["France", "Belgium"] },
  crm: { role: "crm" },
  partner: { role: "partner" },
};

/** As it would be of more customers than the fixture has. */
const inventedCard: ModelCard = {
  basis: "MODEL",
  basisReason: "Invented.",
  horizonDays: 91,
  discountRate: 0.1,
  models: [
    {
      model: "BG_NBD",
      status: "OK",
      reason: "Invented.",
      parameters: [{ name: "r", value: 0.5 }],
      logLikelihood: -1,
      customersUsed: 1,
      leftOut: [{ why: "Invented.", customers: 1 }],
      converged: true,
      steps: 1,
    },
  ],
  holdout: {
    from: "2024-01-01",
    days: 91,
    customers: 1,
    lost: 0.5,
    auc: 0.7,
    aucOfRecency: 0.6,
    aucOfAlive: 0.4,
    brier: 0.2,
    brierOfShare: 0.25,
    calibration: [{ tenth: 1, customers: 1, expected: 0.1, observed: 0.2 }],
    purchases: [{ repeats: "0", customers: 1, expectedOrders: 0.1, observedOrders: 1 }],
    topTenth: { heldByList: 0.3, heldByRecency: 0.1, heldByRevenue: 0.2 },
  },
  noHoldout: null,
};

let warehouse: TestWarehouse;
let server: DemoServer;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  // The fixture's layout has no names; one that has them would leave them here.
  await warehouse.owner.query(
    `INSERT INTO dim_customer (customer_key, snapshot_id, name)
     SELECT customer_key, snapshot_id, 'Name of ' || customer_key FROM rfm_segments`,
  );
  // Nor has it a row that cannot be loaded, or anything worth a look.
  await warehouse.owner.query(
    `INSERT INTO rejected_row (load_run_id, file, line, column_name, code, raw)
     VALUES (1, 'shop.csv', 2, 'Quantity', 'BAD_QUANTITY', 'a row')`,
  );
  await warehouse.owner.query(
    `UPDATE load_run SET warnings = '[{"code": "ODD", "count": 1, "message": "Odd."}]',
       amounts = '[{"kind": "SALE", "lines": 1, "amount": "1.5"}]'`,
  );
  // Nor enough customers for a model.
  await warehouse.owner.query("UPDATE model_card SET card = $1", [JSON.stringify(inventedCard)]);
  await warehouse.owner.query(
    `UPDATE customer_outlook SET no_order = 0.5, alive = 0.9, orders_30 = 0.1, orders_90 = 0.3, orders_365 = 1.2, order_value = 10,
       lifetime_value = 12, revenue_at_risk = 5, usual_interval = 20`,
  );
  await followUp({ url: warehouse.url });
  // Nor is much bought together often enough.
  await warehouse.owner.query(
    `INSERT INTO product_pair (snapshot_id, product, other, together, product_orders, other_orders, all_orders)
     SELECT snapshot_id, product, '85123A', 5, 10, 8, 40 FROM dim_product WHERE product <> '85123A'
     ON CONFLICT DO NOTHING`,
  );
  // Nor was anything published before, in which more customers were at risk.
  for (const [table, changed] of [
    ["snapshot", {}],
    ["follow_up", {}],
    ["customer_standing", { classic: "replace(classic, 'CHURN_RISK', 'AT_RISK')" }],
  ] as const)
    await copyToFormer(table, changed);
  await warehouse.owner.query("UPDATE snapshot SET former_snapshot_id = 0 WHERE snapshot_id = 1");
  server = await makeDemoServer(warehouse);
});
/** Copies a table's rows to a snapshot of the number 0. */
async function copyToFormer(table: string, changed: Readonly<Record<string, string>>): Promise<void> {
  const { rows } = await warehouse.owner.query(
    "SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped",
    [table],
  );
  const names = rows.map(({ name }) => String(name));
  const values = names.map((name) => (name === "snapshot_id" ? "0" : (changed[name] ?? name)));
  await warehouse.owner.query(`INSERT INTO ${table} (${names.join(", ")}) SELECT ${values.join(", ")} FROM ${table}`);
}

afterAll(async () => {
  await server?.close();
  await warehouse?.close();
});

const graphFields = objectTypesOf(await buildGraphSchema()).flatMap((type) =>
  Object.keys(type.getFields()).map((field) => `${type.name}.${field}`),
);

test("the table names every field of the graph, and no other", () => {
  expect(graphFields.filter((at) => fateOf(at, "admin") === undefined)).toEqual([]);
  expect([...expectedFates.keys()].filter((at) => !graphFields.includes(at))).toEqual([]);
  expect(Object.keys(waysTo).toSorted()).toEqual([...new Set(graphFields.map(typeOf))].toSorted());
});

const typeOf = (at: string) => at.slice(0, at.indexOf("."));
const fieldOf = (at: string) => at.slice(at.indexOf(".") + 1);

/** Every value that an answer holds at the end of a way; null where the way breaks off. */
function valuesAt(data: unknown, steps: readonly string[]): unknown[] {
  const [step, ...rest] = steps;
  // A column that holds nothing but nulls says nothing.
  if (step === undefined && Array.isArray(data) && data.length > 0) return data.flatMap((item) => valuesAt(item, []));
  if (step === undefined || data === null || data === undefined) return [data ?? null];
  if (Array.isArray(data)) return data.flatMap((item) => valuesAt(item, steps));
  return valuesAt((data as Record<string, unknown>)[step], rest);
}

describe.each(roles)("%s", (role) => {
  const ways = Object.entries(waysTo).flatMap(([type, texts]) => texts.map((way) => [type, way] as const));

  test.each(ways)("%s, by way of `%s`", async (type, way) => {
    const closed = isClosed(way, role);
    const fields = graphFields
      .filter((at) => typeOf(at) === type)
      .map((at) => ({ field: fieldOf(at), fate: closed ? "refused" : fateOf(at, role) }));
    const steps = way === "" ? [] : way.split(" ");

    const open = fields.filter(({ fate }) => fate !== "refused");
    // The selected fields of a metrics row are one question: each is asked for by itself.
    for (const together of type === "MetricRow" ? open.map((field) => [field]) : open.length > 0 ? [open] : []) {
      const selection = together.map(({ field }) => asked(type, field)).join(" ");
      const { data, errors } = await server.ask(askers[role], documentOf(way, selection));
      expect(errors, selection).toEqual([]);
      const seen = together.map(({ field }) => ({
        field,
        fate: valuesAt(data, [...steps, field]).some((value) => value !== null) ? "shown" : "null",
      }));
      const isOfFew = (field: string) => isOfTooFew([...steps, field].join(" "), role);
      expect(seen).toEqual(together.map((each) => (isOfFew(each.field) ? { ...each, fate: "null" } : each)));
    }
    for (const { field } of fields.filter(({ fate }) => fate === "refused")) {
      const { data, errors } = await server.ask(askers[role], documentOf(way, asked(type, field)));
      expect(valuesAt(data, [...steps, field]).filter((value) => value !== null)).toEqual([]);
      expect(errors.length, field).toBeGreaterThan(0);
      for (const error of errors)
        expect(error).toMatchObject({
          message: expect.stringMatching(/^This is outside of what you may see\./),
          extensions: { code: "FORBIDDEN" },
        });
    }
  });

  const ask = async (query: string, variables?: Record<string, unknown>) => {
    const { data, codes } = await server.ask(askers[role], query, variables);
    return { data, codes };
  };
  figuresOfRole(role, ask);
  rowsOfRole(role, ask);
});

test("a name is the customer's own, and is never told to the analyst, however it is asked for", async () => {
  const query = '{ customer(id: "12009") { name } churnRisk { nodes { id name } } }';
  const named = await server.dataOf<{ customer: unknown; churnRisk: { nodes: { id: string; name: string }[] } }>(
    askers.admin,
    query,
  );
  expect(named.customer).toEqual({ name: "Name of 12009" });
  for (const { id, name } of named.churnRisk.nodes) expect(name).toBe(`Name of ${id}`);
  expect(named.churnRisk.nodes.length).toBeGreaterThan(5);
  expect((await server.ask(askers.analyst, query)).body).not.toContain("Name of");
});

test("no two of these scopes share a fingerprint", async () => {
  const fingerprints = await Promise.all(
    roles.map(async (role) => (await server.ask(askers[role], "{ me { scopeFingerprint } }")).body),
  );
  expect(new Set(fingerprints).size).toBe(roles.length);
});
