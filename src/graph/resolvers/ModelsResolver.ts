// How good the models of the snapshot are.
import { Ctx, Query, Resolver } from "type-graphql";
import type { GraphContext } from "../GraphContext.ts";
import { ModelCard } from "../types/ModelCard.ts";

@Resolver(() => ModelCard)
export class ModelsResolver {
  @Query(() => ModelCard, {
    nullable: true,
    description:
      "How good the models behind `churnRisk` and `Customer.outlook` are. Null where the snapshot was made by a version without them.",
  })
  async models(@Ctx() context: GraphContext): Promise<ModelCard | null> {
    const [card] = await context.ask({ kind: "modelCard" });
    return card;
  }
}
