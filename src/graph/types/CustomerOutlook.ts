// What is expected of a customer.
import { Field, Float, Int, ObjectType } from "type-graphql";
import { churnHorizonDays } from "../../kernel/ModelCard.ts";
import { ChurnBasisEnum, type ChurnBasisName } from "../enums.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";

const byModel = "Null where the list goes by recency.";

@ObjectType({
  simpleResolvers: true,
  description:
    "What is expected of a customer, by models of the whole population over all of the customer's lines; `models` says how good they are. A declared fact of the population, shown only of customers of whom the viewer sees every line.",
})
export class CustomerOutlook {
  @Field(() => ChurnBasisEnum, { description: "What the list of customers at risk goes by." })
  readonly basis!: ChurnBasisName;

  @Field(() => Float, {
    nullable: true,
    description: `The chance that no order comes in the ${churnHorizonDays} days from asOf on. ${byModel}`,
  })
  readonly noOrderProbability!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "The chance that the customer has not left for good, P(alive). It is no chance of an order, and nothing to rank by. Null also where the model does not tell who left.",
  })
  readonly aliveProbability!: number | null;

  @Field(() => Float, { nullable: true, description: `Days with an order expected in the next 30 days. ${byModel}` })
  readonly expectedOrders30Days!: number | null;

  @Field(() => Float, { nullable: true, description: `Days with an order expected in the next 90 days. ${byModel}` })
  readonly expectedOrders90Days!: number | null;

  @Field(() => Float, { nullable: true, description: `Days with an order expected in the next 365 days. ${byModel}` })
  readonly expectedOrders365Days!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: `Gross revenue expected of a day with an order. ${byModel} Null also where no model of it could be trusted.`,
  })
  readonly expectedOrderValue!: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      "Gross revenue expected in the next 12 months, discounted at the rate that `models` names. Null where the expected order value is.",
  })
  readonly lifetimeValue!: string | null;

  @Field(() => DecimalScalar, { description: "Net revenue of the 365 days before asOf." })
  readonly trailingNetRevenue!: string;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: `Trailing net revenue, where it is above 0, times the chance of no order. ${byModel}`,
  })
  readonly revenueAtRisk!: string | null;

  @Field(() => Float, {
    nullable: true,
    description: "Days between the customer's orders on average; null where there is one day with an order only.",
  })
  readonly usualIntervalDays!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Days by which the last order is longer ago than usual, at least 0; null without a usual interval.",
  })
  readonly daysOverdue!: number | null;

  @Field(() => String, { description: "Why, in plain words." })
  readonly reason!: string;
}
