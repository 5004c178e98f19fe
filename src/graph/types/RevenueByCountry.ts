// The figures of one country.
import { Field, ObjectType } from "type-graphql";
import { MeasureField } from "../MeasureField.ts";

@ObjectType({
  simpleResolvers: true,
  description: "The figures of one country. A customer or an order of two countries counts in each.",
})
export class RevenueByCountry {
  @Field(() => String, { description: "Country of the lines as the file gives it." })
  readonly country!: string;

  @MeasureField("grossRevenue")
  readonly grossRevenue?: string;

  @MeasureField("netRevenue")
  readonly netRevenue?: string;

  @MeasureField("returnsValue")
  readonly returnsValue?: string;

  @MeasureField("orders")
  readonly orders?: number;

  @MeasureField("customers")
  readonly customers?: number;

  @MeasureField("units")
  readonly units?: number;

  @MeasureField("averageOrderValue")
  readonly averageOrderValue?: string | null;

  @MeasureField("revenueShare")
  readonly revenueShare?: number | null;
}
