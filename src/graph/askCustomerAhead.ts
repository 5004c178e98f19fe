// What a selection will need of a customer beside its figures, asked for together with these: one round trip in the place of two. Nothing
// is shown from here. Each field asks again for itself, behind its own rule, and is given what is on its way.
import { type FieldNode, type GraphQLResolveInfo, getArgumentValues, isObjectType } from "graphql";
import { classOf } from "./fieldClasses.ts";
import { classRules } from "./fieldVisibility.ts";
import type { GraphContext } from "./GraphContext.ts";
import { salesOf } from "./salesOf.ts";
import { fieldNodesOf, selectedFields } from "./selectedFields.ts";

const fromAttributes = ["name", "rfm", "segmentKey", "segment"] as const;

/** `info`: of the field that shows the customer. A failure is told where the field asks. */
export function askCustomerAhead(id: string, context: GraphContext, info: GraphQLResolveInfo): void {
  const { scope, loaders } = context;
  const mayShow = (field: string) => {
    const found = classOf("Customer", field);
    return found !== null && classRules[found].allows(scope);
  };
  const isNeeded = (field: string) => mayShow(field) && (field !== "name" || scope.masks.customerName === undefined);
  const fields = selectedFields(info);
  if (fromAttributes.some((field) => fields.has(field) && isNeeded(field))) loaders.attributes.load(id).catch(ignore);
  if (!fields.has("sales") || !mayShow("sales")) return;
  for (const nodes of fieldNodesOf(info, "sales").values()) {
    const key = pageOf(id, nodes, info);
    if (key !== null) loaders.sales.load(key).catch(ignore);
  }
}

/** Null where the arguments do not fit: the field says so. */
function pageOf(id: string, nodes: readonly FieldNode[], { schema, fragments, variableValues }: GraphQLResolveInfo) {
  const customer = schema.getType("Customer");
  const field = isObjectType(customer) ? customer.getFields().sales : undefined;
  const [node] = nodes;
  if (!field || !node) return null;
  try {
    return salesOf(
      id,
      getArgumentValues(field, node, variableValues),
      selectedFields({ fieldNodes: nodes, fragments, variableValues }),
    );
  } catch {
    return null;
  }
}

const ignore = () => undefined;
