// The executive's page as data.
import { Ctx, Query, Resolver } from "type-graphql";
import { leastCustomers } from "../../model/insightRules.ts";
import type { GraphContext } from "../GraphContext.ts";
import { insightFunctions } from "../insights/insightFunctions.ts";
import { Insight } from "../types/Insight.ts";

@Resolver(() => Insight)
export class InsightsResolver {
  @Query(() => [Insight], {
    description: `What is worth saying of what the viewer may see: each with its figure, its comparison, a severity, a plain sentence, and the question that reproduces it. Nothing is said of fewer than ${leastCustomers} customers.`,
  })
  async insights(@Ctx() context: GraphContext): Promise<Insight[]> {
    const facts = await context.snapshot();
    const told = await Promise.all(
      insightFunctions.map((tell) => tell({ ask: context.ask, facts, scope: context.scope })),
    );
    return told.flat();
  }
}
