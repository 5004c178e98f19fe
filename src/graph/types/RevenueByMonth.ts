// One month of the spine: every month that is asked for is there, sold in or not.
import { Field, Float, ObjectType } from "type-graphql";
import { MeasureField } from "../MeasureField.ts";
import { MonthScalar } from "../scalars/MonthScalar.ts";

const onTheSpine = { nullable: true, note: "Null outside the data's range; 0 where nothing was sold." } as const;

@ObjectType({ simpleResolvers: true, description: "The figures of one month. Every month asked for is there." })
export class RevenueByMonth {
  @Field(() => MonthScalar, { description: "The month, in the store's local calendar." })
  readonly month!: string;

  @MeasureField("grossRevenue", onTheSpine)
  readonly grossRevenue?: string | null;

  @MeasureField("netRevenue", onTheSpine)
  readonly netRevenue?: string | null;

  @MeasureField("returnsValue", onTheSpine)
  readonly returnsValue?: string | null;

  @MeasureField("orders", onTheSpine)
  readonly orders?: number | null;

  @MeasureField("customers", onTheSpine)
  readonly customers?: number | null;

  @MeasureField("newCustomers", onTheSpine)
  readonly newCustomers?: number | null;

  @MeasureField("units", onTheSpine)
  readonly units?: number | null;

  @MeasureField("averageOrderValue", { note: "Null where nothing was sold." })
  readonly averageOrderValue?: string | null;

  @Field(() => Boolean, { description: "The first day of the next month is not after asOf." })
  readonly complete!: boolean;

  @Field(() => RevenueByMonth, {
    nullable: true,
    description: "The month before, also where it lies before `from`.",
  })
  readonly previous?: RevenueByMonth | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "grossRevenue against the month before, as a fraction; null where either is incomplete or the base is 0 or null.",
  })
  readonly growth?: number | null;
}
