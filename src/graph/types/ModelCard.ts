// The card of the models behind customers' outlooks: how they were made, and how good they are.
import { Field, Float, Int, ObjectType } from "type-graphql";
import {
  ChurnBasisEnum,
  type ChurnBasisName,
  ModelNameEnum,
  type ModelNameValue,
  ModelStatusEnum,
  type ModelStatusName,
} from "../enums.ts";
import { DateScalar } from "../scalars/DateScalar.ts";

@ObjectType({ simpleResolvers: true, description: "A parameter of a model, as it was fitted." })
export class ModelParameter {
  @Field(() => String, { description: "Its name in the paper that published the model." })
  readonly name!: string;

  @Field(() => Float, { description: "Its value." })
  readonly value!: number;
}

@ObjectType({ simpleResolvers: true, description: "Customers whom a model leaves out." })
export class ModelLeftOut {
  @Field(() => String, { description: "Why." })
  readonly why!: string;

  @Field(() => Int, { description: "How many." })
  readonly customers!: number;
}

@ObjectType({ simpleResolvers: true, description: "How a model was fitted, and whether it can be believed." })
export class ModelFit {
  @Field(() => ModelNameEnum, { description: "Which model." })
  readonly model!: ModelNameValue;

  @Field(() => ModelStatusEnum, { description: "Whether it can be believed." })
  readonly status!: ModelStatusName;

  @Field(() => String, { description: "Why, in words, and what follows." })
  readonly reason!: string;

  @Field(() => [ModelParameter], { description: "What was found; none where nothing was fitted." })
  readonly parameters!: readonly ModelParameter[];

  @Field(() => Float, { nullable: true, description: "The log-likelihood; null where nothing was fitted." })
  readonly logLikelihood!: number | null;

  @Field(() => Int, { description: "Customers that it was fitted to." })
  readonly customersUsed!: number;

  @Field(() => [ModelLeftOut], { description: "Those that it was not." })
  readonly leftOut!: readonly ModelLeftOut[];

  @Field(() => Boolean, { description: "Whether the search for the parameters came to an end." })
  readonly converged!: boolean;

  @Field(() => Int, { description: "Steps of that search." })
  readonly steps!: number;
}

@ObjectType({ simpleResolvers: true, description: "A tenth of the customers by their chance of no order." })
export class CalibrationTenth {
  @Field(() => Int, { description: "1 to 10, lowest chances first. Customers who are level stay together." })
  readonly tenth!: number;

  @Field(() => Int, { description: "How many customers are in it." })
  readonly customers!: number;

  @Field(() => Float, { description: "Share expected not to order." })
  readonly expected!: number;

  @Field(() => Float, { description: "Share that did not." })
  readonly observed!: number;
}

@ObjectType({ simpleResolvers: true, description: "Customers with as many orders before the days held back." })
export class FrequencyClass {
  @Field(() => String, { description: "Days with an order after the first." })
  readonly repeats!: string;

  @Field(() => Int, { description: "How many customers are in it." })
  readonly customers!: number;

  @Field(() => Float, { description: "Days with an order that were expected of them." })
  readonly expectedOrders!: number;

  @Field(() => Float, { description: "Days with an order that they had." })
  readonly observedOrders!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: "Of the revenue really lost, the share that the first tenth of each list held.",
})
export class LostRevenue {
  @Field(() => Float, { description: "Of the list by revenue at risk." })
  readonly heldByList!: number;

  @Field(() => Float, { description: "Of a list by days since the last order." })
  readonly heldByRecency!: number;

  @Field(() => Float, { description: "Of a list by trailing net revenue." })
  readonly heldByRevenue!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: "How the model did on days that it had not seen: fitted to what was known before them.",
})
export class ModelHoldout {
  @Field(() => DateScalar, { description: "The first of the days held back." })
  readonly from!: string;

  @Field(() => Int, { description: "How many days." })
  readonly days!: number;

  @Field(() => Int, { description: "Customers who had bought before." })
  readonly customers!: number;

  @Field(() => Float, { description: "Share of them who did not order in these days." })
  readonly lost!: number;

  @Field(() => Float, {
    description:
      "AUC of the chance of no order: of two customers, one lost and one not, how often the lost one stood higher. A coin's is 0.5.",
  })
  readonly auc!: number;

  @Field(() => Float, { description: "AUC of the days since the last order." })
  readonly aucOfRecency!: number;

  @Field(() => Float, { description: "AUC of P(alive), lowest first." })
  readonly aucOfAlive!: number;

  @Field(() => Float, { description: "Brier score: the mean square of what the chances were off." })
  readonly brier!: number;

  @Field(() => Float, { description: "Brier score of saying the share of the lost of everyone." })
  readonly brierOfShare!: number;

  @Field(() => [CalibrationTenth], { description: "Expected and observed, tenth by tenth." })
  readonly calibration!: readonly CalibrationTenth[];

  @Field(() => [FrequencyClass], { description: "Orders expected and made, by how many there were before." })
  readonly purchases!: readonly FrequencyClass[];

  @Field(() => LostRevenue, {
    nullable: true,
    description: "How well the list found what was lost; null if nothing was.",
  })
  readonly topTenth!: LostRevenue | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "How good the models behind customers' outlooks are. Facts of the whole population, whatever the scope.",
})
export class ModelCard {
  @Field(() => ChurnBasisEnum, { description: "What the list of customers at risk goes by." })
  readonly basis!: ChurnBasisName;

  @Field(() => String, { description: "Why." })
  readonly basisReason!: string;

  @Field(() => Int, { description: "Days that the chance of no order is of." })
  readonly horizonDays!: number;

  @Field(() => Float, { description: "By how much less an order is worth a year later, for lifetime values." })
  readonly discountRate!: number;

  @Field(() => [ModelFit], { description: "Each model." })
  readonly models!: readonly ModelFit[];

  @Field(() => ModelHoldout, { nullable: true, description: "What was measured; null where nothing could be." })
  readonly holdout!: ModelHoldout | null;

  @Field(() => String, { nullable: true, description: "Why nothing could be measured; null where something was." })
  readonly noHoldout!: string | null;
}
