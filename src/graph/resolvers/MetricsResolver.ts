// Any measures by any dimensions: the selection is the question.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Int, Query, Resolver } from "type-graphql";
import { boundedFirst, mostMetricRows } from "../boundedFirst.ts";
import { connectionOf } from "../connectionOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { MeasureFilter } from "../inputs/MeasureFilter.ts";
import { MetricOrder } from "../inputs/MetricOrder.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { judgeMetrics } from "../judgeMetrics.ts";
import { metricNode, metricNodes } from "../metricNodes.ts";
import { metricsHaving, metricsOrder, metricsQuestion } from "../metricsQuestion.ts";
import { selectionOf, selectionsOf } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { MetricConnection } from "../types/MetricConnection.ts";

@Resolver(() => MetricConnection)
export class MetricsResolver {
  @Query(() => MetricConnection, {
    description:
      "The selection is the question: selected dimensions are grouped by, selected measures computed. Rows without an order come by the selected dimensions, ascending.",
  })
  async metrics(
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Arg("having", () => [MeasureFilter], { nullable: true, description: "Which rows are kept, by their measures." })
    having: readonly MeasureFilter[] | null | undefined,
    @Arg("orderBy", () => [MetricOrder], { nullable: true, description: "Rows that are level come by the dimensions." })
    orderBy: readonly MetricOrder[] | null | undefined,
    @Arg("spine", () => Boolean, {
      nullable: true,
      defaultValue: false,
      description:
        "Whether every period of the finest calendar unit that is selected has its rows, also where nothing was sold: 0 within the data's range, null outside of it.",
    })
    spine: boolean | null,
    @Arg("first", () => Int, { nullable: true, defaultValue: 1000, description: "From 1 to 10,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MetricConnection> {
    const selection = selectionOf(info);
    const question = metricsQuestion(selection, {
      where: salesWhere(where),
      having: metricsHaving(having),
      orderBy: metricsOrder(orderBy),
      spine: spine ?? false,
      page: { first: boundedFirst(first, 1000, mostMetricRows), after: after ?? undefined },
    });
    judgeMetrics(question, selectionsOf(info, "nodes"), context.scope);
    const answer = await context.ask(question);
    const { pageInfo, totalCount } = connectionOf(answer, after, metricNode);
    return {
      nodes: metricNodes(answer, question.earlier ?? [], selection.fields.get("nodes")),
      totals: metricNode(answer.totals ?? {}),
      totalCount,
      pageInfo,
    };
  }
}
