// What a list of customers is ordered by.
import { Field, InputType } from "type-graphql";
import { CustomerOrderFieldEnum, type CustomerOrderFieldName, DirectionEnum } from "../enums.ts";

@InputType({ description: "One key of an order; the first in the list weighs most." })
export class CustomerOrder {
  @Field(() => CustomerOrderFieldEnum, { description: "What to compare." })
  readonly field!: CustomerOrderFieldName;

  @Field(() => DirectionEnum, { defaultValue: "ASC", description: "Which end comes first." })
  readonly direction!: "ASC" | "DESC";
}
