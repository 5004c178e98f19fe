// Which answers are functions of snapshot, scope, document and variables, so that one that was given may be given again. What is read from
// the records of loads is of the moment, and so is what is computed after the publish; what nobody has classified here counts as that.
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from "graphql";
import { classOf, type FieldClass } from "./fieldClasses.ts";

/** Fields of Query that read nothing but the snapshot and the scope. */
export const fixedRoots: readonly string[] = Object.freeze([
  "me",
  "dataset",
  "catalog",
  "kpis",
  "revenueByMonth",
  "revenueByCountry",
  "segments",
  "cohorts",
  "metrics",
  "models",
  "revenueAtRisk",
  "products",
  "customer",
  "customers",
  "customersColumns",
  "churnRisk",
  "factSales",
  "factSalesColumns",
]);

/** The same for the fields below them, by class: what operators see is read from the records of loads. */
const fixedClasses: Readonly<Record<FieldClass, boolean>> = Object.freeze({
  public: true,
  populationFact: true,
  commercial: true,
  anyFigure: true,
  wholePopulation: false,
  customerLevel: true,
  customerFigures: true,
  personal: true,
  operator: false,
  operatorFigures: false,
  operatorTexts: false,
});

/** For a document that is valid. @skip and @include are not looked at: what may be selected counts. */
export function isFixedBySnapshot(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const root = schema.getQueryType();
  if (!root || operation.operation !== OperationTypeNode.QUERY) return false;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const visited = new Set<string>();

  const isFixed = ({ selections }: SelectionSetNode, parent: GraphQLObjectType): boolean =>
    selections.every((node) => {
      if (node.kind === Kind.INLINE_FRAGMENT) return isFixed(node.selectionSet, parent);
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        // Once is enough: a fragment is written for one type.
        if (visited.has(node.name.value)) return true;
        visited.add(node.name.value);
        const fragment = fragments.get(node.name.value);
        return fragment !== undefined && isFixed(fragment.selectionSet, parent);
      }
      const name = node.name.value;
      if (name === "__typename") return true;
      const field = parent.getFields()[name];
      const found = classOf(parent.name, name);
      if (!field || found === null || !fixedClasses[found]) return false;
      if (parent === root && !fixedRoots.includes(name)) return false;
      if (!node.selectionSet) return true;
      const type = getNamedType(field.type);
      return isObjectType(type) && isFixed(node.selectionSet, type);
    });
  return isFixed(operation.selectionSet, root);
}
