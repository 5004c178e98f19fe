// What the rows of a metrics question are ordered by.
import { Field, InputType } from "type-graphql";
import type { Member } from "../../query/request.ts";
import { DirectionEnum } from "../enums.ts";
import { MemberEnum } from "../memberEnums.ts";

@InputType({
  description:
    "One key of an order; the first in the list weighs most. Members by their catalogue name in SCREAMING_SNAKE: GROSS_REVENUE, MONTH …",
})
export class MetricOrder {
  @Field(() => MemberEnum, { description: "What to compare: any measure, or a dimension that is selected." })
  readonly member!: Member;

  @Field(() => DirectionEnum, { defaultValue: "ASC", description: "Which end comes first." })
  readonly direction!: "ASC" | "DESC";
}
