// The shield: default deny over the whole schema, its rule tree derived from the classified fields. Rows are not its business (`restrict`
// and row-level security hold those), nor are arguments and filters (`validate` judges them).
import { createRequire } from "node:module";
import type { GraphQLResolveInfo, GraphQLSchema } from "graphql";
import { applyMiddleware, type IMiddlewareFieldMap } from "graphql-middleware";
import type * as GraphqlShield from "graphql-shield";
import { forbidden } from "../query/validate.ts";
import { type FieldClass, fieldClassNames } from "./fieldClasses.ts";
import { classRules, fieldVisibilities } from "./fieldVisibility.ts";
import type { GraphContext } from "./GraphContext.ts";

// The package's module build imports a function that Node has dropped after version 22; its CommonJS build only mentions it.
const { deny, rule, shield } = createRequire(import.meta.url)("graphql-shield") as typeof GraphqlShield;

type Rule = ReturnType<ReturnType<typeof rule>>;

/** Cached for the request ("contextual"): a rule looks at nothing but the request's scope. */
const rules = Object.fromEntries(
  fieldClassNames.map((name) => [
    name,
    rule(`may see ${name}`, { cache: "contextual" })(
      (_parent, _args, context: Partial<GraphContext>) =>
        context.scope !== undefined && classRules[name].allows(context.scope),
    ),
  ]),
) as Record<FieldClass, Rule>;

/** The schema with a rule on every field that needs one. */
export function shieldSchema(schema: GraphQLSchema): GraphQLSchema {
  const fields = fieldVisibilities(schema);
  const tree: Record<string, Record<string, Rule>> = {};
  for (const { type, field, class: found } of fields) if (found) tree[type] = { ...tree[type], [field]: rules[found] };

  /** The same words as for a row or a value outside the scope; null where the field is hidden rather than refused. */
  const hidden = new Set(fields.filter(({ hides }) => hides).map(({ type, field }) => `${type}.${field}`));
  const refuse = (
    _cause: unknown,
    _parent: object,
    _args: object,
    _context: object,
    info: GraphQLResolveInfo,
  ): Error =>
    // graphql-shield returns as the field's value what this returns; its type allows for errors alone.
    hidden.has(`${info.parentType.name}.${info.fieldName}`) ? (null as unknown as Error) : forbidden();

  const generated = shield(tree, {
    fallbackRule: deny,
    fallbackError: refuse,
    allowExternalErrors: true,
    debug: false,
  }).generate(schema) as Record<string, IMiddlewareFieldMap>;

  const applied: Record<string, IMiddlewareFieldMap> = {};
  for (const { type, field, wrapped } of fields) {
    const middleware = generated[type]?.[field];
    if (!middleware) throw new Error(`The shield left out ${type}.${field}.`);
    if (wrapped) applied[type] = { ...applied[type], [field]: middleware };
  }
  return applyMiddleware(schema, applied);
}
