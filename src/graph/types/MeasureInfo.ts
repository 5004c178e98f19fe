// A measure as the catalogue describes it.
import { Field, ObjectType } from "type-graphql";
import type { DimensionName } from "../../model/dimensions.ts";
import type { MeasureName } from "../../model/measures.ts";
import { DimensionEnum, MeasureEnum } from "../memberEnums.ts";

@ObjectType({ simpleResolvers: true, description: "A measure that the viewer may use." })
export class MeasureInfo {
  @Field(() => String, { description: "Its name: the field of a metrics row." })
  readonly name!: string;

  @Field(() => MeasureEnum, { description: "The same as a value of `having` and `orderBy`." })
  readonly member!: MeasureName;

  @Field(() => String, { description: "Its name for headings." })
  readonly label!: string;

  @Field(() => String, { description: "What it means, for an analyst." })
  readonly description!: string;

  @Field(() => String, { description: "How it is computed, in words." })
  readonly formula!: string;

  @Field(() => String, { description: "How to show it: currency, count, percent (a fraction), days, date or text." })
  readonly format!: string;

  @Field(() => String, {
    description: "public: vocabulary; commercial: about the business; personal: about a single customer.",
  })
  readonly sensitivity!: string;

  @Field(() => [DimensionEnum], { description: "What it can be cut by." })
  readonly dimensions!: readonly DimensionName[];

  @Field(() => [DimensionEnum], {
    description: "What it is always cut by: each of these has to be selected beside it. Empty for most measures.",
  })
  readonly alwaysBy!: readonly DimensionName[];

  @Field(() => [DimensionEnum], {
    description:
      "Over which of them its rows add up to the whole. Over any other, take the whole from `totals`: a sum of rows would count twice.",
  })
  readonly sumsOver!: readonly DimensionName[];
}
