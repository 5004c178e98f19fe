// A customer as far as the scope's lines tell, and the scores that the whole population gives.
import { Field, ID, ObjectType } from "type-graphql";
import type { SegmentKey } from "../../model/segmentSchemes.ts";
import { MeasureField } from "../MeasureField.ts";
import { MonthScalar } from "../scalars/MonthScalar.ts";

@ObjectType({
  simpleResolvers: true,
  description: "A customer. Figures are those of the lines that the viewer may see and the question asks for.",
})
export class Customer {
  @Field(() => ID, { description: "The customer's id as the file gives it." })
  readonly id!: string;

  @MeasureField("latestCountry", {
    note: "Of the latest kept SALE line (ties: the highest invoice); null without one.",
  })
  readonly country?: string | null;

  @MeasureField("countries")
  readonly countries?: readonly string[];

  @MeasureField("firstPurchaseAt", { note: "The day of it." })
  readonly firstPurchaseDate?: string | null;

  @MeasureField("lastPurchaseAt", { note: "The day of it." })
  readonly lastPurchaseDate?: string | null;

  @MeasureField("recencyDays")
  readonly recencyDays?: number | null;

  @MeasureField("orders")
  readonly orders?: number;

  @MeasureField("units")
  readonly units?: number;

  @MeasureField("grossRevenue")
  readonly grossRevenue?: string;

  @MeasureField("netRevenue")
  readonly netRevenue?: string;

  @MeasureField("returnsValue")
  readonly returnsValue?: string;

  @MeasureField("averageOrderValue")
  readonly averageOrderValue?: string | null;

  @Field(() => MonthScalar, {
    nullable: true,
    description: "Month of the customer's first order among the lines that the viewer may see, whatever is asked for.",
  })
  readonly cohortMonth?: string | null;

  /** The segment in the CLASSIC scheme, where the rows that were read have it. No field of the graph: `segmentKey` shows it. */
  readonly classicSegment?: SegmentKey;
}
