// Refuses a text whose fields would take too long to be merged: validation compares each two fields of one place that go by one name, and
// does so before anything is weighed.
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { Consumer360Error } from "../kernel/errors.ts";

/** 316 fields of one place and name. A measure of time: about 40 ms. */
const mostCompared = 50_000;
/** So many characters of arguments take as long to be compared as two fields do. */
const charactersOfArguments = 20;
const mostVisited = 20_000;
/** Deeper only lies what goes round in a circle: the rules of validation name that. */
const deepest = 500;

/** Throws QUERY_TOO_COSTLY. */
export function guardMerging({ definitions }: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const operations: OperationDefinitionNode[] = [];
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition);

  const reached = new Set<string>();
  let visited = 0;
  let compared = 0;

  const fieldsOf = (sets: readonly SelectionSetNode[]): ReadonlyMap<string, FieldNode[]> => {
    const fields = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    const visit = ({ selections }: SelectionSetNode): void => {
      visited += selections.length;
      if (visited > mostVisited)
        throw refusal(
          `The document comes to more than ${inWords(mostVisited)} selections, fragments counted wherever they are spread.`,
        );
      for (const node of selections)
        if (node.kind === Kind.FIELD) {
          const name = node.alias?.value ?? node.name.value;
          const known = fields.get(name);
          if (known) known.push(node);
          else fields.set(name, [node]);
        } else if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet);
        else if (!spread.has(node.name.value)) {
          spread.add(node.name.value);
          reached.add(node.name.value);
          const fragment = fragments.get(node.name.value);
          if (fragment) visit(fragment.selectionSet);
        }
    };
    for (const set of sets) visit(set);
    return fields;
  };

  const compare = (sets: readonly SelectionSetNode[], depth = 0): void => {
    if (depth > deepest) return;
    for (const [name, nodes] of fieldsOf(sets)) {
      compared += (nodes.length - 1) * nodes.reduce((sum, node) => sum + weightOf(node), 0);
      if (compared > mostCompared)
        throw refusal(
          `The document selects \`${name}\` and others too often in one place: comparing them takes more than ${inWords(mostCompared)} steps.`,
          "Select each field once, or under names of their own.",
        );
      const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (below.length > 0) compare(below, depth + 1);
    }
  };

  for (const { selectionSet } of operations) compare([selectionSet]);
  for (const [name, { selectionSet }] of fragments) if (!reached.has(name)) compare([selectionSet]);
}

/** Half of what comparing it with another takes. */
function weightOf({ arguments: given = [] }: FieldNode): number {
  const [first, last] = [given[0]?.loc, given.at(-1)?.loc];
  const characters = first && last ? last.end - first.start : 0;
  return (1 + characters / charactersOfArguments) / 2;
}

const inWords = (count: number) => count.toLocaleString("en-US");

const refusal = (message: string, remedy?: string) =>
  new Consumer360Error("QUERY_TOO_COSTLY", message, remedy === undefined ? {} : { remedy });
