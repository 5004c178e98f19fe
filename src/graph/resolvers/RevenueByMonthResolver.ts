// Figures by month, on a spine without gaps.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Query, Resolver } from "type-graphql";
import type { GraphContext } from "../GraphContext.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { measuresBehind } from "../MeasureField.ts";
import { fieldsOfMonths, monthSpine, monthsBefore, stepBack } from "../monthSpine.ts";
import { monthsAsked, monthsOfData, upTo, withinData } from "../monthsAsked.ts";
import { refuseArguments } from "../refuseArguments.ts";
import { MonthScalar } from "../scalars/MonthScalar.ts";
import { selectionOf } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { RevenueByMonth } from "../types/RevenueByMonth.ts";

@Resolver(() => RevenueByMonth)
export class RevenueByMonthResolver {
  @Query(() => [RevenueByMonth], {
    description:
      "`from` and `to` inclusive; default the data's first and last month in the scope's snapshot. Every month asked for is there. A range of `month` in `where` narrows them; a list is refused.",
  })
  async revenueByMonth(
    @Arg("from", () => MonthScalar, { nullable: true }) from: string | null | undefined,
    @Arg("to", () => MonthScalar, { nullable: true }) to: string | null | undefined,
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<RevenueByMonth[]> {
    // The month is part of the range, not of the filter: `previous` shows the month before the range, whatever bounds it.
    const filter = salesWhere(where);
    const { month: condition, ...rest } = filter ?? {};
    refuseArguments(context.scope, from, to, filter);
    const facts = await context.snapshot();
    const months = monthsAsked(from, to, condition, facts);
    const selection = selectionOf(info);
    const fields = fieldsOfMonths(selection);
    const before = monthsBefore(selection);
    const measures = measuresBehind(RevenueByMonth, fields);

    if (context.scope.minimumCustomers !== null) {
      const table = await context.ask({ kind: "metrics", measures, dimensions: ["month"] });
      return monthSpine(months, before, fields, table.rows, facts, table.withheld);
    }

    const [first, last] = [months.at(0), months.at(-1)];
    const asked = first && last ? withinData(stepBack(first, before), last, facts) : null;
    const filtered = Object.keys(rest).length > 0;
    if ((!asked || measures.length === 0) && !filtered) return monthSpine(months, before, fields, [], facts);
    // Outside of the data there is nothing to read; one month of it is, so that the filter is judged all the same.
    const { first: anyMonth } = monthsOfData(facts);
    const rows = await context.askFigures({
      measures,
      dimensions: ["month"],
      where: { ...rest, month: asked ?? upTo(anyMonth, anyMonth) },
    });
    return monthSpine(months, before, fields, rows, facts);
  }
}
