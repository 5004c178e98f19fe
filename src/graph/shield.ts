// The shield: default deny over the whole schema, its rule tree derived from the classified fields. Rows are not its business (`restrict`
// and row-level security hold those), nor are arguments and filters (`validate` judges them). Plain values of long lists carry the same
// rule without the promises that graphql-shield puts around each of them.
import { createRequire } from "node:module";
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
} from "graphql";
import { applyMiddleware, type IMiddlewareFieldMap } from "graphql-middleware";
import type * as GraphqlShield from "graphql-shield";
import { forbidden } from "../query/validate.ts";
import { type FieldClass, fieldClassNames } from "./fieldClasses.ts";
import { classRules, type FieldVisibility, fieldVisibilities, objectTypesOf } from "./fieldVisibility.ts";
import type { GraphContext } from "./GraphContext.ts";
import { guardPlain } from "./guardPlain.ts";

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

  const plain = plainFieldsOf(schema);
  const applied: Record<string, IMiddlewareFieldMap> = {};
  for (const { type, field, wrapped } of fields) {
    const middleware = generated[type]?.[field];
    if (!middleware) throw new Error(`The shield left out ${type}.${field}.`);
    if (wrapped && !plain.has(`${type}.${field}`)) applied[type] = { ...applied[type], [field]: middleware };
  }
  const shielded = applyMiddleware(schema, applied);
  for (const visibility of fields)
    if (visibility.wrapped && plain.has(`${visibility.type}.${visibility.field}`)) setGuard(shielded, visibility);
  return shielded;
}

/** Leaves that are a property of their object and nothing else. A root field has no object. */
function plainFieldsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const isPlain = ({ type, resolve }: GraphQLField<unknown, unknown>) =>
    isLeafType(getNamedType(type)) && (resolve === undefined || resolve === defaultFieldResolver);
  return new Set(
    objectTypesOf(schema)
      .filter((type) => type !== schema.getQueryType())
      .flatMap((type) =>
        Object.values(type.getFields())
          .filter(isPlain)
          .map((field) => `${type.name}.${field.name}`),
      ),
  );
}

function setGuard(schema: GraphQLSchema, visibility: FieldVisibility): void {
  const field = objectTypesOf(schema)
    .find(({ name }) => name === visibility.type)
    ?.getFields()[visibility.field];
  if (!field) throw new Error(`The shield lost ${visibility.type}.${visibility.field}.`);
  field.resolve = guardPlain(visibility);
}
