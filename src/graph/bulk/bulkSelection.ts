// What a document that is to be streamed selects: one list, and plain values of its rows. Anything else has no place in a table and is refused.
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getArgumentValues,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { Consumer360Error } from "../../kernel/errors.ts";
import { fieldOf, isIncluded, type Operation } from "../readOperation.ts";

/** Root fields whose rows can be streamed. */
export const bulkLists = ["factSales", "customers", "churnRisk", "metrics"] as const;
export type BulkList = (typeof bulkLists)[number];

/** A selected field of a row. */
export type BulkField = Readonly<{
  /** The column's name: the field's, or the alias. */
  name: string;
  field: string;
  args: Readonly<Record<string, unknown>>;
  /** What its values are, and whether a row has a list of them. */
  type: GraphQLNamedType;
  isList: boolean;
}>;

export type BulkSelection = Readonly<{
  list: BulkList;
  /** The one field of the document, wherever it stands. */
  nodes: readonly FieldNode[];
  args: Readonly<Record<string, unknown>>;
  /** Whether `first` is given, which has a default otherwise. */
  isBounded: boolean;
  fields: readonly BulkField[];
  /** The ways to the rows and their fields, as `Type.field`. */
  path: readonly string[];
}>;

/** Throws BAD_USER_INPUT. */
export function bulkSelection(operation: Operation): BulkSelection {
  const root = operation.schema.getQueryType();
  if (!root) throw new Error("A schema without a query type.");
  const [only, ...others] = selectedIn(operation, [operation.definition.selectionSet]);
  const list = bulkLists.find((name) => name === only?.nodes[0]?.name.value);
  if (!only || !list || others.length > 0)
    throw refusal(
      "A stream holds the rows of one list, and this document asks for something else.",
      `Ask for exactly one of ${inWords(bulkLists)}, or for JSON.`,
    );
  const { field, node, type: connection } = fieldAt(operation, root, only);
  const path = [`${root.name}.${field.name}`];

  let [parent, sets] = [connection, only.nodes];
  for (const step of ["rows", "node"] as const) {
    const [rows, ...beside] = selectedIn(
      operation,
      sets.flatMap(({ selectionSet }) => selectionSet ?? []),
    );
    const name = rows?.nodes[0]?.name.value;
    const isRows = step === "rows" ? name === "nodes" || name === "edges" : name === "node";
    if (!rows || !isRows || beside.length > 0)
      throw refusal(
        "A stream holds the rows of its list and nothing beside them.",
        "Select `nodes`, or `edges { node }`, once; leave `cursor`, `pageInfo`, `totalCount` and `totals` out.",
      );
    const found = fieldAt(operation, parent, rows);
    path.push(`${parent.name}.${found.field.name}`);
    [parent, sets] = [found.type, rows.nodes];
    if (name === "nodes") break;
  }

  const fields = selectedIn(
    operation,
    sets.flatMap(({ selectionSet }) => selectionSet ?? []),
  ).map((selected) => bulkField(operation, parent, selected));
  if (fields.length === 0)
    throw refusal(
      "The document selects no value of the rows, and a stream has a column for each.",
      "Select one or more.",
    );
  return {
    list,
    nodes: only.nodes,
    args: getArgumentValues(field, node, operation.variables),
    isBounded: isGiven(node, "first", operation),
    fields,
    path: [...path, ...fields.map(({ field: name }) => `${parent.name}.${name}`)],
  };
}

type Selected = Readonly<{ key: string; nodes: readonly FieldNode[] }>;

/** The fields of selection sets by response key, in order. Fragments are followed, @skip and @include obeyed. */
function selectedIn({ fragments, variables }: Operation, sets: readonly SelectionSetNode[]): Selected[] {
  const found = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (!isIncluded(node, variables)) continue;
      if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = visited.has(node.name.value) ? undefined : fragments.get(node.name.value);
        visited.add(node.name.value);
        if (fragment) visit(fragment.selectionSet);
      } else {
        const key = node.alias?.value ?? node.name.value;
        found.set(key, [...(found.get(key) ?? []), node]);
      }
    }
  };
  for (const set of sets) visit(set);
  return [...found].map(([key, nodes]) => ({ key, nodes }));
}

/** A field that leads to an object. */
function fieldAt(operation: Operation, parent: GraphQLObjectType, { nodes: [node] }: Selected) {
  const field = node && fieldOf(operation, parent, node);
  const type = field && getNamedType(field.type);
  if (!node || !field || !isObjectType(type)) throw new Error("The document was not validated.");
  return { field, node, type };
}

function bulkField(operation: Operation, parent: GraphQLObjectType, { key, nodes: [node] }: Selected): BulkField {
  const field: GraphQLField<unknown, unknown> | undefined = node && fieldOf(operation, parent, node);
  if (!node || !field || !isLeafType(getNamedType(field.type)))
    throw refusal(
      `\`${key}\` is not a plain value, and a stream has a column for each.`,
      "Select values of the row itself; ask for what it leads on to as JSON, page by page.",
    );
  return {
    name: key,
    field: field.name,
    args: getArgumentValues(field, node, operation.variables),
    type: getNamedType(field.type),
    isList: isListType(getNullableType(field.type)),
  };
}

/** Null and a variable without a value ask for nothing. */
function isGiven({ arguments: given = [] }: FieldNode, name: string, { variables }: Operation): boolean {
  const value = given.find((argument) => argument.name.value === name)?.value;
  if (!value || value.kind === Kind.NULL) return false;
  return value.kind !== Kind.VARIABLE || typeof variables?.[value.name.value] === "number";
}

const inWords = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");

const refusal = (message: string, remedy: string) => new Consumer360Error("BAD_USER_INPUT", message, { remedy });
