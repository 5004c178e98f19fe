// Puts the graph together: types and resolvers of type-graphql, under the shield.
import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { buildSchema } from "type-graphql";
import { objectTypesOf } from "./fieldVisibility.ts";
import { CatalogResolver } from "./resolvers/CatalogResolver.ts";
import { CohortResolver } from "./resolvers/CohortResolver.ts";
import { CustomerEdgesResolver } from "./resolvers/CustomerEdgesResolver.ts";
import { CustomerResolver } from "./resolvers/CustomerResolver.ts";
import { CustomersColumnsResolver } from "./resolvers/CustomersColumnsResolver.ts";
import { DatasetResolver } from "./resolvers/DatasetResolver.ts";
import { FactSaleResolver } from "./resolvers/FactSaleResolver.ts";
import { InsightsResolver } from "./resolvers/InsightsResolver.ts";
import { KpisResolver } from "./resolvers/KpisResolver.ts";
import { LoadRunResolver } from "./resolvers/LoadRunResolver.ts";
import { MetricsResolver } from "./resolvers/MetricsResolver.ts";
import { ModelsResolver } from "./resolvers/ModelsResolver.ts";
import { ProductResolver } from "./resolvers/ProductResolver.ts";
import { RevenueByCountryResolver } from "./resolvers/RevenueByCountryResolver.ts";
import { RevenueByMonthResolver } from "./resolvers/RevenueByMonthResolver.ts";
import { SegmentExplanationResolver } from "./resolvers/SegmentExplanationResolver.ts";
import { SegmentMovementsResolver } from "./resolvers/SegmentMovementsResolver.ts";
import { SegmentResolver } from "./resolvers/SegmentResolver.ts";
import { ViewerResolver } from "./resolvers/ViewerResolver.ts";
import { shieldSchema } from "./shield.ts";
import { completeColumnsWhole } from "./wholeColumns.ts";

/** The graph without its shield: the shield is put on it, and never is it served like this. */
export async function buildBareSchema(): Promise<GraphQLSchema> {
  const schema = await buildSchema({
    resolvers: [
      ViewerResolver,
      DatasetResolver,
      CatalogResolver,
      KpisResolver,
      RevenueByMonthResolver,
      RevenueByCountryResolver,
      SegmentResolver,
      CohortResolver,
      CustomerResolver,
      CustomerEdgesResolver,
      SegmentExplanationResolver,
      SegmentMovementsResolver,
      CustomersColumnsResolver,
      FactSaleResolver,
      MetricsResolver,
      ModelsResolver,
      ProductResolver,
      InsightsResolver,
      LoadRunResolver,
    ],
    // Filters are judged where they are understood, in the query floor.
    validate: false,
  });
  // Parameter decorators run from the last to the first, and so came the arguments.
  for (const type of objectTypesOf(schema))
    for (const field of Object.values(type.getFields())) field.args = field.args.toReversed();
  return schema;
}

export async function buildGraphSchema(): Promise<GraphQLSchema> {
  return completeColumnsWhole(shieldSchema(await buildBareSchema()));
}
