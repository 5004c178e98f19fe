// An operation as the executor will answer it: variables and arguments coerced as graphql-js coerces them, @skip and @include obeyed, so that
// whoever judges a document beforehand judges what will be run.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLDirective,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getArgumentValues,
  getDirectiveValues,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from "graphql";

type Values = Readonly<Record<string, unknown>>;

export type Operation = Readonly<{
  schema: GraphQLSchema;
  definition: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Null where they do not fit their types: the executor says so, and runs nothing. */
  variables: Values | null;
}>;

export function readOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  definition: OperationDefinitionNode,
  given: Values,
): Operation {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const { coerced = null } = getVariableValues(schema, definition.variableDefinitions ?? [], given, { maxErrors: 1 });
  return { schema, definition, fragments, variables: coerced };
}

/** Which root fields will be run: such as ask the graph, and such as tell of its schema. `__typename` is neither. */
export function rootsOf({ definition, fragments, variables }: Operation): Readonly<{ asks: boolean; tells: boolean }> {
  const roots = { asks: false, tells: false };
  // Variables that do not fit are refused, and nothing is run.
  if (variables === null) return roots;
  const visited = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (!isIncluded(node, variables)) continue;
      if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = visited.has(node.name.value) ? undefined : fragments.get(node.name.value);
        visited.add(node.name.value);
        if (fragment) visit(fragment.selectionSet);
      } else if (node.name.value === SchemaMetaFieldDef.name || node.name.value === TypeMetaFieldDef.name)
        roots.tells = true;
      else if (!node.name.value.startsWith("__")) roots.asks = true;
    }
  };
  visit(definition.selectionSet);
  return roots;
}

/** The field that a node selects; undefined for `__typename`. */
export function fieldOf(
  { schema }: Operation,
  parent: GraphQLObjectType,
  { name }: FieldNode,
): GraphQLField<unknown, unknown> | undefined {
  if (parent === schema.getQueryType())
    for (const field of [SchemaMetaFieldDef, TypeMetaFieldDef]) if (field.name === name.value) return field;
  return parent.getFields()[name.value];
}

/** What the resolver will be given; null where the arguments do not fit, or cannot be known. */
export function argumentsOf(
  { variables }: Operation,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): Values | null {
  if (variables === null && node.arguments?.length) return null;
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return null;
  }
}

/** Whether @skip and @include leave a selection in; where they cannot be told it counts as there. */
export function isIncluded(node: SelectionNode, variables: Values | null): boolean {
  if (!node.directives?.length) return true;
  const condition = (directive: GraphQLDirective): unknown => {
    try {
      return getDirectiveValues(directive, node, variables)?.if;
    } catch {
      return undefined;
    }
  };
  return condition(GraphQLSkipDirective) !== true && condition(GraphQLIncludeDirective) !== false;
}
