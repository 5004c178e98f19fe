// The cursors that an operation goes on from: the `after` of every field that will be run. What is left out by @skip or @include, or what the
// role may not see, decides nothing.
import { type GraphQLObjectType, getNamedType, isObjectType, Kind, type SelectionSetNode } from "graphql";
import type { Scope } from "../model/scope.ts";
import { classOf } from "./fieldClasses.ts";
import { classRules } from "./fieldVisibility.ts";
import { argumentsOf, fieldOf, isIncluded, type Operation } from "./readOperation.ts";

export function cursorsAsked(operation: Operation, scope: Scope): string[] {
  const { schema, definition, fragments, variables } = operation;
  const root = schema.getQueryType();
  // Variables that do not fit are refused, and nothing is run.
  if (!root || variables === null) return [];
  const cursors = new Set<string>();
  // Once is enough: a fragment is written for one type, and its fields are the same wherever it is spread.
  const visited = new Set<string>();

  const visit = ({ selections }: SelectionSetNode, parent: GraphQLObjectType): void => {
    for (const node of selections) {
      if (!isIncluded(node, variables)) continue;
      if (node.kind === Kind.INLINE_FRAGMENT) visit(node.selectionSet, parent);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (visited.has(node.name.value)) continue;
        visited.add(node.name.value);
        const fragment = fragments.get(node.name.value);
        if (fragment) visit(fragment.selectionSet, parent);
      } else {
        const field = fieldOf(operation, parent, node);
        const type = field && getNamedType(field.type);
        if (!field || !node.selectionSet || !isObjectType(type) || !isVisible(parent.name, field.name, scope)) continue;
        const after = argumentsOf(operation, field, node)?.after;
        if (typeof after === "string") cursors.add(after);
        visit(node.selectionSet, type);
      }
    }
  };
  visit(definition.selectionSet, root);
  return [...cursors];
}

function isVisible(type: string, field: string, scope: Scope): boolean {
  const found = classOf(type, field);
  return found !== null && classRules[found].allows(scope);
}
