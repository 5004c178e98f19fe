// Cohorts by the month of the first order, and who came back when.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Query, Resolver } from "type-graphql";
import { monthsBetween } from "../../kernel/calendar.ts";
import type { MeasureName } from "../../model/measures.ts";
import { cohortTable } from "../cohortTable.ts";
import type { GraphContext } from "../GraphContext.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { monthsAsked, monthsOfData, upTo, withinData } from "../monthsAsked.ts";
import { MonthScalar } from "../scalars/MonthScalar.ts";
import { selectedFields } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { Cohort } from "../types/Cohort.ts";

@Resolver(() => Cohort)
export class CohortResolver {
  @Query(() => [Cohort], {
    description:
      "Every cohort month from `from` to `to`, inclusive; default the data's first and last month. `where` picks the lines that are counted, not the month of the first order; a range of `cohortMonth` in it narrows the months, and a list is refused.",
  })
  async cohorts(
    @Arg("from", () => MonthScalar, { nullable: true }) from: string | null | undefined,
    @Arg("to", () => MonthScalar, { nullable: true }) to: string | null | undefined,
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Cohort[]> {
    const facts = await context.snapshot();
    // The cohort's month is part of the range, not of the filter.
    const { cohortMonth: condition, ...rest } = salesWhere(where) ?? {};
    const months = monthsAsked(from, to, condition, facts);
    const data = monthsOfData(facts);
    const fields = selectedFields(info);
    // No period where none is shown: there may be as many as there are cohorts, for each of them.
    const lastPeriod = fields.has("retention") ? monthsBetween(data.first, data.last) : -1;
    const measures = measuresOf(fields, selectedFields(info, "retention"));

    const [first, last] = [months.at(0), months.at(-1)];
    const asked = first && last ? withinData(first, last, facts) : null;
    const filtered = Object.keys(rest).length > 0;
    if ((!asked || measures.length === 0) && !filtered) return cohortTable(months, lastPeriod, [], facts);
    const rows = await context.askFigures({
      measures,
      dimensions: ["cohortMonth", "month"],
      where: { ...rest, cohortMonth: asked ?? upTo(data.first, data.first) },
    });
    return cohortTable(months, lastPeriod, rows, facts);
  }
}

function measuresOf(cohort: ReadonlySet<string>, period: ReadonlySet<string>): MeasureName[] {
  const counts = cohort.has("size") || period.has("customers") || period.has("rate");
  return [
    ...(counts ? (["customers"] as const) : []),
    ...(period.has("grossRevenue") ? (["grossRevenue"] as const) : []),
  ];
}
