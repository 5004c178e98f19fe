// What a document would cost, told from its text alone: how deep it nests and how many rows it may bring. Written so that a document cannot
// make the estimate itself costly: each fragment is weighed once.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

export type Cost = Readonly<{ rows: number; depth: number }>;

/** Rows of a list that has no `first`; those of `Segment` are the keys of its scheme. */
const rowsOfList = 100;
const rowsOfLists: Readonly<Record<string, number>> = Object.freeze({ Segment: 15 });

const nothing: Cost = Object.freeze({ rows: 0, depth: 0 });

type Variables = Readonly<Record<string, unknown>>;

/** A field that is selected twice counts twice, and one under @skip or @include counts as if it were there: the estimate errs upwards. */
export function documentCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): Cost {
  const fragments = new Map(
    document.definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const weighed = new Map<string, Cost>();

  /** `paged`: the set belongs to a connection, whose rows its own `first` has counted already. */
  const costOfSet = ({ selections }: SelectionSetNode, type: string, paged: boolean): Cost => {
    let sum = nothing;
    for (const node of selections) {
      if (node.kind === Kind.FIELD) sum = add(sum, costOfField(node, type, paged));
      else if (node.kind === Kind.INLINE_FRAGMENT) sum = add(sum, costOfSet(node.selectionSet, type, paged));
      else sum = add(sum, costOfFragment(node.name.value, paged));
    }
    return sum;
  };

  const costOfFragment = (name: string, paged: boolean): Cost => {
    const key = `${name} ${paged}`;
    const known = weighed.get(key);
    if (known) return known;
    const fragment = fragments.get(name);
    const cost = fragment ? costOfSet(fragment.selectionSet, fragment.typeCondition.name.value, paged) : nothing;
    weighed.set(key, cost);
    return cost;
  };

  const costOfField = (node: FieldNode, parent: string, paged: boolean): Cost => {
    const type = schema.getType(parent);
    const field = isObjectType(type) ? type.getFields()[node.name.value] : undefined;
    // Introspection has its own bound in graphql-js, and no row comes of it.
    if (!field) return nothing;
    if (!node.selectionSet) return { rows: 0, depth: 1 };
    const pages = field.args.some((arg) => arg.name === "first");
    const below = costOfSet(node.selectionSet, getNamedType(field.type).name, pages);
    const isRoot = parent === schema.getQueryType()?.name;
    const rows = pages ? firstOf(node, field, operation, variables) : rowsYielded(field, paged, isRoot);
    return { rows: rows === 0 ? below.rows : rows * (1 + below.rows), depth: 1 + below.depth };
  };

  return costOfSet(operation.selectionSet, schema.getQueryType()?.name ?? "Query", false);
}

function add(a: Cost, b: Cost): Cost {
  return { rows: a.rows + b.rows, depth: Math.max(a.depth, b.depth) };
}

/** Rows that a field without `first` brings; 0 where it only leads on. */
function rowsYielded(field: GraphQLField<unknown, unknown>, paged: boolean, isRoot: boolean): number {
  if (isListType(getNullableType(field.type)) && !paged)
    return rowsOfLists[getNamedType(field.type).name] ?? rowsOfList;
  return isRoot ? 1 : 0;
}

function firstOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const byDefault: unknown = field.args.find((arg) => arg.name === "first")?.defaultValue;
  const value = node.arguments?.find((argument) => argument.name.value === "first")?.value;
  const candidates: unknown[] = [byDefault];
  if (value?.kind === Kind.INT) candidates.unshift(Number(value.value));
  if (value?.kind === Kind.VARIABLE) {
    const name = value.name.value;
    const declared = operation.variableDefinitions?.find((definition) => definition.variable.name.value === name);
    if (declared?.defaultValue?.kind === Kind.INT) candidates.unshift(Number(declared.defaultValue.value));
    if (Object.hasOwn(variables, name)) candidates.unshift(variables[name]);
  }
  return candidates.find((candidate): candidate is number => Number.isInteger(candidate) && Number(candidate) > 0) ?? 1;
}
