// Customers by columns: what a page of them shows, each field as a list with a value for each customer.
import type { CustomerAttributes, MetricRow, Value } from "../query/answer.ts";
import { customerOfRow } from "./customerQuestion.ts";
import { nameShown } from "./customerTraits.ts";
import type { GraphContext } from "./GraphContext.ts";
import { measuresShownBy } from "./MeasureField.ts";
import { Customer } from "./types/Customer.ts";

/** The ids, and every selected field that is a figure of the rows. */
export function figureColumns(
  fields: ReadonlySet<string>,
  rows: readonly MetricRow[],
): { readonly id: readonly string[]; readonly [field: string]: readonly Value[] } {
  const customers = rows.map((row) => customerOfRow(fields, row) as Customer & Readonly<Record<string, Value>>);
  const shown = [...measuresShownBy(Customer).keys(), "cohortMonth"].filter((field) => fields.has(field));
  return {
    ...Object.fromEntries(shown.map((field) => [field, customers.map((customer) => customer[field] as Value)])),
    id: customers.map(({ id }) => id),
  };
}

export type AskAttributes = (ids: readonly string[]) => Promise<readonly (CustomerAttributes | null)[]>;

export async function attributesOf(ids: readonly string[], ask: AskAttributes): Promise<readonly CustomerAttributes[]> {
  if (ids.length === 0) return [];
  return (await ask(ids)).map((attributes) => {
    if (!attributes) throw new Error("A customer that has lines has no attributes.");
    return attributes;
  });
}

/** Masked names are not asked for. */
export async function namesOf(
  ids: readonly string[],
  ask: AskAttributes,
  { scope, pseudonymOf }: Pick<GraphContext, "scope" | "pseudonymOf">,
): Promise<(string | null)[]> {
  const attributes = scope.masks.customerName === undefined ? await attributesOf(ids, ask) : [];
  return ids.map((id, at) =>
    nameShown(scope, { real: () => attributes[at]?.name ?? null, pseudonym: () => pseudonymOf(id) }),
  );
}
