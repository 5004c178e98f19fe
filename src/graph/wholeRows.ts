// Lists of rows that are plain values are completed whole. For graphql-js each value of each row is a resolver, a path and a promise that may
// be; here each is one check. What does not pass it is left to graphql-js, which asks nothing anew and tells what is wrong where it is.
import {
  type DocumentNode,
  defaultFieldResolver,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  getNamedType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { Fate } from "../access/policyTest.ts";
import { forbidden } from "../query/validate.ts";
import { classOf } from "./fieldClasses.ts";
import { type FieldVisibility, fieldVisibilities, objectTypesOf } from "./fieldVisibility.ts";
import type { GraphContext } from "./GraphContext.ts";
import { fateByContext, ruleOfPlain } from "./guardPlain.ts";
import { fieldsBelow } from "./selectedFields.ts";

/** Whether a value may stand in an answer as it is. */
type Check = (value: unknown) => boolean;

/** A field of a row: the property that holds it, what it must be, and the rule that it carries; null where it carries none. */
type PlainField = Readonly<{ property: string; fits: Check; rule: FieldVisibility | null }>;

/** By type and field. */
type PlainTypes = ReadonlyMap<string, ReadonlyMap<string, PlainField>>;

/** Properties that hold what a resolver would show without its arguments, where the row has them. */
const heldBeside: Readonly<Record<string, string>> = Object.freeze({ "Customer.segmentKey": "classicSegment" });

/** The schema by which a document's lists are completed whole; null where some of its lists are more than plain rows, or it has none. */
export type RowsWhole = (document: DocumentNode, operation: OperationDefinitionNode) => GraphQLSchema | null;

/** `schema`: shielded. A field with a resolver of its own is not plain, nor one with a rule, unless that looks at the scope alone. */
export function makeRowsWhole(schema: GraphQLSchema, classify: typeof classOf = classOf): RowsWhole {
  const wrapped = fieldVisibilities(schema, classify).filter((field) => field.wrapped);
  const plain = plainTypesOf(schema, new Set(wrapped.map(({ type, field }) => `${type}.${field}`)));
  const whole = withWholeLists(schema, plain);
  const judged = new WeakMap<OperationDefinitionNode, boolean>();
  return (document, operation) => {
    const fits = judged.get(operation) ?? hasPlainListsOnly(schema, plain, document, operation);
    judged.set(operation, fits);
    return fits ? whole : null;
  };
}

function plainTypesOf(schema: GraphQLSchema, ruled: ReadonlySet<string>): PlainTypes {
  return new Map(
    objectTypesOf(schema).map((type) => [
      type.name,
      new Map(
        Object.values(type.getFields()).flatMap((field): [string, PlainField][] => {
          const rule = ruleOfPlain(field.resolve) ?? null;
          // Whatever stands beside it, any other field with a rule is asked by its rule.
          const isOwn = rule === null && ruled.has(`${type.name}.${field.name}`);
          const property = isOwn ? null : propertyOf(type, field);
          const fits = property === null ? null : checkOf(field.type);
          return property === null || fits === null ? [] : [[field.name, { property, fits, rule }]];
        }),
      ),
    ]),
  );
}

/** Null where more than a property is behind the field. */
function propertyOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): string | null {
  const beside = heldBeside[`${type.name}.${field.name}`];
  if (beside !== undefined) return beside;
  const isProperty =
    field.resolve === undefined || field.resolve === defaultFieldResolver || ruleOfPlain(field.resolve) !== undefined;
  return isProperty && field.args.length === 0 ? field.name : null;
}

/** Null for what is no plain value, nor a list of them. */
function checkOf(type: GraphQLOutputType): Check | null {
  if (isNonNullType(type)) return checkOfFilled(type.ofType);
  const inner = checkOfFilled(type);
  return inner && ((value) => value === null || inner(value));
}

function checkOfFilled(type: GraphQLOutputType): Check | null {
  if (isListType(type)) {
    const item = checkOf(type.ofType);
    return item && ((value) => Array.isArray(value) && value.every(item));
  }
  return isLeafType(type) ? checkOfLeaf(type) : null;
}

const isText: Check = (value) => typeof value === "string";
const scalars: Readonly<Record<string, Check>> = Object.freeze({
  ID: isText,
  String: isText,
  Date: isText,
  Decimal: isText,
  LocalDateTime: isText,
  Month: isText,
  Boolean: (value) => typeof value === "boolean",
  Float: (value) => Number.isFinite(value),
  Int: (value) => Number.isInteger(value) && Math.abs(value as number) < 2 ** 31,
});

function checkOfLeaf(type: GraphQLLeafType): Check | null {
  if (!isEnumType(type)) return scalars[type.name] ?? null;
  const values = type.getValues();
  const names: ReadonlySet<unknown> = new Set(values.map(({ name }) => name));
  return values.every(({ name, value }) => name === value) ? (value) => names.has(value) : null;
}

/** Of each list of objects the type of the rows; null for any other field. */
function rowTypeOf(type: GraphQLOutputType): GraphQLObjectType | null {
  const list = getNullableType(type);
  if (!isListType(list)) return null;
  const row = getNullableType(list.ofType as GraphQLOutputType);
  return isObjectType(row) ? row : null;
}

