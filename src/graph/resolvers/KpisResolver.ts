// The figures of everything asked.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Query, Resolver } from "type-graphql";
import { figuresOf } from "../figuresOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { measuresBehind } from "../MeasureField.ts";
import { selectedFields } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { Kpis } from "../types/Kpis.ts";

@Resolver(() => Kpis)
export class KpisResolver {
  @Query(() => Kpis, { description: "The figures of everything asked, in one row." })
  async kpis(
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Kpis> {
    const fields = selectedFields(info);
    const [row] = await context.askFigures({
      measures: measuresBehind(Kpis, fields),
      dimensions: [],
      where: salesWhere(where),
    });
    const { currency } = await context.snapshot();
    return { currency, ...figuresOf(Kpis, fields, row) };
  }
}
