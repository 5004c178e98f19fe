// Turns the filters of the graph into conditions of the query floor. Null and absent mean the same: nothing is asked.
import { Consumer360Error } from "../kernel/errors.ts";
import type { Having, ValueCondition, Where } from "../query/request.ts";
import { mostListed } from "../query/validate.ts";
import { type CustomerFilter, customerFilterMembers } from "./inputs/CustomerFilter.ts";
import type { FieldFilter, Part } from "./inputs/fieldFilters.ts";
import { filterFields, type SalesFilter } from "./inputs/SalesFilter.ts";

type Given<Filter> = Filter | null | undefined;

/** Undefined where nothing is asked. */
function toCondition(filter: Given<FieldFilter>): ValueCondition | undefined {
  if (!filter) return undefined;
  const { eq, gte, lt } = filter;
  const condition: ValueCondition = {
    ...(isGiven(eq) && { eq: String(eq) }),
    ...(filter.in && { in: listed(filter.in) }),
    ...(isGiven(gte) && { gte: String(gte) }),
    ...(isGiven(lt) && { lt: String(lt) }),
  };
  return Object.keys(condition).length === 0 ? undefined : condition;
}

/** Each value once. A list that is too long stays as it is, and is refused where every condition is judged. */
function listed(values: readonly (string | number)[]): string[] {
  const texts = values.map(String);
  return values.length > mostListed ? texts : [...new Set(texts)];
}

export function salesWhere(filter: Given<SalesFilter>): Where | undefined {
  if (!filter) return undefined;
  const conditions = [...filterFields].map(([field, name]) => {
    const given = filter[field];
    return [name, toCondition(typeof given === "string" ? { eq: given } : given)] as const;
  });
  return whereOf(Object.fromEntries(conditions));
}

export function customersWhere(filter: Given<CustomerFilter>): Where | undefined {
  if (!filter) return undefined;
  return whereOf({
    country: toCondition(filter.country),
    segment: toCondition(filter.segment),
    cohortMonth: toCondition(filter.cohortMonth),
  });
}

const comparedFields = ["orders", "grossRevenue", "recencyDays", "lastPurchaseDate"] as const;

/** The conditions on the customers' figures, which compare and know no lists. */
export function customersHaving(filter: Given<CustomerFilter>): Having[] {
  if (!filter) return [];
  const compared = comparedFields.map((field) => [customerFilterMembers[field], toCondition(filter[field])] as const);
  if (filter.lastPurchaseDate?.in)
    throw new Consumer360Error(
      "BAD_USER_INPUT",
      "`lastPurchaseDate` compares a figure of each customer and takes no list: use `eq`, `gte` and `lt`.",
    );
  return compared.flatMap(([measure, condition]) => (condition ? [{ measure, ...condition }] : []));
}

function whereOf(conditions: { readonly [Name in keyof Where]: ValueCondition | undefined }): Where | undefined {
  const given = Object.entries(conditions).filter(([, condition]) => condition !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as Where);
}

function isGiven(part: Part | undefined): part is string | number {
  return part !== null && part !== undefined;
}
