// The model with something broken in it, for the proofs: declarations that are in order, and ways to put others in their place.
import { column } from "../../src/model/column.ts";
import { type Declarations, declarations } from "../../src/model/declarations.ts";
import type { Dimension } from "../../src/model/dimensions.ts";
import { proveModel } from "../../src/model/proveModel.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";

export const broken = (change: Partial<Declarations>) => () => proveModel({ ...declarations, ...change });
export const withDimensions = (added: Record<string, unknown>) =>
  broken({ dimensions: { ...declarations.dimensions, ...(added as Record<string, Dimension>) } });
export const without = <T>(all: Readonly<Record<string, T>>, name: string) =>
  Object.fromEntries(Object.entries(all).filter(([key]) => key !== name));

/** A measure that is in order. */
export const figure = {
  label: "Test figure",
  description: "Pieces that came back.",
  format: "count",
  sensitivity: "commercial",
  kind: "sum",
  column: column(FactSale, "quantity"),
  where: [{ column: column(FactSale, "kind"), is: "RETURN" }],
  negate: true,
};

/** A dimension that is in order. */
export const sort = {
  label: "Test cut",
  description: "What a line is.",
  sensitivity: "public",
  filter: "values",
  kind: "column",
  column: column(FactSale, "kind"),
};
