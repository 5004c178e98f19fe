// Refusals as an oracle: what is hidden and what is not there must be told in the same bytes, and no error, no catalogue and no introspection
// may hold a name that the role does not see and the asker did not write.
import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";
import { beforeAll, describe, expect, test } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { keepsLine } from "../oracle/evaluate.ts";
import { readShopLines } from "../oracle/shopLines.ts";
import type { Asker } from "../server/demoServer.ts";
import { type Role, roles } from "../server/expectedVisibility.ts";
import { keptByRole } from "../server/keptByRole.ts";
import { useAttackedShop } from "./useAttackedShop.ts";

const shop = useAttackedShop();
const lines = readShopLines();
const schema = await buildGraphSchema();
const askerOf = (role: Role): Asker => ({
  role,
  ...(role === "country_manager" && { countries: ["France", "Belgium"] }),
});

const salesFields = [
  ...[
    "kpis(where: $w) { orders }",
    "revenueByMonth(where: $w) { month }",
    "revenueByMonth(where: $w) { month orders }",
  ],
  ...["revenueByCountry(where: $w) { country }", "segments(where: $w) { key }", "cohorts(where: $w) { month size }"],
  ...["segments(scheme: DETAILED, where: $w) { key customers }", "metrics(where: $w) { totalCount }"],
  ...[
    "metrics(where: $w) { nodes { month } }",
    "metrics(where: $w, spine: true) { nodes { month previous { orders } } }",
  ],
  ...["factSales(where: $w) { totalCount }", "factSales(where: $w) { nodes { id } pageInfo { endCursor } }"],
  "segments(where: $w) { customersConnection { totalCount } }",
];
const customerFields = [
  "customers(where: $w) { totalCount nodes { id } }",
  "churnRisk(where: $w) { edges { node { id } } }",
];

/** Documents that name a value by a filter. */
const filtered = (filter: string, fields: readonly string[], type = "SalesFilter") =>
  fields.flatMap((field) =>
    [(value: string) => ({ [filter]: { eq: value } }), (value: string) => ({ [filter]: { in: [value] } })].map(
      (where) => ({ query: `query ($w: ${type}) { ${field} }`, where }),
    ),
  );

const distinct = <Value>(values: readonly Value[]) => [...new Set(values)];

