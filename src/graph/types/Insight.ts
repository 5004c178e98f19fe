// A thing worth saying of the business, with the question that reproduces its figure.
import { Field, Float, ObjectType } from "type-graphql";
import type { InsightKind, InsightSeverity, InsightUnit } from "../../model/insightRules.ts";
import { InsightKindEnum, InsightSeverityEnum, InsightUnitEnum } from "../enums.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "A thing worth saying of what the viewer may see: a figure, what it is held against, and the question that reproduces it.",
})
export class Insight {
  @Field(() => InsightKindEnum, { description: "What it is about." })
  readonly kind!: InsightKind;

  @Field(() => InsightSeverityEnum, { description: "How much it matters, by the bars of docs/insights.md." })
  readonly severity!: InsightSeverity;

  @Field(() => String, {
    nullable: true,
    description: "The country, segment, cohort, product or month that it is about; null for the whole.",
  })
  readonly subject!: string | null;

  @Field(() => InsightUnitEnum, { description: "What figure and comparison count." })
  readonly unit!: InsightUnit;

  @Field(() => Float, { description: "The figure." })
  readonly figure!: number;

  @Field(() => Float, { nullable: true, description: "What the figure is held against; null where there is nothing." })
  readonly comparison!: number | null;

  @Field(() => String, { description: "What the comparison is, in a few words." })
  readonly comparedWith!: string;

  @Field(() => String, { description: "In a plain sentence." })
  readonly sentence!: string;

  @Field(() => String, {
    description:
      "A document that reproduces the figure for the same viewer at the same snapshot: of `metrics`, or of `revenueAtRisk`.",
  })
  readonly request!: string;

  @Field(() => String, {
    description: "Where the figure stands in that answer, below its only field of Query: nodes.0.grossRevenue",
  })
  readonly figureAt!: string;

  @Field(() => String, {
    nullable: true,
    description: "Where the comparison stands there; null where it is no figure of that answer.",
  })
  readonly comparisonAt!: string | null;
}
