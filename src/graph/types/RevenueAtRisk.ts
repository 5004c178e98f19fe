// What the customers at risk come to.
import { Field, Int, ObjectType } from "type-graphql";
import { churnHorizonDays } from "../../kernel/ModelCard.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "What the customers at risk come to: those of whom the viewer sees every line, with net revenue in the 365 days before asOf.",
})
export class RevenueAtRisk {
  @Field(() => Int, { description: "How many they are." })
  readonly customers!: number;

  @Field(() => DecimalScalar, { description: "Their net revenue of the 365 days before asOf." })
  readonly trailingNetRevenue!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: `Of it, what is at risk: for each customer times the chance that no order comes in the ${churnHorizonDays} days from asOf on. Null where the list goes by recency, and where nobody is in it.`,
  })
  readonly revenueAtRisk!: string | null;
}
