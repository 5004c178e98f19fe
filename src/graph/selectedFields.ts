// Which fields a document selects below a field, so that nothing is computed that nobody asked for.
// Fragments are followed, @skip and @include obeyed, and several selections of one field taken together.
import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from "graphql";
import { isIncluded } from "./readOperation.ts";

/** The fields selected below a field, by name, each with those selected below it. */
export type Selection = Readonly<{ fields: ReadonlyMap<string, Selection> }>;

type Document = Pick<GraphQLResolveInfo, "fragments" | "variableValues">;
type Selected = Document & Pick<GraphQLResolveInfo, "fieldNodes">;

/** Every row of a list has the same selection: it is read once. Variables belong to it, since @skip and @include may use them. */
const known = new WeakMap<object, WeakMap<object, Selection>>();

export function selectionOf(info: Selected): Selection {
  const ofDocument = known.get(info.variableValues) ?? new WeakMap<object, Selection>();
  known.set(info.variableValues, ofDocument);
  const selection = ofDocument.get(info.fieldNodes) ?? read(info.fieldNodes, info);
  ofDocument.set(info.fieldNodes, selection);
  return selection;
}

/** The names of the fields selected at a path below the resolved field; none where the path is not selected. */
export function selectedFields(info: Selected, ...path: string[]): ReadonlySet<string> {
  let selection: Selection | undefined = selectionOf(info);
  for (const name of path) selection = selection?.fields.get(name);
  return new Set(selection?.fields.keys());
}

/** The names selected at any of several paths. */
export function selectedFieldsAt(info: Selected, paths: readonly (readonly string[])[]): ReadonlySet<string> {
  return new Set(paths.flatMap((path) => [...selectedFields(info, ...path)]));
}

/** What is selected of a field that lies right below the resolved one, under each of its response keys. */
export function selectionsOf(info: Selected, name: string): ReadonlyMap<string, Selection> {
  const nodes = fieldsBelow(info.fieldNodes, info).filter((node) => node.name.value === name);
  return selections(nodes, ({ alias }) => alias?.value ?? name, info);
}

/** Where a field is selected that lies right below the resolved one, by response key. */
export function fieldNodesOf(info: Selected, name: string): ReadonlyMap<string, readonly FieldNode[]> {
  const nodes = fieldsBelow(info.fieldNodes, info).filter((node) => node.name.value === name);
  return grouped(nodes, ({ alias }) => alias?.value ?? name);
}

function read(nodes: readonly FieldNode[], document: Document): Selection {
  return { fields: selections(fieldsBelow(nodes, document), ({ name }) => name.value, document) };
}

/** What is selected below fields, taken together by a key of theirs. */
function selections(
  nodes: readonly FieldNode[],
  keyOf: (node: FieldNode) => string,
  document: Document,
): Map<string, Selection> {
  return new Map([...grouped(nodes, keyOf)].map(([key, alike]) => [key, read(alike, document)]));
}

function grouped(nodes: readonly FieldNode[], keyOf: (node: FieldNode) => string): Map<string, FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  for (const node of nodes) {
    const key = keyOf(node);
    const alike = found.get(key);
    if (alike) alike.push(node);
    else found.set(key, [node]);
  }
  return found;
}

/** The fields that are selected below others, in the order in which the executor shows them. */
export function fieldsBelow(nodes: readonly FieldNode[], document: Document): FieldNode[] {
  const found: FieldNode[] = [];
  // One visit per level is enough, and keeps fragments that spread one another from multiplying.
  const visited = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const node of selections) {
      if (!isIncluded(node, document.variableValues)) continue;
      if (node.kind === Kind.FIELD) {
        found.push(node);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        visit(node.selectionSet);
      } else if (!visited.has(node.name.value)) {
        visited.add(node.name.value);
        const fragment = document.fragments[node.name.value];
        if (fragment) visit(fragment.selectionSet);
      }
    }
  };
  for (const node of nodes) if (node.selectionSet) visit(node.selectionSet);
  return found;
}
