// What the graph answers to the question that each exported list asks, as the objects that JSON Lines must hold; and the policy that the
// tests of the export ask under.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { exportedLists, type ListName } from "../../bin/exportedLists.ts";
import { parsePolicy } from "../../src/access/parsePolicy.ts";
import { scopeOf } from "../../src/access/scopeOf.ts";
import type { Scope } from "../../src/model/scope.ts";

const demoPolicy = fileURLToPath(new URL("../../policy/demo.yaml", import.meta.url));

const moreRoles = `
  pseudonymous: { inherits: analyst, mask: { customerName: pseudonym } }
  addresses: { inherits: admin, operator: false, members: [public, personal] }
  few: { inherits: admin, limits: { rows: 3 } }
...
`;

/** The demo's policy, and roles of these tests beside it. */
export async function exportPolicyText(): Promise<string> {
  return (await readFile(demoPolicy, "utf8")).replace(/\n\.\.\.\s*$/, moreRoles);
}

export async function exportScope(role: string, claims: Record<string, readonly string[]> = {}): Promise<Scope> {
  return scopeOf(parsePolicy(await exportPolicyText(), "policy.yaml"), { role, claims });
}

/** Where each column is in an answer, written out by hand. */
const selections: Readonly<Record<string, string>> = {
  customer_id: "id",
  name: "name",
  country: "country",
  countries: "countries",
  first_purchase_date: "firstPurchaseDate",
  last_purchase_date: "lastPurchaseDate",
  recency_days: "recencyDays",
  orders: "orders",
  units: "units",
  gross_revenue: "grossRevenue",
  net_revenue: "netRevenue",
  returns_value: "returnsValue",
  average_order_value: "averageOrderValue",
  cohort_month: "cohortMonth",
  frequency: "orders",
  monetary: "grossRevenue",
  segment: "segmentKey",
  segment_executive: "segmentKey(scheme: EXECUTIVE)",
  segment_detailed: "segmentKey(scheme: DETAILED)",
};
const scores: Readonly<Record<string, string>> = {
  recency_score: "recency",
  frequency_score: "frequency",
  monetary_score: "monetary",
  rfm_code: "code",
};

const outlooks: Readonly<Record<string, string>> = {
  revenue_at_risk: "revenueAtRisk",
  no_order_probability: "noOrderProbability",
  trailing_net_revenue: "trailingNetRevenue",
  usual_interval_days: "usualIntervalDays",
  days_overdue: "daysOverdue",
  reason: "reason",
  basis: "basis",
  expected_orders_90_days: "expectedOrders90Days",
  lifetime_value: "lifetimeValue",
};

type Row = Readonly<Record<string, unknown>>;
type Connection = Readonly<{ nodes: readonly Row[] }>;

/** The list as the graph answers it, under the names of the columns; `without` those that are not asked for. */
export async function graphRows(
  list: ListName,
  dataOf: (query: string) => Promise<Record<string, unknown>>,
  without: readonly string[] = [],
): Promise<Row[]> {
  const names = exportedLists[list].columns.map(({ name }) => name).filter((name) => !without.includes(name));
  const plain = names.filter((name) => name in selections).map((name) => `${name}: ${selections[name]}`);
  const scored = names.filter((name) => name in scores).map((name) => `${name}: ${scores[name]}`);
  const expected = names.filter((name) => name in outlooks).map((name) => `${name}: ${outlooks[name]}`);
  const root = list === "churn-risk" ? "churnRisk" : "customers";
  const rfm = scored.length === 0 ? "" : `rfm { ${scored.join(" ")} }`;
  const outlook = expected.length === 0 ? "" : `outlook { ${expected.join(" ")} }`;
  const data = await dataOf(`{ ${root}(first: 1000) { nodes { ${plain.join(" ")} ${rfm} ${outlook} } } }`);
  return (data[root] as Connection).nodes.map(({ rfm: found, outlook: foreseen, ...node }) => {
    const all: Row = { ...node, ...(found as Row | undefined), ...(foreseen as Row | undefined) };
    return Object.fromEntries(names.map((name) => [name, all[name]]));
  });
}
