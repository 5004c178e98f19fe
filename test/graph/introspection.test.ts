// What each viewer is told of the schema: what it may use, in a schema that holds together; and nothing is judged by it.
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
} from "graphql";
import { describe, expect, test } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { fatesOf, fieldVisibilities } from "../../src/graph/fieldVisibility.ts";
import { makeSchemaSights } from "../../src/graph/schemaSight.ts";
import { everything, type Scope } from "../../src/model/scope.ts";
import { reachableKeys } from "../../src/model/segmentSchemes.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf } = useShopGraph();

const without = (sight: Partial<Scope>): Scope => ({ ...roles.admin, ...sight, fingerprint: JSON.stringify(sight) });
const smallest = without({ customerLevel: false, minimumCustomers: 5, operator: false });
const scopes: Readonly<Record<string, Scope>> = {
  ...roles,
  smallest,
  withoutFigures: without({ members: ["public", "personal"] }),
  withoutPersons: without({ members: ["public", "commercial"], customerLevel: false }),
  vocabularyOnly: without({ members: ["public"], customerLevel: false }),
  noSegment: without({ segments: [] }),
};

async function seen(scope: Scope) {
  const { data, errors, statements } = await answer(getIntrospectionQuery({ inputValueDeprecation: true }), scope);
  expect({ errors, statements }).toEqual({ errors: [], statements: 0 });
  return buildClientSchema(data as unknown as IntrospectionQuery);
}

const valuesOf = async (scope: Scope, name: string) => {
  const type = (await seen(scope)).getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : undefined;
};
const fieldsOf = async (scope: Scope, name: string) => {
  const type = (await seen(scope)).getType(name);
  return isObjectType(type) || isInputObjectType(type) ? Object.keys(type.getFields()) : undefined;
};

test("who may use everything sees the schema as it is printed", async () => {
  // A column is a list in the schema's text alone.
  const graph = buildSchema(printSchema(await buildGraphSchema()));
  const sorted = (schema: typeof graph) => printSchema(lexicographicSortSchema(schema));
  expect(sorted(await seen(roles.admin))).toBe(sorted(graph));
  expect(sorted(await seen({ ...roles.admin, operator: false }))).toBe(
    sorted(graph)
      .replace(/ {2}"""Operators only; null for everyone else."""\n {2}account: RowAccount\n\n/, "")
      .replace(
        / {2}"""\n {2}Operators only\. (?:(?!""")[\s\S])*"""\n {2}loadRuns\([\s\S]*?\): LoadRunConnection!\n\n/,
        "",
      )
      .replaceAll(/(?:"""(?:(?!""")[\s\S])*"""\n)?type (?:RowAccount|Load\w+|RejectedRow\w*) \{[\s\S]*?\n\}\n\n/g, ""),
  );
});

describe.each(Object.entries(scopes))("%s", (_, scope) => {
  test("sees a schema that is valid, and a part of the whole", async () => {
    const schema = await seen(scope);
    expect(validateSchema(schema)).toEqual([]);
    const whole = await buildGraphSchema();
    for (const type of Object.values(schema.getTypeMap())) {
      const known = whole.getType(type.name);
      expect(known, type.name).toBeDefined();
      if (!isObjectType(type) || !isObjectType(known)) continue;
      for (const field of Object.keys(type.getFields()))
        if (!type.name.startsWith("__")) expect(known.getFields()[field], `${type.name}.${field}`).toBeDefined();
    }
  });

  test("sees every field that is shown to it, and none that is refused", async () => {
    const schema = await seen(scope);
    const fields = fieldVisibilities(await buildGraphSchema());
    const fates = fatesOf(fields, scope);
    for (const field of fields) {
      const type = schema.getType(field.type);
      const isThere = isObjectType(type) && field.field in type.getFields();
      const fate = fates.get(`${field.type}.${field.field}`);
      if (fate === "refused") expect(isThere, `${field.type}.${field.field}`).toBe(false);
      // A type that nothing leads to any more is left out whole, and a field whose type has no value left.
      else if (fate === "shown" && type && scope.segments?.length !== 0 && scope.members.length > 1)
        expect(isThere, `${field.type}.${field.field}`).toBe(true);
    }
  });
});

