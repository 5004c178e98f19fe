// Which columns of a list a scope gets, by what the graph would answer it: what the graph refuses is left out, what it hides is empty,
// and a list whose root or key figures it refuses is refused.
import { fatesOf } from "../src/graph/fieldVisibility.ts";
import { listFieldVisibility } from "../src/graph/printGraphSchema.ts";
import { Consumer360Error } from "../src/kernel/errors.ts";
import type { Scope } from "../src/model/scope.ts";
import { type Column, exportedLists, type ListName } from "./exportedLists.ts";

export type VisibleColumns = Readonly<{ columns: readonly Column[]; leftOut: readonly string[] }>;

/** Throws FORBIDDEN. */
export async function visibleColumns(list: ListName, scope: Scope): Promise<VisibleColumns> {
  const { needs, columns } = exportedLists[list];
  const fates = fatesOf(await listFieldVisibility(), scope);
  const isRefused = (field: string) => {
    const fate = fates.get(field);
    if (fate === undefined) throw new Error(`The graph has no field ${field}.`);
    return fate === "refused";
  };
  if (isRefused("Query.customers")) throw forbidden(list, scope, "single customers");
  if (needs.some(isRefused)) throw forbidden(list, scope, "figures of single customers");
  return {
    columns: columns.filter(({ field }) => !isRefused(field)),
    leftOut: columns.filter(({ field }) => isRefused(field)).map(({ name }) => name),
  };
}

function forbidden(list: ListName, { role }: Scope, what: string): Consumer360Error {
  return new Consumer360Error("FORBIDDEN", `The role ${role} may not see ${what}, of which ${list} is made.`, {
    remedy: `npx consumer360 policy show ${role} says what it may see; name another role, or none for the owner's view.`,
  });
}
