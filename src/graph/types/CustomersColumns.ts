// A page of customers by columns.
import { Field, ID, Int, ObjectType } from "type-graphql";
import { MeasureField } from "../MeasureField.ts";
import { MonthScalar } from "../scalars/MonthScalar.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "A page of customers by columns: each selected column is one list with a value for each customer, in the order of `customers`. What is not selected is not read. The same place in each list is the same customer.",
})
export class CustomersColumns {
  /** Not shown: what leads on from the customers. */
  readonly ids!: readonly string[];

  @Field(() => Int, { description: "Customers on the page: the length of each list." })
  readonly count!: number;

  @Field(() => Boolean, { description: "Whether more follows after `endCursor`." })
  readonly hasNextPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      "Cursor of the last customer: give it as `after` for the next page, here or in `customers`. Null on an empty page.",
  })
  readonly endCursor!: string | null;

  @Field(() => Int, { description: "Customers on all pages together." })
  readonly totalCount!: number | null;

  @Field(() => [ID], { description: "The customers' ids as the file gives them." })
  readonly id!: readonly string[];

  @MeasureField("latestCountry", {
    column: true,
    note: "Of the latest kept SALE line (ties: the highest invoice); null without one.",
  })
  readonly country?: readonly (string | null)[];

  @MeasureField("countries", { column: true })
  readonly countries?: readonly (readonly string[])[];

  @MeasureField("firstPurchaseAt", { column: true, note: "The day of it." })
  readonly firstPurchaseDate?: readonly (string | null)[];

  @MeasureField("lastPurchaseAt", { column: true, note: "The day of it." })
  readonly lastPurchaseDate?: readonly (string | null)[];

  @MeasureField("recencyDays", { column: true })
  readonly recencyDays?: readonly (number | null)[];

  @MeasureField("orders", { column: true })
  readonly orders?: readonly number[];

  @MeasureField("units", { column: true })
  readonly units?: readonly number[];

  @MeasureField("grossRevenue", { column: true })
  readonly grossRevenue?: readonly string[];

  @MeasureField("netRevenue", { column: true })
  readonly netRevenue?: readonly string[];

  @MeasureField("returnsValue", { column: true })
  readonly returnsValue?: readonly string[];

  @MeasureField("averageOrderValue", { column: true })
  readonly averageOrderValue?: readonly (string | null)[];

  @Field(() => [MonthScalar], {
    nullable: "items",
    description: "Month of each customer's first order among the lines that the viewer may see, whatever is asked for.",
  })
  readonly cohortMonth?: readonly (string | null)[];
}
