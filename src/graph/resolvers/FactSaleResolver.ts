// Pages of single lines.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Int, Query, Resolver } from "type-graphql";
import { boundedFirst, mostLines } from "../boundedFirst.ts";
import { type Connection, connectionOf } from "../connectionOf.ts";
import { factSaleOf } from "../factSaleOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { selectedFields } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { FactSale } from "../types/FactSale.ts";
import { FactSalesConnection } from "../types/FactSalesConnection.ts";

@Resolver(() => FactSale)
export class FactSaleResolver {
  @Query(() => FactSalesConnection, { description: "Single lines, in a fixed order: by customer, then time." })
  async factSales(
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 100, description: "From 1 to 10,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<FactSale>> {
    const lines = await context.ask({
      kind: "lines",
      where: salesWhere(where),
      page: { first: boundedFirst(first, 100, mostLines), after: after ?? undefined },
      count: selectedFields(info).has("totalCount"),
    });
    return connectionOf(lines, after, factSaleOf);
  }
}