test("who sees no single customer is told of none", async () => {
  const text = printSchema(await seen(roles.executive)).replaceAll(/"""[\s\S]*?"""/g, "");
  expect(text).not.toMatch(/type (Customer|FactSale|Rfm)\b|CustomerFilter|CustomerOrder|FactSale|customersConnection/);
  // What all customers at risk come to is a sum that names none of them.
  const ofCustomers = text.replace(/type RevenueAtRisk \{[^}]*\}/, "");
  expect(ofCustomers).not.toBe(text);
  expect(ofCustomers).not.toMatch(/customerId|CUSTOMER_ID|recencyDays|\bRECENCY_DAYS|trailing|TRAILING/);
  expect(await fieldsOf(roles.executive, "SalesFilter")).not.toContain("customerId");
  expect(await fieldsOf(roles.executive, "SalesFilter")).toContain("country");
});

test("a role of some segments is told of those, and of what they are in other schemes", async () => {
  const keys = [
    "AT_RISK",
    "CHURN_RISK",
    ...reachableKeys("EXECUTIVE", ["AT_RISK", "CHURN_RISK"]),
    ...reachableKeys("DETAILED", ["AT_RISK", "CHURN_RISK"]),
  ];
  const values = await valuesOf(roles.crm, "SegmentKey");
  expect(values?.toSorted()).toEqual([...new Set(keys)].toSorted());
  expect(values).not.toContain("CHAMPIONS");
});

test("members that may not be used are in no enum, no filter and no order", async () => {
  const support = scopes.withoutFigures ?? roles.admin;
  expect(await valuesOf(support, "CustomerOrderField")).toEqual(["ID", "LAST_PURCHASE_DATE", "RECENCY_DAYS"]);
  expect(await fieldsOf(support, "CustomerFilter")).toEqual(["segment", "recencyDays", "lastPurchaseDate"]);
  expect(await valuesOf(support, "Measure")).not.toContain("GROSS_REVENUE");
  expect((await fieldsOf(support, "Customer"))?.toSorted()).toEqual(
    [
      ...["cohortMonth", "countries", "country", "firstPurchaseDate", "id", "lastPurchaseDate", "name", "recencyDays"],
      ...["rfm", "segment", "segmentKey"],
    ].toSorted(),
  );
  expect(await fieldsOf(support, "FactSale")).toBeUndefined();
  const planner = scopes.withoutPersons ?? roles.admin;
  expect(await valuesOf(planner, "Measure")).not.toContain("RECENCY_DAYS");
  expect(await valuesOf(planner, "CustomerOrderField")).toBeUndefined();
});

test("a smallest cell leaves three tables without arguments", async () => {
  const query = (await seen(smallest)).getQueryType();
  expect(Object.keys(query?.getFields() ?? {}).toSorted()).toEqual(
    ["catalog", "dataset", "me", "revenueByCountry", "revenueByMonth", "segments"].toSorted(),
  );
  expect(Object.values(query?.getFields() ?? {}).flatMap(({ args }) => args)).toEqual([]);
  expect(await valuesOf(smallest, "Dimension")).toEqual(["MONTH", "COUNTRY", "SEGMENT"]);
  expect(await valuesOf(smallest, "Measure")).toEqual([
    ...["GROSS_REVENUE", "RETURNS_VALUE", "NET_REVENUE", "ORDERS", "UNITS", "CUSTOMERS", "AVERAGE_ORDER_VALUE"],
    ...["NEW_CUSTOMERS", "REVENUE_SHARE", "MEDIAN_RECENCY_DAYS"],
  ]);
  expect(await valuesOf(smallest, "Member")).toBeUndefined();
});