function hasPlainListsOnly(
  schema: GraphQLSchema,
  plain: PlainTypes,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  let hasList = false;

  /** `rows`: the plain fields of the list's rows that the selection is of; null where it is of none. */
  const fits = (
    { selections }: SelectionSetNode,
    parent: GraphQLObjectType,
    rows: ReadonlyMap<string, PlainField> | null,
  ): boolean =>
    selections.every((node) => {
      if (node.kind === Kind.INLINE_FRAGMENT) return fits(node.selectionSet, parent, rows);
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(node.name.value);
        return fragment !== undefined && fits(fragment.selectionSet, parent, rows);
      }
      const name = node.name.value;
      // an ordinary object takes no property of this name
      if (node.alias?.value === "__proto__") return false;
      if (name === "__typename") return true;
      if (rows) return rows.has(name) && !node.arguments?.length;
      const field = parent.getFields()[name];
      if (!field) return false;
      if (!node.selectionSet) return true;
      const row = rowTypeOf(field.type);
      if (row) {
        hasList = true;
        return fits(node.selectionSet, row, plain.get(row.name) ?? new Map());
      }
      const type = getNamedType(field.type);
      return isObjectType(type) && fits(node.selectionSet, type, null);
    });
  const root = schema.getQueryType();
  return root != null && fits(operation.selectionSet, root, null) && hasList;
}

/** A schema of its own, whose lists of objects are leaves for the executor. Nobody validates by it. */
function withWholeLists(schema: GraphQLSchema, plain: PlainTypes): GraphQLSchema {
  const copy = copyOf(schema);
  for (const type of objectTypesOf(copy))
    for (const field of Object.values(type.getFields())) {
      const row = rowTypeOf(field.type);
      const fields = row && plain.get(row.name);
      if (!row || !fields) continue;
      const list = getNullableType(field.type) as GraphQLList<GraphQLOutputType>;
      const rows = new GraphQLScalarType({ name: `RowsOf${row.name}`, serialize: (value) => value });
      field.type = isNonNullType(field.type) ? new GraphQLNonNull(rows) : rows;
      field.resolve = inRows(field.resolve ?? defaultFieldResolver, {
        name: row.name,
        fields,
        isFilledRow: isNonNullType(list.ofType),
      });
    }
  return copy;
}

/** The same fields with the same resolvers. */
function copyOf(schema: GraphQLSchema): GraphQLSchema {
  const copies = new Map<string, GraphQLObjectType>();
  const copied = (type: GraphQLOutputType): GraphQLOutputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(copied(type.ofType));
    if (isListType(type)) return new GraphQLList(copied(type.ofType));
    if (isObjectType(type)) return copies.get(type.name) as GraphQLObjectType;
    // columns have types that the schema does not know, and are put in when it stands
    return schema.getType(type.name) === type ? type : GraphQLString;
  };
  for (const type of objectTypesOf(schema)) {
    const config = type.toConfig();
    const fields = () =>
      Object.fromEntries(
        Object.entries(config.fields).map(([name, field]) => [name, { ...field, type: copied(field.type) }]),
      );
    copies.set(type.name, new GraphQLObjectType({ ...config, fields }));
  }
  const copy = new GraphQLSchema({ query: copies.get(schema.getQueryType()?.name ?? "") ?? null });
  for (const type of objectTypesOf(schema))
    for (const [name, { type: original }] of Object.entries(type.getFields())) {
      const field = copies.get(type.name)?.getFields()[name];
      const named = getNamedType(original);
      if (field && isLeafType(named) && schema.getType(named.name) !== named) field.type = original;
    }
  return copy;
}

type RowType = Readonly<{ name: string; fields: ReadonlyMap<string, PlainField>; isFilledRow: boolean }>;

function inRows(resolve: GraphQLFieldResolver<unknown, unknown>, row: RowType): GraphQLFieldResolver<unknown, unknown> {
  return (parent, args, context, info) => {
    const found = resolve(parent, args, context, info);
    const show = (rows: unknown) => shown(rows, row, context as Partial<GraphContext>, info);
    return found instanceof Promise ? found.then(show) : show(found);
  };
}

type Shown = Readonly<{ key: string; name: string; plain: PlainField | null; fate: Fate }>;

/** Throws where a value is not what its field says, or is refused by its rule: then nothing of the answer counts. */
function shown(
  rows: unknown,
  { name, fields, isFilledRow }: RowType,
  context: Partial<GraphContext>,
  info: GraphQLResolveInfo,
): unknown {
  if (rows === null || rows === undefined || rows instanceof Error) return rows;
  if (!Array.isArray(rows)) throw new TypeError(`A list of ${name} is no list.`);
  const keys = keysOf(info, fields, context);
  return rows.map((row: Readonly<Record<string, unknown>> | null) => {
    if (row === null && !isFilledRow) return null;
    const values: Record<string, unknown> = {};
    for (const { key, name: field, plain, fate } of keys) {
      if (fate === "refused") throw forbidden();
      const held = fate === "shown" ? plain && (row as Readonly<Record<string, unknown>>)[plain.property] : null;
      const value = plain ? (held ?? null) : name;
      if (plain && !plain.fits(value)) throw new TypeError(`${name}.${field} cannot be shown as it is.`);
      values[key] = value;
    }
    return values;
  });
}

/** As they are selected, in their order. */
function keysOf(info: GraphQLResolveInfo, fields: RowType["fields"], context: Partial<GraphContext>): readonly Shown[] {
  const keys = new Map<string, Shown>();
  for (const { alias, name } of fieldsBelow(info.fieldNodes, info)) {
    const key = alias?.value ?? name.value;
    const plain = fields.get(name.value) ?? null;
    const fate = plain?.rule ? fateByContext(plain.rule, context) : "shown";
    if (!keys.has(key)) keys.set(key, { key, name: name.value, plain, fate });
  }
  return [...keys.values()];
}
