// What a refusal says: nothing that its asker did not write, where that is hidden from the asker. Every kind of refusal, for every kind of
// narrow scope: no hidden field, member, country, segment or customer is named in a message or in a remedy.
import { isEnumType, isInputObjectType, isIntrospectionType, isObjectType } from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { hiddenFrom, makeSchemaSights } from "../../src/graph/schemaSight.ts";
import { visibleKeys } from "../../src/graph/segmentRows.ts";
import { catalogName, mayUseMember } from "../../src/model/catalog.ts";
import { dimensionNames } from "../../src/model/dimensions.ts";
import { measureNames } from "../../src/model/measures.ts";
import type { Scope } from "../../src/model/scope.ts";
import { schemeNames, segmentKeys } from "../../src/model/segmentSchemes.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, warehouse } = useShopGraph();

const scopes: Readonly<Record<string, Scope>> = {
  executive: roles.executive,
  crm: roles.crm,
  country_manager: roles.country_manager,
  withoutFigures: { ...roles.admin, operator: false, members: ["public", "personal"], fingerprint: "support" },
  smallest: { ...roles.executive, minimumCustomers: 5, fingerprint: "smallest" },
  fewRows: { ...roles.crm, mostRows: 3, fingerprint: "few" },
};

type Asked = readonly [query: string, variables?: Record<string, unknown>];

/** Wrong in itself, forbidden to some, or both. */
const documents: readonly Asked[] = [
  ["{ custmers { totalCount } }"],
  ["{ customers }"],
  ["{ customer { id } }"],
  ['{ customer(id: "1") { nam } }'],
  ['{ customer(id: "1", idd: "2") { id } }'],
  ["{ kpis { order } }"],
  ["{ kpis { orders { x } } }"],
  ["{ kpis(were: {}) { orders } }"],
  ["{ kpis(where: { countri: {} }) { orders } }"],
  ["{ kpis(where: { segment: { eq: CHAMPION } }) { orders } }"],
  ["{ kpis(where: { segment: { eq: CHURN_RISC } }) { orders } }"],
  ['{ kpis(where: { segment: { eq: "AT_RISK" } }) { orders } }'],
  ["{ kpis(where: { segmentExecutive: { eq: AT_RISK } }) { orders } }"],
  ["{ kpis(where: { segmentExecutive: { eq: GUEST } }) { orders } }"],
  ["{ kpis(where: { segmentDetailed: { in: [NEW_CUSTOMERS] } }) { orders } }"],
  ['{ kpis(where: { country: { eq: "Frankreich" } }) { orders } }'],
  ['{ kpis(where: { country: { in: ["German", "Spain"] } }) { orders } }'],
  ["{ kpis(where: { country: { eq: 5 } }) { orders } }"],
  ["{ kpis(where: { lineType: { eq: PRODUC } }) { orders } }"],
  ["{ kpis(where: { weekday: { eq: 9 } }) { orders } }"],
  ['{ kpis(where: { month: { eq: "2024" } }) { orders } }'],
  ["query ($s: SegmentFilter) { kpis(where: { segment: $s }) { orders } }", { s: { eq: "CHAMPION" } }],
  ["query ($s: SegmentFilter) { kpis(where: { segment: $s }) { orders } }", { s: { in: ["CHAMPIONS", "x"] } }],
  ["query ($w: SalesFilter) { kpis(where: $w) { orders } }", { w: { costumer: { eq: "1" } } }],
  ["query ($w: CustomerFilter) { kpis(where: $w) { orders } }", { w: {} }],
  ["query ($w: SalesFilterr) { kpis(where: $w) { orders } }", { w: {} }],
  ["{ metrics { nodes { custmerId recencyDay } } }"],
  ["{ metrics { nodes { recencyDays } } }"],
  ["{ metrics { nodes { month trailingNetRevenue } } }"],
  ["{ metrics { nodes { weekday newCustomers } } }"],
  ["{ metrics { nodes { month orders } totals { recencyDays } } }"],
  ["{ metrics(orderBy: [{ member: REVENUE }]) { nodes { month } } }"],
  ["{ metrics(orderBy: [{ member: COUNTRY }]) { nodes { month orders } } }"],
  ["{ metrics(having: [{ measure: RECENCY, gte: 1 }]) { nodes { month } } }"],
  ["{ metrics(having: [{ measure: LATEST_COUNTRY, gte: 1 }]) { nodes { month } } }"],
  ["{ metrics(having: [{ gte: 1 }]) { nodes { month } } }"],
  ["{ metrics(spine: true) { nodes { country orders } } }"],
  ["{ metrics { a: nodes { month } b: nodes { country } } }"],
  ["{ metrics(first: 0) { nodes { month } } }"],
  ['{ metrics(after: "x") { nodes { month } } }'],
  ["{ customers(orderBy: [{ field: NAME }]) { nodes { id } } }"],
  ["{ customers(orderBy: [{ field: GROSS_REVENU }]) { nodes { id } } }"],
  ["{ customers(where: { order: { gte: 1 } }) { nodes { id } } }"],
  ["{ customers(where: { orders: { gte: 1.5 } }) { nodes { id } } }"],
  ['{ customers(where: { lastPurchaseDate: { in: ["2024-01-01"] } }) { nodes { id } } }'],
  ['{ customers(where: { cohortMonth: { eq: "x" } }) { nodes { id } } }'],
  ["{ customers(first: 100000) { nodes { id } } }"],
  ["{ customers(first: 1000) { nodes { sales(first: 10000) { nodes { id } } } } }"],
  ["{ churnRisk(where: { segment: { eq: LOYAL_CUSTOMERS } }) { nodes { id } } }"],
  ['{ factSales(where: { product: { like: "x" } }) { nodes { id } } }'],
  ["{ factSales { nodes { quantty } } }"],
  ["{ segments(scheme: EXECUTIV) { key } }"],
  ["{ segments { customersConnection { nodes { nme } } } }"],
  ['{ revenueByMonth(from: "2024-13") { month } }'],
  ['{ revenueByMonth(from: "2024-03", to: "2024-01") { month } }'],
  ['{ revenueByMonth(where: { month: { in: ["2024-01"] } }) { month } }'],
  ["{ cohorts { retention { grossRevenu } } }"],
  ["{ dataset { account { rea } } }"],
  ['{ __type(nam: "x") { name } }'],
  ["{ __schema { queryType { name } } kpis { orders } }"],
  ["mutation { x }"],
  ["{ kpis { orders "],
];