test("a type by name is told under the same eyes", async () => {
  const query = "query ($t: String!) { __typename __type(name: $t) { name fields { name } enumValues { name } } }";
  expect((await answer(query, roles.executive, { t: "Customer" })).data).toEqual({ __typename: "Query", __type: null });
  const { data } = await answer(query, roles.crm, { t: "SegmentKey" });
  expect(JSON.stringify(data)).not.toContain("CHAMPIONS");
  expect(JSON.stringify((await answer(query, roles.admin, { t: "SegmentKey" })).data)).toContain("CHAMPIONS");
});

test("operations, aliases and fragments do not get past it", async () => {
  const query = `query A { kpis { orders } }
    query B { ...F } fragment F on Query { mine: __type(name: "Customer") { name } ... { s: __schema { types { name } } } }`;
  const { data } = await answer(query.replace(/query A .*\n/, ""), roles.executive);
  expect(JSON.stringify(data)).toContain('"mine":null');
  expect(JSON.stringify(data)).not.toContain('"FactSale"');
});

test("schema and data are asked apart", async () => {
  for (const query of [
    "{ __schema { queryType { name } } kpis { orders } }",
    '{ ...F me { role } } fragment F on Query { __type(name: "Kpis") { name } }',
  ])
    for (const role of [roles.admin, roles.executive])
      expect((await answer(query, role)).errors).toEqual([
        {
          message: "The document asks about the schema and about the data at once.",
          code: "BAD_USER_INPUT",
          remedy: "Ask for `__schema` and `__type` in a document of their own.",
        },
      ]);
  const skipped = "query ($no: Boolean = false) { __schema @include(if: $no) { queryType { name } } kpis { orders } }";
  expect((await answer(skipped)).codes).toEqual([]);
});

test("what is hidden is asked for in vain, and refused in the same words as before", async () => {
  for (const query of ["{ customers { totalCount } }", '{ kpis(where: { customerId: { eq: "1" } }) { orders } }'])
    expect((await answer(query, roles.executive)).errors).toEqual([
      { message: "This is outside of what you may see.", code: "FORBIDDEN", remedy: undefined },
    ]);
});

test("a column is told of as the list that it is", async () => {
  const query =
    '{ __type(name: "FactSalesColumns") { fields { name type { kind ofType { kind ofType { kind ofType { kind name } } } } } } }';
  for (const scope of [roles.admin, roles.analyst]) {
    const { __type } = await dataOf(query, scope);
    const { fields } = __type as { fields: { name: string; type: unknown }[] };
    const item = { kind: "SCALAR", name: "Decimal" };
    expect(fields.find(({ name }) => name === "amount")?.type).toEqual({
      kind: "NON_NULL",
      ofType: { kind: "LIST", ofType: { kind: "NON_NULL", ofType: item } },
    });
  }
});

test("sights are made once for those who see the same, and not kept without bound", async () => {
  const schema = await buildGraphSchema();
  const sightOf = makeSchemaSights();
  expect(sightOf(schema, roles.admin)).toBe(sightOf(schema, { ...roles.admin, fingerprint: "another" }));
  const crm = sightOf(schema, roles.crm);
  expect(sightOf(schema, { ...roles.crm, role: "another", countries: ["France"], fingerprint: "another" })).toBe(crm);
  const keys = [
    "CHAMPIONS",
    "LOYAL_CUSTOMERS",
    "POTENTIAL_LOYALISTS",
    "AT_RISK",
    "CHURN_RISK",
    "GUEST",
    "UNSCORED",
  ] as const;
  for (let nth = 0; nth < 120; nth += 1)
    sightOf(schema, {
      ...everything,
      role: "any",
      fingerprint: String(nth),
      segments: keys.filter((_, at) => (nth >> at) % 2 === 1),
    });
  expect(sightOf(schema, roles.crm)).not.toBe(crm);
});