describe.each(roles)("%s", (role) => {
  const asker = askerOf(role);
  const kept = lines.filter((line) => keepsLine(keptByRole[role], line));
  const hiddenOf = (name: "country" | "customer" | "product" | "segment") => {
    const seen = new Set(kept.map((line) => line[name]));
    return distinct(lines.map((line) => line[name])).filter((value) => value !== null && !seen.has(value)) as string[];
  };

  test("a hidden value and one that is not there are the same, whoever asks for it by name", async () => {
    const probes = [
      ...(["country", "product"] as const).flatMap((filter) =>
        filtered(filter, salesFields).map((probe) => ({
          ...probe,
          hidden: hiddenOf(filter),
          none: ["Atlantis", "Germany "],
        })),
      ),
      ...filtered("country", customerFields, "CustomerFilter").map((probe) => ({
        ...{ ...probe, hidden: hiddenOf("country"), none: ["Atlantis", "germany"] },
      })),
      ...filtered("customerId", salesFields).map((probe) => ({
        ...probe,
        hidden: hiddenOf("customer"),
        none: ["99999"],
      })),
    ];
    expect(probes.length).toBeGreaterThan(80);
    for (const [nth, { query, where, hidden, none }] of probes.entries()) {
      const bodyOf = async (value: string) => (await shop.ask(asker, query, { w: where(value) })).body;
      const nobodys = await bodyOf(none[nth % none.length] ?? "");
      const value = hidden[nth % hidden.length];
      if (value !== undefined) expect(await bodyOf(value), `${query} ${value}`).toBe(nobodys);
      if (role === "admin") expect(JSON.parse(nobodys)).not.toHaveProperty("errors");
    }
  });

  test("a hidden segment is the same whether anybody is in it or not", async () => {
    const { segments } = keptByRole[role];
    if (segments === null) return;
    for (const { query, where } of [
      ...filtered("segment", salesFields),
      ...filtered("segment", customerFields, "CustomerFilter"),
    ]) {
      const bodies = ["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "GUEST", "UNSCORED"].map(
        async (key) => (await shop.ask(asker, query, { w: where(key) })).body,
      );
      const [body = "", ...others] = distinct(await Promise.all(bodies));
      expect(others).toEqual([]);
      expect(body).toContain("FORBIDDEN");
    }
  });

  describe("names", () => {
    let shown: IntrospectionQuery;
    let text: string;
    beforeAll(async () => {
      const asked = await shop.ask(asker, getIntrospectionQuery());
      expect(asked.errors).toEqual([]);
      shown = asked.data as unknown as IntrospectionQuery;
      text = asked.body;
    });

    /** Names of the schema that this role is not shown. */
    const hiddenNames = () => {
      const known = namesOf(buildClientSchema(shown));
      return [...namesOf(schema)].filter((name) => !known.has(name));
    };

    test("introspection shows what it may use, and no value of a row", () => {
      const account = ["account", "RowAccount", "read", "loaded", "duplicate", "superseded", "rejected", "replaced"];
      const loads = [
        ...["loadRuns", "LoadRunConnection", "LoadRun", "startedAt", "finishedAt", "mode", "seconds"],
        ...["files", "LoadedFile", "sha256", "bytes", "rows", "errorCode", "errorMessage"],
        ...["warnings", "LoadWarning", "message", "stages", "LoadStage", "stage", "amounts", "LoadAmount"],
        ...["rejects", "RejectedRowConnection", "RejectedRow", "file", "line", "column", "raw", "settledIn"],
      ];
      const pairs = ["boughtWith", "BoughtWith", "support", "confidence", "lift"];
      const wanted: Readonly<Record<Role, readonly string[]>> = {
        admin: [],
        analyst: [...account, ...loads],
        country_manager: [...account, ...loads, ...pairs],
        executive: [
          "Customer",
          "FactSale",
          "churnRisk",
          "customersConnection",
          "CUSTOMER_ID",
          "customerId",
          "LATEST_COUNTRY",
        ],
        crm: ["CHAMPIONS", "LOYAL_CUSTOMERS", "POTENTIAL_LOYALISTS", "UNSCORED", "PROMISING"],
        partner: ["Customer", "Kpis", "metrics", "SalesFilter", "churnRisk", "kpis", "cohorts", "TRAILING_NET_REVENUE"],
      };
      const hidden = hiddenNames();
      if (role === "admin" || role === "analyst" || role === "country_manager")
        expect(hidden.toSorted()).toEqual(wanted[role].toSorted());
      else expect(hidden).toEqual(expect.arrayContaining([...account, ...loads, ...wanted[role]]));
      for (const line of lines)
        for (const value of [line.country, line.customer ?? "12001"]) expect(text).not.toContain(`${value}"`);
      // Its names stand nowhere in the text, descriptions included; a word that is one of everyday speech may.
      const named = hidden.filter((name) => /[a-z][A-Z]|_/.test(name) && new RegExp(`\\b${name}\\b`).test(text));
      expect(named).toEqual([]);
    });

    test("a type or field that is hidden is, to introspection, one that is not there", async () => {
      for (const name of hiddenNames()) {
        const { data } = await shop.ask(
          asker,
          `query ($name: String!) { __type(name: $name) { name kind fields { name } } }`,
          { name },
        );
        expect(data, name).toEqual({ __type: null });
      }
      const mixed = await shop.ask(asker, '{ me { role } __type(name: "Customer") { name } }');
      expect(mixed.codes).toEqual(["BAD_USER_INPUT"]);
      expect((await shop.ask(asker, "{ __typename me { __typename } }")).data).toEqual({
        __typename: "Query",
        me: { __typename: "Viewer" },
      });
    });

    test("no error names what is hidden, unless the asker did", async () => {
      const hidden = new Set([
        ...hiddenNames(),
        ...hiddenOf("country"),
        ...hiddenOf("customer"),
        ...hiddenOf("product").filter((code) => code.length > 3),
        ...hiddenOf("segment"),
      ]);
      // The type of a field that the asker wrote is no news of it, nor what it must be given.
      const types = new Set([...Object.keys(schema.getTypeMap()), ...required]);
      const words = /[\w'-]+/g;
      const quoted = /["`][\w.]+["`]/g;
      const isName = (word: string) => /[A-Z_\d]/.test(word);
      const documents = nearMisses().filter((__, nth) => nth % 3 === roles.indexOf(role) % 3);
      expect(documents.length).toBeGreaterThan(100);
      const codes = new Set<string>();
      for (const document of documents) {
        const asked = await shop.ask(asker, document);
        for (const { message, extensions } of asked.errors) {
          codes.add(extensions.code);
          const told = `${message} ${extensions.remedy ?? ""}`;
          const written = new Set(document.match(words));
          // A plain word of a sentence is a name where it is quoted.
          const names = [
            ...(told.match(words) ?? []),
            ...(told.match(quoted) ?? []).flatMap((text) => text.match(words) ?? []),
          ];
          const betrayed = names.filter(
            (name, at, all) =>
              hidden.has(name) && !written.has(name) && !types.has(name) && (isName(name) || all.indexOf(name) !== at),
          );
          expect(betrayed, `${document} ${message}`).toEqual([]);
          expect(message).not.toMatch(/Did you mean|column|relation|syntax error at|consumer360|pg_|node_modules/);
        }
      }
      expect([...codes].toSorted()).toEqual(expect.arrayContaining(["BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"]));
    });
  });
});

/** What GraphQL asks for where it was left out. */
const required = Object.values(schema.getTypeMap())
  .flatMap((type) => {
    if (isInputObjectType(type)) return Object.values(type.getFields()).filter(isRequiredInputField);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap(({ args }) => args.filter(isRequiredArgument));
  })
  .map(({ name }) => name);

/** Types, fields, filters and values. */
function namesOf(of: GraphQLSchema): Set<string> {
  const types = Object.values(of.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
  return new Set(
    types.flatMap((type) => {
      if (isEnumType(type)) return [type.name, ...type.getValues().map(({ name }) => name)];
      return isInputObjectType(type) || isObjectType(type)
        ? [type.name, ...Object.keys(type.getFields())]
        : [type.name];
    }),
  );
}

/** Documents that are nearly right: each field, argument, input field and value once with a letter too few, or of the wrong kind. */
function nearMisses(): string[] {
  const query = schema.getQueryType();
  const short = (name: string) => name.slice(0, -1);
  const documents: string[] = [];
  for (const field of Object.values(query?.getFields() ?? {})) {
    documents.push(`{ ${short(field.name)} { nodes { id } } }`, `{ ${field.name} }`, `{ ${field.name} { nosuch } }`);
    for (const { name } of field.args)
      documents.push(
        ...[`{ ${field.name}(${short(name)}: 1) { __typename } }`, `{ ${field.name}(${name}: [[[]]]) { __typename } }`],
        ...[`{ ${field.name}(${name}: "x") { __typename } }`, `{ ${field.name}(${name}: {no: 1}) { __typename } }`],
        `query ($v: Int!) { ${field.name}(${name}: $v) { __typename } }`,
      );
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isObjectType(type) && !type.name.startsWith("__"))
      documents.push(`{ me { ... on ${short(type.name)} { role } } }`, `{ ... on ${type.name} { nosuch } }`);
    if (isInputObjectType(type) && type.name.endsWith("Filter"))
      for (const name of Object.keys(type.getFields()))
        documents.push(
          `query ($v: ${type.name} = { ${short(name)}: 1 }) { metrics { totalCount } }`,
          `query ($v: ${type.name} = { ${name}: { eq: {} } }) { metrics { totalCount } }`,
        );
    if (isEnumType(type) && !type.name.startsWith("__"))
      for (const { name } of type.getValues())
        documents.push(`query ($v: ${type.name} = ${short(name)}) { me { role } }`);
  }
  const measures = ["LATEST_COUNTR", "RECENCY_DAY", "CUSTOMER_I", "NOSUCH"];
  for (const value of measures)
    documents.push(
      ...[
        `{ metrics(orderBy: [{ member: ${value} }]) { totalCount } }`,
        `{ metrics(having: [{ measure: ${value} }]) { totalCount } }`,
      ],
    );
  documents.push(
    ...[
      "{ metrics { nodes { medianRecencyDays product } } }",
      "{ metrics { nodes { newCustomers hour customerType } } }",
    ],
    ...["{ metrics(orderBy: [{ member: PRODUCT }]) { nodes { month } } }", "{ metrics { totals { month } } }"],
    ...[
      "{ segments(where: { segment: { eq: AT_RIS } }) { key } }",
      '{ metrics(where: { week: { eq: "2024" } }) { totalCount } }',
    ],
    ...["{ metrics(where: { hour: { eq: 99 } }) { totalCount } }", "{ metrics(spine: true) { nodes { orders } } }"],
    ...["{ customers(first: 0) { totalCount } }", "{ factSales(first: 100000) { totalCount } }"],
  );
  return documents;
}
