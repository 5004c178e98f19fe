// The figures of everything asked, in one row.
import { Field, ObjectType } from "type-graphql";
import { MeasureField } from "../MeasureField.ts";

@ObjectType({ simpleResolvers: true, description: "The figures of everything asked, in one row." })
export class Kpis {
  @MeasureField("grossRevenue")
  readonly grossRevenue?: string;

  @MeasureField("netRevenue")
  readonly netRevenue?: string;

  @MeasureField("returnsValue")
  readonly returnsValue?: string;

  @MeasureField("productReturnsValue")
  readonly productReturnsValue?: string;

  @MeasureField("orders")
  readonly orders?: number;

  @MeasureField("customers")
  readonly customers?: number;

  @MeasureField("units")
  readonly units?: number;

  @MeasureField("averageOrderValue")
  readonly averageOrderValue?: string | null;

  @MeasureField("revenuePerCustomer")
  readonly revenuePerCustomer?: string | null;

  @MeasureField("newCustomers")
  readonly newCustomers?: number;

  @MeasureField("repeatRate")
  readonly repeatRate?: number | null;

  @MeasureField("returnRate")
  readonly returnRate?: number | null;

  @Field(() => String, { description: "The currency of every amount (ISO 4217)." })
  readonly currency!: string;
}
