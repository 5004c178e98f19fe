// The snapshot behind the answers, and the account of its rows for those who run the warehouse.
import { Ctx, FieldResolver, Query, Resolver } from "type-graphql";
import type { GraphContext } from "../GraphContext.ts";
import { Dataset } from "../types/Dataset.ts";
import { RowAccount } from "../types/RowAccount.ts";

@Resolver(() => Dataset)
export class DatasetResolver {
  @Query(() => Dataset, { description: "The published snapshot that every answer of this request comes from." })
  async dataset(@Ctx() context: GraphContext): Promise<Dataset> {
    const facts = await context.snapshot();
    return {
      snapshot: String(facts.snapshotId),
      publishedAt: facts.publishedAt,
      asOf: facts.asOf,
      dataFrom: facts.dataFrom,
      dataThrough: facts.dataThrough,
      currency: facts.currency,
      cutPointsOf: facts.cutsOf === null ? null : String(facts.cutsOf),
      rfmCutPoints: { recency: facts.recencyCuts, frequency: facts.frequencyCuts, monetary: facts.monetaryCuts },
    };
  }

  @FieldResolver(() => RowAccount, {
    nullable: true,
    description: "Operators only; null for everyone else.",
  })
  account(@Ctx() context: GraphContext): Promise<RowAccount> {
    return context.account();
  }
}
