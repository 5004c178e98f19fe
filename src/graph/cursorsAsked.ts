// The cursors that a document goes on from: the values of its `after` arguments, written out or given as variables.
import { type DocumentNode, Kind, type OperationDefinitionNode, visit } from "graphql";

export function cursorsAsked(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): string[] {
  const cursors = new Set<string>();
  const add = (value: unknown) => {
    if (typeof value === "string") cursors.add(value);
  };
  const byDefault = new Map(
    operation.variableDefinitions?.map(({ variable, defaultValue }) => [
      variable.name.value,
      defaultValue?.kind === Kind.STRING ? defaultValue.value : undefined,
    ]),
  );
  visit(document, {
    // Of several operations only one is answered.
    OperationDefinition: (node) => (node === operation ? undefined : false),
    Argument({ name, value }) {
      if (name.value !== "after") return;
      if (value.kind === Kind.STRING) add(value.value);
      if (value.kind !== Kind.VARIABLE) return;
      const variable = value.name.value;
      add(Object.hasOwn(variables, variable) ? variables[variable] : byDefault.get(variable));
    },
  });
  return [...cursors];
}
