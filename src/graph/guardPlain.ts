// The rule of a field that is a property of its object and nothing else: the same as the shield's, without the promises that graphql-shield
// puts around each value. It depends on the scope alone, so that whoever completes a whole list asks it once.
import { defaultFieldResolver, type GraphQLFieldResolver } from "graphql";
import { forbidden } from "../query/validate.ts";
import { type FieldVisibility, fateByRule } from "./fieldVisibility.ts";
import type { GraphContext } from "./GraphContext.ts";

type Resolver = GraphQLFieldResolver<unknown, Partial<GraphContext>>;

const guarded = new WeakMap<object, FieldVisibility>();

/** A resolver that shows the property under the field's rule. */
export function guardPlain(visibility: FieldVisibility): Resolver {
  const resolve: Resolver = (parent, args, context, info) => {
    const fate = fateByContext(visibility, context);
    if (fate === "shown") return defaultFieldResolver(parent, args, context, info);
    if (fate === "null") return null;
    throw forbidden();
  };
  guarded.set(resolve, visibility);
  return resolve;
}

/** The rule of a resolver that was made here; undefined for any other. */
export const ruleOfPlain = (resolve: object | undefined): FieldVisibility | undefined =>
  resolve && guarded.get(resolve);

/** Refused where there is no scope. */
export const fateByContext = (visibility: FieldVisibility, { scope }: Partial<GraphContext>) =>
  scope ? fateByRule(visibility, scope) : "refused";
