// What hangs on a line: tables joined to it, each once, with how many rows they can add. Only many-to-one joins are allowed, so that
// nothing is counted twice; whoever wants figures of the many side aggregates them at their own grain first.
import { DimProduct } from "../warehouse/entities/DimProduct.ts";
import { FactSale } from "../warehouse/entities/FactSale.ts";
import { RfmSegment } from "../warehouse/entities/RfmSegment.ts";
import { type ColumnRef, column } from "./column.ts";

export type Join = Readonly<{
  /** The table that hangs on the lines, one row per key and snapshot. */
  to: ColumnRef["entity"];
  cardinality: "many-to-one";
  /** The line's column, and the key that it names. */
  from: ColumnRef;
  key: ColumnRef;
  /** Only lines of identified customers have a row there. */
  identifiedOnly: boolean;
}>;

export const joins: readonly Join[] = Object.freeze([
  {
    to: RfmSegment,
    cardinality: "many-to-one",
    from: column(FactSale, "customerKey"),
    key: column(RfmSegment, "customerKey"),
    identifiedOnly: true,
  },
  {
    to: DimProduct,
    cardinality: "many-to-one",
    from: column(FactSale, "product"),
    key: column(DimProduct, "product"),
    identifiedOnly: false,
  },
]);

/** The join that leads from the lines to a table; null where there is none, as for a column of the lines themselves. */
export function joinTo(entity: ColumnRef["entity"]): Join | null {
  return joins.find((join) => join.to === entity) ?? null;
}
