// Figures by country.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Query, Resolver } from "type-graphql";
import { figuresOf } from "../figuresOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { measuresBehind } from "../MeasureField.ts";
import { refuseArguments } from "../refuseArguments.ts";
import { selectedFields } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { RevenueByCountry } from "../types/RevenueByCountry.ts";

@Resolver(() => RevenueByCountry)
export class RevenueByCountryResolver {
  @Query(() => [RevenueByCountry], { description: "Ordered by grossRevenue, descending, then country." })
  async revenueByCountry(
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RevenueByCountry[]> {
    const filter = salesWhere(where);
    refuseArguments(context.scope, filter);
    const fields = selectedFields(info);
    const { rows } = await context.ask({
      kind: "metrics",
      measures: measuresBehind(RevenueByCountry, fields),
      dimensions: ["country"],
      where: filter,
      orderBy: [
        { member: "grossRevenue", direction: "DESC" },
        { member: "country", direction: "ASC" },
      ],
    });
    return rows.map((row) => ({ country: String(row.country), ...figuresOf(RevenueByCountry, fields, row) }));
  }
}
