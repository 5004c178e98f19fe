// What an operation asked for, as an audit may keep it: the fields and arguments in the schema's words, without any value that could name
// a person. Words of the asker's own (aliases, names of operations and variables) are left out.
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import type { Scope } from "../model/scope.ts";
import { classOf, type FieldClass } from "./fieldClasses.ts";
import { classRules } from "./fieldVisibility.ts";
import { argumentsOf, fieldOf, isIncluded, type Operation } from "./readOperation.ts";

export type Asked = Readonly<{
  /** Fields of Query, each once. */
  fields: readonly string[];
  /**
   * What the fields were given, by the names that lead to them (`customer.sales`), once for each time that they stand in the document; what
   * stands in a fragment is listed where the fragment is first spread.
   */
  arguments: Readonly<Record<string, readonly Json[]>>;
  /** Fields with arguments that are not listed, because there were too many. */
  more: number;
  /** Fields that say who a person is; `customerLevel` where single customers or lines were asked for. */
  personal: readonly string[];
}>;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** The ways that are given an id which is no customer's: a load's, a snapshot's. */
const ofNobody: ReadonlySet<string> = new Set(["loadRuns", "segmentMovements"]);

const mostFields = 50;
const mostValues = 20;

/** Filters whose texts are vocabulary, with the form of that vocabulary: what has another form may be anything. */
const vocabulary: Readonly<Record<string, RegExp>> = {
  country: /^[\p{L}\p{M} .,'’()&/-]{1,60}$/u,
  category: /^[\p{L}\p{M} .,'’()&/-]{1,60}$/u,
  product: /^[\w .-]{1,20}$/,
};

/** Scalars whose values have a form that names nobody. */
const plainScalars: ReadonlySet<string> = new Set([
  "Boolean",
  "Int",
  "Float",
  "Decimal",
  "Date",
  "LocalDateTime",
  "Month",
]);

/** What is refused to the scope is in `fields` and `arguments`, but not in `personal`. Only for documents that are valid. */
export function askedOf(operation: Operation, scope: Scope): Asked {
  const { schema, definition, fragments, variables } = operation;
  const root = schema.getQueryType();
  const fields = new Set<string>();
  const given: Record<string, Json[]> = {};
  const personal = new Set<string>();
  let listed = 0;
  let more = 0;

  const list = (node: FieldNode, field: GraphQLField<unknown, unknown>, path: string, isRead: boolean): void => {
    const values = argumentsOf(operation, field, node);
    const names = new Set(node.arguments?.map(({ name }) => name.value));
    const args = field.args.filter(({ name }) => names.has(name) && values !== null && Object.hasOwn(values, name));
    if (isRead && !ofNobody.has(path) && args.some(({ name, type }) => namesCustomer(values?.[name], type)))
      personal.add(singleCustomer);
    if (listed === mostFields) {
      more += 1;
      return;
    }
    listed += 1;
    const shown = Object.fromEntries(args.map(({ name, type }) => [name, show(values?.[name], type)]));
    given[path] = [...(given[path] ?? []), values === null ? "[not valid]" : shown];
  };

  /** Fragments that were looked at, and whether in a place that is read: what is first spread where nothing is read is looked at again. */
  const seen = new Map<string, boolean>();
  const isNew = (fragment: string, isRead: boolean): boolean => {
    const before = seen.get(fragment);
    if (before === undefined || (isRead && !before)) seen.set(fragment, isRead);
    return before === undefined || (isRead && !before);
  };

  type Place = Readonly<{ parent: GraphQLObjectType; path: readonly string[]; isRead: boolean }>;
  const visit = ({ selections }: SelectionSetNode, place: Place): void => {
    for (const node of selections) {
      if (!isIncluded(node, variables)) continue;
      if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet, place);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(node.name.value);
        if (fragment && isNew(node.name.value, place.isRead)) visit(fragment.selectionSet, place);
      } else {
        const { parent } = place;
        const field = fieldOf(operation, parent, node);
        if (!field) continue;
        if (parent === root) fields.add(field.name);
        const path = [...place.path, field.name];
        const found = classOf(parent.name, field.name);
        const isRead = place.isRead && found !== null && classRules[found].allows(scope);
        const mark = found && isRead ? markOf(found, `${parent.name}.${field.name}`, scope) : null;
        if (mark !== null) personal.add(mark);
        if (node.arguments?.length) list(node, field, path.join("."), isRead);
        const type = getNamedType(field.type);
        if (node.selectionSet && isObjectType(type)) visit(node.selectionSet, { parent: type, path, isRead });
      }
    }
  };
  if (root) visit(definition.selectionSet, { parent: root, path: [], isRead: true });
  return { fields: [...fields], arguments: given, more, personal: [...personal].toSorted() };
}

const singleCustomer = "customerLevel";

/** Null: a field of this class is about nobody in particular. The scope must be one that the class allows. */
function markOf(found: FieldClass, field: string, scope: Scope): string | null {
  if (found === "personal") return scope.masks.customerName === undefined ? field : null;
  return classRules[found].allows({ ...scope, customerLevel: false }) ? null : singleCustomer;
}

/** A coerced value as the audit shows it; `form`: what a text must look like to be shown. */
function show(value: unknown, type: GraphQLInputType, form?: RegExp): Json {
  if (isNonNullType(type)) return show(value, type.ofType, form);
  if (value === null || value === undefined) return null;
  if (isListType(type)) return showList(Array.isArray(value) ? value : [value], type.ofType, form);
  if (isInputObjectType(type)) {
    const inner = value as Readonly<Record<string, unknown>>;
    const known = Object.values(type.getFields()).filter(({ name }) => Object.hasOwn(inner, name));
    return Object.fromEntries(
      known.map((field) => [field.name, show(inner[field.name], field.type, form ?? vocabulary[field.name])]),
    );
  }
  if (isEnumType(type)) return type.getValues().find((known) => known.value === value)?.name ?? null;
  if (plainScalars.has(type.name))
    return typeof value === "number" || typeof value === "boolean" ? value : String(value);
  return type.name === "String" && form?.test(String(value)) ? String(value) : hidden;
}

const hidden = "[text]";

/** Whether a value holds the id of a customer, which is what ids are that the graph is given. */
function namesCustomer(value: unknown, type: GraphQLInputType): boolean {
  if (isNonNullType(type)) return namesCustomer(value, type.ofType);
  if (value === null || value === undefined) return false;
  if (isListType(type)) return Array.isArray(value) && value.some((inner) => namesCustomer(inner, type.ofType));
  if (!isInputObjectType(type)) return type.name === "ID";
  const inner = value as Readonly<Record<string, unknown>>;
  return Object.values(type.getFields()).some((field) => namesCustomer(inner[field.name], field.type));
}

function showList(values: readonly unknown[], type: GraphQLInputType, form?: RegExp): Json {
  const shown = values.slice(0, mostValues).map((value) => show(value, type, form));
  if (shown.length > 0 && shown.every((value) => value === hidden))
    return `[${values.length} ${values.length === 1 ? "text" : "texts"}]`;
  return values.length > mostValues ? [...shown, `[${values.length - mostValues} more]`] : shown;
}
