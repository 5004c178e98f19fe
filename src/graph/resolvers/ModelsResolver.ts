// How good the models of the snapshot are, and what all that they say of customers comes to.
import { Ctx, Query, Resolver } from "type-graphql";
import { leastCustomers } from "../../model/insightRules.ts";
import type { GraphContext } from "../GraphContext.ts";
import { ModelCard } from "../types/ModelCard.ts";
import { RevenueAtRisk } from "../types/RevenueAtRisk.ts";

@Resolver(() => ModelCard)
export class ModelsResolver {
  @Query(() => ModelCard, {
    nullable: true,
    description:
      "How good the models behind the list of customers at risk, and behind what is expected of each, are. Null where the snapshot was made by a version without them.",
  })
  async models(@Ctx() context: GraphContext): Promise<ModelCard | null> {
    const [card] = await context.ask({ kind: "modelCard" });
    return card;
  }

  @Query(() => RevenueAtRisk, {
    nullable: true,
    description: `What the customers at risk come to, without naming one. A model output, of the customers of whom the viewer sees every line. For a viewer who may not see single customers null under a list of countries, and where they are fewer than ${leastCustomers}. Null as well where the snapshot was made by a version without models.`,
  })
  async revenueAtRisk(@Ctx() { ask }: GraphContext): Promise<RevenueAtRisk | null> {
    const [found] = await ask({ kind: "revenueAtRisk" });
    return found;
  }
}
