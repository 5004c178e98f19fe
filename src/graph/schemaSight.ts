// What a viewer is told of the schema: the fields, arguments, filters and values that the viewer may use, and the types that they lead to.
// Nothing is judged by it: what is not in it is refused in the same words as ever.
import {
  buildASTSchema,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type NamedTypeNode,
  parse,
  printSchema,
  type TypeNode,
  visit,
} from "graphql";
import { catalogDimensions, catalogMeasures, memberEnumName } from "../model/catalog.ts";
import type { Scope } from "../model/scope.ts";
import { schemeNames, segmentKeys } from "../model/segmentSchemes.ts";
import { orderMembers } from "./customerQuestion.ts";
import { fatesOf, fieldVisibilities } from "./fieldVisibility.ts";
import { customerFilterMembers } from "./inputs/CustomerFilter.ts";
import { filterFields } from "./inputs/SalesFilter.ts";
import { seesMember } from "./membersSeen.ts";
import { visibleKeys } from "./segmentRows.ts";

/** Made from the schema's text, which shows a column as the list that it is. */
export type SchemaSights = (schema: GraphQLSchema, scope: Scope) => GraphQLSchema;

const mostSights = 50;

/** Keeps what it has made, for as many different sights as are likely: roles have few, claims can make many. */
export function makeSchemaSights(): SchemaSights {
  const known = new WeakMap<GraphQLSchema, Map<string, GraphQLSchema>>();
  return (schema, scope) => {
    const hidden = hiddenFrom(schema, scope);
    const sights = known.get(schema) ?? new Map<string, GraphQLSchema>();
    known.set(schema, sights);
    const key = [...hidden].join();
    const sight = sights.get(key) ?? without(schema, hidden);
    sights.delete(key);
    sights.set(key, sight);
    const [oldest] = sights.keys();
    if (sights.size > mostSights && oldest !== undefined) sights.delete(oldest);
    return sight;
  };
}

/** Coordinates of what the scope may not use: `Type.field`, `Type.field.argument`, `Input.field`, `Enum.VALUE`. */
export function hiddenFrom(schema: GraphQLSchema, scope: Scope): ReadonlySet<string> {
  const fields = [...fatesOf(fieldVisibilities(schema), scope)].filter(([, fate]) => fate === "refused");
  const members = memberPlaces.filter(({ member }) => !seesMember(member, scope)).map(({ at }) => at);
  const keys = new Set(schemeNames.flatMap((scheme) => visibleKeys(scheme, scope)));
  const segments = segmentKeys.filter((key) => !keys.has(key)).map((key) => `SegmentKey.${key}`);
  return new Set([
    ...fields.map(([at]) => at),
    ...members,
    ...segments,
    ...(scope.minimumCustomers === null ? [] : fixedArguments),
  ]);
}

/** Where members of the model stand beside the fields of types, which have their classes. */
const memberPlaces = Object.freeze([
  ...catalogDimensions.flatMap(({ name, shownAs }) => [
    { at: `Dimension.${memberEnumName(shownAs)}`, member: name },
    { at: `Member.${memberEnumName(shownAs)}`, member: name },
  ]),
  ...catalogMeasures.flatMap(({ name, shownAs }) => [
    { at: `Measure.${memberEnumName(shownAs)}`, member: name },
    { at: `Member.${memberEnumName(shownAs)}`, member: name },
  ]),
  ...[...filterFields].map(([field, member]) => ({ at: `SalesFilter.${field}`, member })),
  ...Object.entries(customerFilterMembers).map(([field, member]) => ({ at: `CustomerFilter.${field}`, member })),
  // By id a list is ordered for whoever sees it.
  ...Object.entries(orderMembers)
    .filter(([, member]) => member !== "customer")
    .map(([field, member]) => ({ at: `CustomerOrderField.${field}`, member })),
]);

/** The tables of a scope with a smallest cell are as they are. */
const fixedArguments: readonly string[] = Object.freeze([
  "Query.revenueByMonth.from",
  "Query.revenueByMonth.to",
  "Query.revenueByMonth.where",
  "Query.revenueByCountry.where",
  "Query.segments.scheme",
  "Query.segments.where",
]);

function without(schema: GraphQLSchema, hidden: ReadonlySet<string>): GraphQLSchema {
  const document = pruned(cut(parse(printSchema(schema), { noLocation: true }), (at) => hidden.has(at)));
  return buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
}

/** The document without the fields, arguments and values at these coordinates. */
function cut(document: DocumentNode, isHidden: (at: string) => boolean): DocumentNode {
  const path: string[] = [];
  const enter = ({ name }: { readonly name: { readonly value: string } }): void => {
    path.push(name.value);
  };
  const leave = (): null | undefined => {
    const hidden = isHidden(path.join("."));
    path.pop();
    return hidden ? null : undefined;
  };
  const part = { enter, leave };
  return visit(document, {
    ObjectTypeDefinition: part,
    InputObjectTypeDefinition: part,
    EnumTypeDefinition: part,
    FieldDefinition: part,
    InputValueDefinition: part,
    EnumValueDefinition: part,
    Directive: { enter: () => false },
    DirectiveDefinition: { enter: () => false },
  });
}

/** The document without types that have nothing left in them, what would need those, and what nothing leads to any more. */
function pruned(document: DocumentNode): DocumentNode {
  const empty = new Set(document.definitions.filter(hasNothing).map((type) => nameOf(type)));
  if (empty.size > 0) {
    const kept = document.definitions.filter((type) => !empty.has(nameOf(type)));
    const dropped = {
      enter: ({ type }: { readonly type: TypeNode }) => (empty.has(namedType(type)) ? null : undefined),
    };
    return pruned(
      visit({ ...document, definitions: kept }, { FieldDefinition: dropped, InputValueDefinition: dropped }),
    );
  }
  const used = typesFrom("Query", document);
  return { ...document, definitions: document.definitions.filter((type) => used.has(nameOf(type))) };
}

type Definition = DocumentNode["definitions"][number];

function nameOf(definition: Definition): string {
  return "name" in definition ? (definition.name?.value ?? "") : "";
}

function hasNothing(definition: Definition): boolean {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      return definition.fields?.length === 0;
    case Kind.ENUM_TYPE_DEFINITION:
      return definition.values?.length === 0;
    default:
      return false;
  }
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

function typesFrom(root: string, document: DocumentNode): ReadonlySet<string> {
  const definitions = new Map(document.definitions.map((definition) => [nameOf(definition), definition]));
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const definition = definitions.get(name);
    if (definition) visit(definition, { NamedType: (node: NamedTypeNode) => follow(node.name.value) });
  };
  follow(root);
  return found;
}