let schema: Awaited<ReturnType<typeof buildGraphSchema>>;
let countries: string[];
let customers: string[];
beforeAll(async () => {
  schema = await buildGraphSchema();
  const { owner } = warehouse();
  const lists = await owner.query<{ country: string; customer_key: string }>(
    "SELECT DISTINCT country, customer_key FROM fact_sales",
  );
  countries = [...new Set(lists.rows.map((row) => row.country))];
  customers = [...new Set(lists.rows.map((row) => row.customer_key))];
});

/** Names that the scope is told of by the schema: the same name may stand at another place as well. */
function shownNames(scope: Scope): ReadonlySet<string> {
  const types = Object.values(makeSchemaSights()(schema, scope).getTypeMap()).filter(
    (type) => !isIntrospectionType(type),
  );
  return new Set(
    types.flatMap((type) => {
      if (isEnumType(type)) return type.getValues().map(({ name }) => name);
      if (isInputObjectType(type)) return Object.keys(type.getFields());
      if (!isObjectType(type)) return [];
      // `after` of a page that may be asked for is no hidden name, although a hidden type has a field of that name
      return Object.values(type.getFields()).flatMap(({ name, args }) => [name, ...args.map((arg) => arg.name)]);
    }),
  );
}

/** Names that the scope may not learn from a message. */
function hiddenNames(scope: Scope): string[] {
  const shown = shownNames(scope);
  const keys = new Set<string>(schemeNames.flatMap((scheme) => visibleKeys(scheme, scope)));
  // Arguments are left out: that a field lacks one is said of the field that was asked for.
  const parts = [...hiddenFrom(schema, scope)]
    .filter((at) => at.split(".").length === 2)
    .map((at) => at.split(".")[1] ?? "");
  const members = [...dimensionNames, ...measureNames].filter((name) => !mayUseMember(name, scope)).map(catalogName);
  return [
    ...new Set([
      ...parts,
      ...members,
      ...segmentKeys.filter((key) => !keys.has(key)),
      ...countries.filter((country) => scope.countries !== null && !scope.countries.includes(country)),
      ...customers,
    ]),
  ].filter((name) => !shown.has(name));
}

/** A word of plain English counts where it stands as a name: in quotes. */
function names(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[^\w]/g, "\\$&");
  const asName =
    /^[a-z]+$/.test(name) || /^\d{1,2}$/.test(name) ? `[\`"'.]${escaped}[\`"'.]` : `(?<!\\w)${escaped}(?!\\w)`;
  return new RegExp(asName).test(text);
}

test("a name is told from a word", () => {
  expect(names("it takes one of CHAMPIONS, AT_RISK.", "AT_RISK")).toBe(true);
  expect(names("it takes one of CANT_AT_RISK.", "AT_RISK")).toBe(false);
  expect(names("cut it by `customer` as well", "customer")).toBe(true);
  expect(names("a figure of a customer", "customer")).toBe(false);
});

describe.each(Object.entries(scopes))("%s", (_, scope) => {
  test("learns no hidden name from any refusal", async () => {
    const hidden = hiddenNames(scope);
    expect(hidden.length).toBeGreaterThan(5);
    let refusals = 0;
    for (const [query, variables] of documents) {
      const { errors } = await answer(query, scope, variables);
      const typed = query + JSON.stringify(variables ?? {});
      for (const { message, remedy } of errors) {
        refusals += 1;
        const said = `${message} ${String(remedy ?? "")}`;
        expect(
          hidden.filter((name) => names(said, name) && !typed.includes(name)),
          `${query}\n${said}`,
        ).toEqual([]);
        expect(said).not.toContain("Did you mean");
      }
    }
    expect(refusals).toBeGreaterThan(documents.length * 0.75);
  });
});
