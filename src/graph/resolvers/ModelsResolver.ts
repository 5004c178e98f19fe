// How good the models of the snapshot are, and what all that they say of customers comes to.
import { Ctx, Query, Resolver } from "type-graphql";
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
    description:
      "What the customers at risk come to, without naming one. A model output, of the customers of whom the viewer sees every line.",
  })
  async revenueAtRisk(@Ctx() { ask }: GraphContext): Promise<RevenueAtRisk> {
    const [found] = await ask({ kind: "revenueAtRisk" });
    return found;
  }
}
