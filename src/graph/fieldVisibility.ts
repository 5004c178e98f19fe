// Which class a scope may see, and which fields therefore carry a rule of their own. A rule on every leaf would cost a long page five times
// its price, so a leaf does without one where it is public, or where every way to its type has passed a rule as strict.
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isIntrospectionType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { Fate } from "../access/policyTest.ts";
import { mayUse } from "../model/catalog.ts";
import { seesEveryName, seesEveryRow } from "../model/loadSight.ts";
import type { Scope } from "../model/scope.ts";
import { classOf, type FieldClass, fieldClassNames } from "./fieldClasses.ts";

/** What a scope has or has not, of which the classes are made. */
const traits = Object.freeze({
  anyQuestion: (scope) => scope.minimumCustomers === null,
  commercial: (scope) => mayUse("commercial", scope),
  personal: (scope) => mayUse("personal", scope),
  names: (scope) => scope.masks.customerName !== "null",
  operator: (scope) => scope.operator,
  everyRow: seesEveryRow,
  everyName: seesEveryName,
} satisfies Record<string, (scope: Scope) => boolean>);
type Trait = keyof typeof traits;

const operators = ["anyQuestion", "operator"] as const;
const figuresOfAll = [...operators, "commercial", "everyRow"] as const;
const singleCustomers = ["anyQuestion", "personal"] as const;

/** What a scope must have for each class: all of it. */
const needs: Readonly<Record<FieldClass, readonly Trait[]>> = Object.freeze({
  public: [],
  populationFact: ["anyQuestion"],
  commercial: ["commercial"],
  anyFigure: ["anyQuestion", "commercial"],
  wholePopulation: ["anyQuestion", "commercial", "everyRow"],
  customerLevel: singleCustomers,
  customerFigures: [...singleCustomers, "commercial"],
  personal: [...singleCustomers, "names"],
  operator: operators,
  operatorFigures: figuresOfAll,
  operatorTexts: [...figuresOfAll, "personal", "everyName"],
});

/** Null instead of an error where the field can be null: the rest of the answer stands without it. */
const hiding: ReadonlySet<FieldClass> = new Set(["personal", "operator", "operatorFigures", "operatorTexts"]);

type ClassRule = Readonly<{
  allows(scope: Scope): boolean;
  /** Classes that a scope which is allowed this one may see as well. */
  implies: readonly FieldClass[];
  hides: boolean;
}>;

function ruleOf(name: FieldClass): ClassRule {
  return Object.freeze({
    allows: (scope: Scope) => needs[name].every((trait) => traits[trait](scope)),
    implies: fieldClassNames.filter(
      (other) => other !== name && needs[other].every((trait) => needs[name].includes(trait)),
    ),
    hides: hiding.has(name),
  });
}

export const classRules = Object.freeze(
  Object.fromEntries(fieldClassNames.map((name) => [name, ruleOf(name)])) as Record<FieldClass, ClassRule>,
);

export type FieldVisibility = Readonly<{
  type: string;
  field: string;
  /** The type of object that it leads to; null for a plain value. */
  leadsTo: string | null;
  /** Null: not classified, and denied. */
  class: FieldClass | null;
  /** Whether who may not see it gets null instead of an error. */
  hides: boolean;
  /** Whether the field carries a rule of its own. */
  wrapped: boolean;
}>;

/** What becomes of each field in the answers to a scope, by `Type.field`. What no way leads to is refused, and null leads nowhere. */
export function fatesOf(fields: readonly FieldVisibility[], scope: Scope): ReadonlyMap<string, Fate> {
  const reached = new Set<string>();
  const follow = (type: string): void => {
    if (reached.has(type)) return;
    reached.add(type);
    for (const field of fields)
      if (field.type === type && field.leadsTo !== null && fateByRule(field, scope) === "shown") follow(field.leadsTo);
  };
  follow("Query");
  return new Map(
    fields.map((field) => [
      `${field.type}.${field.field}`,
      reached.has(field.type) ? fateByRule(field, scope) : "refused",
    ]),
  );
}

/** What a scope gets of a field once it is there. */
export function fateByRule({ class: found, hides }: FieldVisibility, scope: Scope): Fate {
  if (found === null) return "refused";
  if (classRules[found].allows(scope)) return "shown";
  return hides ? "null" : "refused";
}

export function objectTypesOf(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !isIntrospectionType(type),
  );
}

/** Every field of the schema, with its class and whether it is wrapped. */
export function fieldVisibilities(schema: GraphQLSchema, classify: typeof classOf = classOf): FieldVisibility[] {
  const ways = waysInto(schema, classify);
  return objectTypesOf(schema).flatMap((type) =>
    Object.values(type.getFields()).map((field) => {
      const found = classify(type.name, field.name);
      const target = getNamedType(field.type);
      const bare = isLeafType(target) && found !== null && isGuardedBefore(found, ways.get(type.name));
      const hides = found !== null && classRules[found].hides && !isNonNullType(field.type);
      const leadsTo = isLeafType(target) ? null : target.name;
      return { type: type.name, field: field.name, leadsTo, class: found, hides, wrapped: !bare };
    }),
  );
}

/** The classes of all fields that lead to each type; an unclassified one denies everything, and so guards anything. */
function waysInto(schema: GraphQLSchema, classify: typeof classOf): ReadonlyMap<string, ReadonlySet<FieldClass>> {
  const ways = new Map<string, Set<FieldClass>>();
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields())) {
      const target = getNamedType(field.type).name;
      const classes = ways.get(target) ?? new Set<FieldClass>();
      const found = classify(type.name, field.name);
      if (found) classes.add(found);
      ways.set(target, classes);
    }
  }
  return ways;
}

function isGuardedBefore(wanted: FieldClass, ways: ReadonlySet<FieldClass> | undefined): boolean {
  if (wanted === "public") return true;
  // Nothing leads to a root type: its fields are where rules begin.
  if (!ways || ways.size === 0) return false;
  return [...ways].every((way) => way === wanted || classRules[way].implies.includes(wanted));
}
