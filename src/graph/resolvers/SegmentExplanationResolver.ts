// Why a customer is in its segment. What it rests on is asked for with the other customers of the list.
import { Arg, Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { SchemeName } from "../../model/segmentSchemes.ts";
import { SegmentSchemeEnum } from "../enums.ts";
import { explanationMeasures, explanationOf } from "../explanationOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { Customer } from "../types/Customer.ts";
import { SegmentExplanation } from "../types/SegmentExplanation.ts";

@Resolver(() => Customer)
export class SegmentExplanationResolver {
  @FieldResolver(() => SegmentExplanation, {
    nullable: true,
    description:
      "Why the customer is in its segment of a scheme, and what would move it. It is made of all lines that the viewer may see, whatever is asked for. Null where these do not lead to the published scores, as where some of the customer's lines are hidden from the viewer; and for a customer without a SALE line.",
  })
  async segmentExplanation(
    @Root() { id }: Customer,
    @Arg("scheme", () => SegmentSchemeEnum, { nullable: true, defaultValue: "CLASSIC" }) scheme: SchemeName | null,
    @Ctx() context: GraphContext,
  ): Promise<SegmentExplanation | null> {
    const facts = await context.snapshot();
    const { customers, attributes } = context.loaders;
    const [row, published] = await Promise.all([
      customers.load({ id, measures: explanationMeasures(facts), dimensions: ["customer"] }),
      attributes.load(id),
    ]);
    return row && published && explanationOf(scheme ?? "CLASSIC", row, published, facts);
  }
}
