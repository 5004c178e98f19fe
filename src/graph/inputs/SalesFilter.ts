// Which lines count: facts are filtered first, then aggregated. Every dimension of the model can be filtered on.
import { Field, InputType } from "type-graphql";
import { catalogDimensions } from "../../model/catalog.ts";
import type { DimensionName } from "../../model/dimensions.ts";
import { dimensionShape } from "../dimensionShape.ts";
import type { FieldFilter } from "./fieldFilters.ts";

@InputType({
  description: "Which lines count: they are filtered first, then aggregated. Conditions are anded; null asks nothing.",
})
export class SalesFilter {
  /** A condition, or, where the type is an enum, the one value that is asked for. */
  readonly [field: string]: FieldFilter | string | null | undefined;
}

/** The dimension behind each field. */
export const filterFields: ReadonlyMap<string, DimensionName> = new Map(
  catalogDimensions.map(({ name, filteredAs }) => [filteredAs, name]),
);

for (const [field, name] of filterFields) {
  const description = catalogDimensions.find((dimension) => dimension.name === name)?.description;
  Field(() => dimensionShape(name).filter, { nullable: true, ...(description !== undefined && { description }) })(
    SalesFilter.prototype,
    field,
  );
}
