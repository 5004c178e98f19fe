// The published cut-points of the RFM scores, four for each: a fact of the whole population, and each the value of some customer.
import { Field, Int, ObjectType } from "type-graphql";
import { DateScalar } from "../scalars/DateScalar.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "Four cut-points for each score, over all customers with a SALE line. A score is 1 + the number of cut-points strictly below the value.",
})
export class RfmCutPoints {
  @Field(() => [DateScalar], { description: "Days of the last order." })
  readonly recency!: readonly string[];

  @Field(() => [Int], { description: "Numbers of orders." })
  readonly frequency!: readonly number[];

  @Field(() => [DecimalScalar], { description: "Revenue." })
  readonly monetary!: readonly string[];
}
