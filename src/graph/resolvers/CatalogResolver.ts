// What can be asked of `metrics`.
import { Ctx, Query, Resolver } from "type-graphql";
import { catalogFor } from "../catalogFor.ts";
import type { GraphContext } from "../GraphContext.ts";
import { Catalog } from "../types/Catalog.ts";

@Resolver(() => Catalog)
export class CatalogResolver {
  @Query(() => Catalog, {
    description: "Every measure and dimension that the viewer may use: what it means and what it can be cut by.",
  })
  catalog(@Ctx() { scope }: GraphContext): Catalog {
    return catalogFor(scope);
  }
}
