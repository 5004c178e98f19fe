// What a list of products is ordered by.
import { Field, InputType } from "type-graphql";
import { DirectionEnum, ProductOrderFieldEnum, type ProductOrderFieldName } from "../enums.ts";

@InputType({ description: "One key of an order; the first in the list weighs most." })
export class ProductOrder {
  @Field(() => ProductOrderFieldEnum, { description: "What to compare." })
  readonly field!: ProductOrderFieldName;

  @Field(() => DirectionEnum, { defaultValue: "ASC", description: "Which end comes first." })
  readonly direction!: "ASC" | "DESC";
}
