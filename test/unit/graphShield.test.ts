// The shield: every field has a class, what has none is denied, leaves go bare only where that cannot matter, and each rule holds.
import {
  execute,
  extendSchema,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  parse,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { buildBareSchema, buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { describeFields } from "../../src/graph/describeFields.ts";
import { classOf, type FieldClass, fieldClasses, fieldClassNames } from "../../src/graph/fieldClasses.ts";
import {
  classRules,
  type FieldVisibility,
  fatesOf,
  fieldVisibilities,
  objectTypesOf,
} from "../../src/graph/fieldVisibility.ts";
import { measuresShownBy } from "../../src/graph/MeasureField.ts";
import { shieldSchema } from "../../src/graph/shield.ts";
import { Customer } from "../../src/graph/types/Customer.ts";
import { Segment } from "../../src/graph/types/Segment.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { catalogDimensions, catalogMeasures, mayUseMember } from "../../src/model/catalog.ts";
import { seesFileTexts, seesLoadAmounts } from "../../src/model/loadSight.ts";
import { everything, type Scope } from "../../src/model/scope.ts";

let bare: GraphQLSchema;
let graph: GraphQLSchema;
let fields: FieldVisibility[];
beforeAll(async () => {
  bare = await buildBareSchema();
  graph = await buildGraphSchema();
  fields = fieldVisibilities(graph);
});

const all: Scope = { ...everything, role: "admin", fingerprint: "all" };
const aggregatesOnly: Scope = {
  ...all,
  role: "executive",
  customerLevel: false,
  members: ["public", "commercial"],
  operator: false,
};
const masked: Scope = { ...all, role: "analyst", masks: { customerName: "null" }, operator: false };

const nameOf = ({ type, field }: FieldVisibility) => `${type}.${field}`;

describe("the classification", () => {
  test("has every field of every type", () => {
    expect(fields.filter((field) => field.class === null).map(nameOf)).toEqual([]);
  });

  test("has no field that is not there, and none twice", () => {
    const listed = Object.entries(fieldClasses).flatMap(([type, classified]) =>
      fieldClassNames.flatMap((name) => (classified[name] ?? []).map((field) => `${type}.${field}`)),
    );
    expect(listed.toSorted()).toEqual(fields.map(nameOf).toSorted());
  });

  test("knows nothing of what is not in it", () => {
    expect(classOf("Query", "secret")).toBeNull();
    expect(classOf("constructor", "name")).toBeNull();
  });
});

describe("which fields carry a rule", () => {
  const leaf = ({ type, field }: FieldVisibility) => {
    const found = objectTypesOf(graph)
      .find(({ name }) => name === type)
      ?.getFields()[field];
    return found !== undefined && isLeafType(getNamedType(found.type));
  };

  test("every root field and every edge", () => {
    const bareOnes = fields.filter((field) => !field.wrapped);
    expect(bareOnes.filter((field) => field.type === "Query" || !leaf(field)).map(nameOf)).toEqual([]);
  });

  test("no public leaf, and no leaf whose type is reached through rules as strict only", () => {
    const personal = [...catalogDimensions, ...catalogMeasures]
      .filter(({ sensitivity }) => sensitivity === "personal")
      .map(({ shownAs }) => `MetricRow.${shownAs}`);
    expect(personal).toContain("MetricRow.customerId");
    const inClasses = (type: string, ...names: FieldClass[]) =>
      names.flatMap((name) => fieldClasses[type]?.[name] ?? []).map((field) => `${type}.${field}`);
    expect(
      fields
        .filter((field) => field.wrapped && leaf(field))
        .map(nameOf)
        .toSorted(),
    ).toEqual(
      [
        // the other figures of customers are ways to lines
        ...inClasses("Customer", "customerFigures", "personal").filter(
          (at) => !["Customer.sales", "Customer.outlook", "Customer.segmentExplanation"].includes(at),
        ),
        ...inClasses("Segment", "commercial"),
        ...inClasses("Rfm", "customerFigures"),
        ...inClasses("RfmCutPoints", "anyFigure"),
        "CustomerConnection.totalCount",
        // the same by columns
        ...inClasses("CustomersColumns", "customerFigures", "personal"),
        ...inClasses("RfmColumns", "customerFigures"),
        // text from the files, among what every operator sees of a load
        ...inClasses("LoadRun", "operatorTexts"),
        ...inClasses("RejectedRow", "operatorTexts"),
        ...personal,
      ].toSorted(),
    );
  });

  const maskings: readonly Scope["masks"][] = [{}, { customerName: "null" }, { customerName: "pseudonym" }];
  /** Every combination of what a scope can have, whether a policy can make it or not. */
  const anyScope: readonly Scope[] = subsetsOf(everything.members)
    .map((members): Scope => ({ ...all, members }))
    .flatMap((scope) => [true, false].map((customerLevel) => ({ ...scope, customerLevel })))
    .flatMap((scope) => [true, false].map((operator) => ({ ...scope, operator })))
    .flatMap((scope) => [null, 5].map((minimumCustomers) => ({ ...scope, minimumCustomers })))
    .flatMap((scope) => maskings.map((masks) => ({ ...scope, masks })))
    .flatMap((scope) => [null, ["France"]].map((countries) => ({ ...scope, countries })));

  test("whatever a scope has, no bare field is on its ways that it may not see", () => {
    expect(anyScope).toHaveLength(8 * 2 * 2 * 2 * 3 * 2);
    for (const scope of anyScope) {
      const fates = fatesOf(fields, scope);
      const reached = new Set<string>();
      const follow = (type: string): void => {
        if (reached.has(type)) return;
        reached.add(type);
        for (const found of fields.filter((field) => field.type === type)) {
          const isShown = fates.get(nameOf(found)) === "shown";
          expect(isShown || found.wrapped, `${nameOf(found)} for ${JSON.stringify(scope)}`).toBe(true);
          if (isShown) follow(targetOf(found));
        }
      };
      follow("Query");
      expect(reached.size).toBeGreaterThan(3);
      // what has not been reached is refused, and nothing else is shown
      for (const field of fields.filter(({ type }) => !reached.has(type)))
        expect(fates.get(nameOf(field)), nameOf(field)).toBe("refused");
    }
  });

  test("members of the model are for those whom the model declares, in every place", () => {
    const places = [
      ...[...catalogDimensions, ...catalogMeasures].map(({ name, shownAs }) => ["MetricRow", shownAs, name] as const),
      ...[...measuresShownBy(Customer)].map(([field, name]) => ["Customer", field, name] as const),
      ...[...measuresShownBy(Segment)].map(([field, name]) => ["Segment", field, name] as const),
    ];
    expect(places.length).toBeGreaterThan(50);
    // the vocabulary is everybody's
    for (const scope of anyScope.filter(({ members }) => members.includes("public"))) {
      const fates = fatesOf(fields, scope);
      for (const [type, field, name] of places)
        if (fates.get(`${type}.${field}`) === "shown")
          expect(mayUseMember(name, scope), `${type}.${field} for ${JSON.stringify(scope)}`).toBe(true);
      // and whoever may use one sees it where rows and customers are to be had
      if (scope.minimumCustomers !== null) continue;
      const open = places.filter(
        ([type]) => fates.get(type === "MetricRow" ? "Query.metrics" : "Query.customers") === "shown",
      );
      for (const [type, field, name] of open)
        if (type !== "Segment") expect(fates.get(`${type}.${field}`) === "shown").toBe(mayUseMember(name, scope));
    }
  });

  const targetOf = ({ type, field }: FieldVisibility) => {
    const found = objectTypesOf(graph)
      .find(({ name }) => name === type)
      ?.getFields()[field];
    if (!found) throw new Error(`${type}.${field} is not there.`);
    return getNamedType(found.type).name;
  };

  test("what a class implies is allowed wherever the class is", () => {
    for (const name of fieldClassNames)
      for (const implied of classRules[name].implies)
        for (const scope of anyScope)
          expect(!classRules[name].allows(scope) || classRules[implied].allows(scope), `${name} ${implied}`).toBe(true);
  });

  test("amounts and texts of loads are for whom the query floor reads them", () => {
    for (const scope of anyScope) {
      expect(classRules.operatorFigures.allows(scope), JSON.stringify(scope)).toBe(seesLoadAmounts(scope));
      expect(classRules.operatorTexts.allows(scope), JSON.stringify(scope)).toBe(seesFileTexts(scope));
    }
    expect([seesLoadAmounts(all), seesFileTexts(all)]).toEqual([true, true]);
  });

  test("bare leaves have no resolver of any kind around their value", () => {
    const resolved = fields
      .filter(({ wrapped }) => !wrapped)
      .filter(
        ({ type, field }) =>
          objectTypesOf(graph)
            .find(({ name }) => name === type)
            ?.getFields()[field]?.resolve,
      )
      .map(nameOf);
    // Chosen by an argument, or asked for beside the figures: they cannot be plain properties.
    expect(resolved).toEqual([
      "Customer.segmentKey",
      "CustomersColumns.segmentKey",
      "Product.description",
      "Product.category",
    ]);
  });
});

function subsetsOf<Item>(items: readonly Item[]): Item[][] {
  return items.reduce<Item[][]>((sets, item) => sets.flatMap((set) => [set, [...set, item]]), [[]]);
}

/** What a scope gets of a document whose root fields resolve to plain data. */
async function see(schema: GraphQLSchema, query: string, scope: Scope | undefined) {
  const result = await execute({ schema, document: parse(query), contextValue: { scope } });
  return {
    data: JSON.parse(JSON.stringify(result.data ?? null)) as unknown,
    errors: result.errors?.map(({ message, originalError }) => ({
      message,
      code: originalError instanceof Consumer360Error ? originalError.code : null,
    })),
  };
}

const refused = [{ message: "This is outside of what you may see.", code: "FORBIDDEN" }];

describe("what nobody has classified", () => {
  test("is denied to everyone, on a known type and on a new one", async () => {
    const extended = extendSchema(
      bare,
      parse(
        "extend type Query { secret: String place: Place } extend type Viewer { shoeSize: Int } type Place { x: Int }",
      ),
    );
    const shielded = shieldSchema(extended);
    expect(await see(shielded, "{ secret }", all)).toEqual({ data: { secret: null }, errors: refused });
    expect(await see(shielded, "{ place { x } }", all)).toEqual({ data: { place: null }, errors: refused });
    expect(await see(shielded, "{ me { role shoeSize } }", all)).toEqual({
      data: { me: { role: "admin", shoeSize: null } },
      errors: refused,
    });
    expect(
      fieldVisibilities(extended)
        .filter((field) => field.class === null)
        .map(nameOf),
    ).toEqual(["Query.secret", "Query.place", "Viewer.shoeSize", "Place.x"]);
  });

  test("a new way to customers past the rules puts the rules back on every leaf", () => {
    const extended = extendSchema(bare, parse("extend type Viewer { self: Customer }"));
    const leavesOf = (way: FieldClass) =>
      fieldVisibilities(extended, (type, field) => (field === "self" ? way : classOf(type, field)))
        .filter(({ type, field }) => type === "Customer" && (field === "id" || field === "segmentKey"))
        .map(({ wrapped }) => wrapped);
    expect(leavesOf("public")).toEqual([true, true]);
    expect(leavesOf("operator")).toEqual([true, true]);
    expect(leavesOf("customerLevel")).toEqual([false, false]);
    expect(leavesOf("personal")).toEqual([false, false]);
  });
});

describe("the rules", () => {
  test("without a scope nothing is seen", async () => {
    expect(await see(graph, "{ me { role } }", undefined)).toEqual({ data: null, errors: refused });
  });

  test.each([
    'customer(id: "1") { id }',
    "customers { totalCount }",
    "churnRisk { totalCount }",
    "factSales { totalCount }",
  ])("aggregates only: %s is refused", async (field) => {
    expect((await see(graph, `{ ${field} }`, aggregatesOnly)).errors).toEqual(refused);
  });

  test("aggregates only: a segment's customers are refused", async () => {
    const schema = withRoots({ segments: () => [{ key: "CHAMPIONS" }] });
    expect(await see(schema, "{ segments { key } }", aggregatesOnly)).toEqual({
      data: { segments: [{ key: "CHAMPIONS" }] },
      errors: undefined,
    });
    expect((await see(schema, "{ segments { customersConnection { totalCount } } }", aggregatesOnly)).errors).toEqual(
      refused,
    );
  });

  test("a masked name is null, without an error and without being read", async () => {
    const schema = withRoots({ customer: () => ({ id: "1" }) });
    expect(await see(schema, '{ customer(id: "1") { id name } }', masked)).toEqual({
      data: { customer: { id: "1", name: null } },
      errors: undefined,
    });
  });

  test("a plain value has its rule without a promise of its own", async () => {
    const schema = withRoots({ customer: () => ({ id: "1", orders: 3, recencyDays: 9 }) });
    const { orders, name } =
      objectTypesOf(schema)
        .find((type) => type.name === "Customer")
        ?.getFields() ?? {};
    const info = { fieldName: "orders" } as GraphQLResolveInfo;
    expect(orders?.resolve?.({ orders: 3 }, {}, { scope: all }, info)).toBe(3);
    expect(() => orders?.resolve?.({ orders: 3 }, {}, { scope: aggregatesOnly }, info)).toThrow(/outside/);
    expect(() => orders?.resolve?.({ orders: 3 }, {}, {}, info)).toThrow(/outside/);
    expect(name?.resolve).toBeDefined();
    const withoutFigures: Scope = { ...all, members: ["public", "personal"] };
    expect(await see(schema, '{ customer(id: "1") { id recencyDays } }', withoutFigures)).toEqual({
      data: { customer: { id: "1", recencyDays: 9 } },
      errors: undefined,
    });
    expect((await see(schema, '{ customer(id: "1") { id orders } }', withoutFigures)).errors).toEqual(refused);
    const withoutPersons: Scope = { ...all, members: ["public", "commercial"] };
    expect((await see(schema, '{ customer(id: "1") { id } }', withoutPersons)).errors).toEqual(refused);
  });

  test("a smallest cell leaves three tables, the viewer, the snapshot and the catalogue", () => {
    const few: Scope = { ...all, minimumCustomers: 5 };
    const fates = fatesOf(fields, few);
    expect(
      fields
        .filter((field) => field.type === "Query" && fates.get(nameOf(field)) === "shown")
        .map(({ field }) => field)
        .toSorted(),
    ).toEqual(["catalog", "dataset", "me", "revenueByCountry", "revenueByMonth", "segments"]);
    expect(fates.get("Dataset.account")).toBe("null");
    expect(fates.get("Segment.customersConnection")).toBe("refused");
    expect(fates.get("Segment.name")).toBe("shown");
  });

  test("what nothing leads to is refused, whatever its own rule, and null leads nowhere", () => {
    const of = (scope: Scope, ...names: string[]) => names.map((name) => fatesOf(fields, scope).get(name));
    const few: Scope = { ...aggregatesOnly, minimumCustomers: 5 };
    expect(of(few, "Cohort.month", "MetricRow.month", "PageInfo.endCursor")).toEqual(["refused", "refused", "refused"]);
    expect(of(aggregatesOnly, "Cohort.month", "MetricRow.month", "Customer.name")).toEqual([
      ...["shown", "shown", "refused"],
    ]);
    const vocabulary: Scope = { ...all, customerLevel: false, members: ["public"] };
    expect(of(vocabulary, "Query.segments", "Segment.name", "MeasureInfo.name")).toEqual([
      "refused",
      "refused",
      "shown",
    ]);
    // an operator sees the account; for all others it is null, and so is what is in it out of reach
    expect(of(all, "Dataset.account", "RowAccount.read")).toEqual(["shown", "shown"]);
    expect(of(masked, "Dataset.account", "RowAccount.read")).toEqual(["null", "refused"]);
    const open = fields.map((field) => (field.type === "RowAccount" ? { ...field, class: "public" as const } : field));
    expect(fatesOf(open, masked).get("RowAccount.read")).toBe("refused");
    expect(fatesOf(open, all).get("RowAccount.read")).toBe("shown");
  });

  test("a row account is null for who is no operator", async () => {
    const schema = withRoots({ dataset: () => ({ snapshot: "1" }) });
    expect(await see(schema, "{ dataset { snapshot account { read } } }", masked)).toEqual({
      data: { dataset: { snapshot: "1", account: null } },
      errors: undefined,
    });
  });

  test("a refusal inside a resolver stays what it is", async () => {
    const schema = withRoots({
      kpis: () => {
        throw new Consumer360Error("BAD_USER_INPUT", "No.");
      },
    });
    expect((await see(schema, "{ kpis { orders } }", all)).errors).toEqual([
      { message: "No.", code: "BAD_USER_INPUT" },
    ]);
  });
});

/** The shielded graph with other resolvers at its root. */
function withRoots(roots: Record<string, () => unknown>): GraphQLSchema {
  const schema = extendSchema(bare, parse("type Unused { x: Int }"));
  for (const [name, resolve] of Object.entries(roots)) {
    const field = schema.getQueryType()?.getFields()[name];
    if (field) field.resolve = resolve;
  }
  return shieldSchema(schema);
}

test("the matrix says for each role what the rules do", () => {
  const table = describeFields(fields, [all, aggregatesOnly, masked]);
  expect(table).toContain("| Field | Class | `admin` | `executive` | `analyst` |\n");
  expect(table).toContain("| `Query.customers` | customerLevel | yes | refused | yes |\n");
  expect(table).toContain("| `Customer.name` | personal | yes | refused | null |\n");
  expect(table).toContain("| `Dataset.account` | operator | yes | null | null |\n");
  const unknown = { type: "Query", field: "b", leadsTo: null, class: null, hides: false, wrapped: true };
  expect(describeFields([unknown], [all])).toContain("refused");
});
