// Which lines count: facts are filtered first, then aggregated.
import { Field, InputType } from "type-graphql";
import { dimensions } from "../../model/dimensions.ts";
import { CustomerTypeEnum } from "../enums.ts";
import { DateFilter, LineTypeFilter, MonthFilter, SegmentFilter, StringFilter } from "./fieldFilters.ts";

@InputType({
  description: "Which lines count: they are filtered first, then aggregated. Conditions are anded; null asks nothing.",
})
export class SalesFilter {
  @Field(() => StringFilter, { nullable: true, description: dimensions.country.description })
  readonly country?: StringFilter | null;

  @Field(() => SegmentFilter, { nullable: true, description: dimensions.segment.description })
  readonly segment?: SegmentFilter | null;

  @Field(() => MonthFilter, { nullable: true, description: dimensions.month.description })
  readonly month?: MonthFilter | null;

  @Field(() => DateFilter, { nullable: true, description: dimensions.day.description })
  readonly date?: DateFilter | null;

  @Field(() => LineTypeFilter, { nullable: true, description: dimensions.lineType.description })
  readonly lineType?: LineTypeFilter | null;

  @Field(() => CustomerTypeEnum, { nullable: true, description: dimensions.customerType.description })
  readonly customerType?: "IDENTIFIED" | "GUEST" | null;

  @Field(() => StringFilter, { nullable: true, description: dimensions.category.description })
  readonly category?: StringFilter | null;

  @Field(() => StringFilter, { nullable: true, description: dimensions.product.description })
  readonly product?: StringFilter | null;
}
