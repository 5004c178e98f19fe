// The customers whose first order fell into the same month, and who of them came back when.
import { Field, Float, Int, ObjectType } from "type-graphql";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";
import { MonthScalar } from "../scalars/MonthScalar.ts";

@ObjectType({ simpleResolvers: true, description: "One period of a cohort, counted in months from its first." })
export class CohortPeriod {
  @Field(() => Int, { description: "0 is the month of the first order." })
  readonly period!: number;

  @Field(() => MonthScalar, { description: "The calendar month of the period." })
  readonly month!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Customers of the cohort who bought in this month. Null where the period starts on or after asOf.",
  })
  readonly customers!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Customers of the period as a fraction of the cohort's size. Null where the period starts on or after asOf, and where the cohort is empty.",
  })
  readonly rate!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "Gross revenue of the cohort in this month. Null where the period starts on or after asOf.",
  })
  readonly grossRevenue!: string | null;

  @Field(() => Boolean, { description: "Whether the period's first day lies before asOf." })
  readonly observed!: boolean;

  @Field(() => Boolean, { description: "The first day of the next month is not after asOf." })
  readonly complete!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "Customers by the month of their first order among the lines that the viewer may see, and the months in which they came back.",
})
export class Cohort {
  @Field(() => MonthScalar, { description: "Month of the first order." })
  readonly month!: string;

  @Field(() => Int, { description: "Customers of the cohort who are counted in period 0." })
  readonly size!: number;

  @Field(() => [CohortPeriod], {
    description:
      "Period 0 and as many more as there are months between the data's first and last: as many for every cohort.",
  })
  readonly retention!: readonly CohortPeriod[];
}
