// A condition on a computed measure of a row.
import { Field, InputType } from "type-graphql";
import type { MeasureName } from "../../model/measures.ts";
import { MeasureEnum } from "../memberEnums.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";

@InputType({
  description:
    "Keeps the rows whose measure lies within bounds, of which one or both are given. A row where the measure is null is left out.",
})
export class MeasureFilter {
  @Field(() => MeasureEnum, { description: "What to compare; it need not be selected." })
  readonly measure!: MeasureName;

  @Field(() => DecimalScalar, { nullable: true, description: "This or more." })
  readonly gte?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: "Less than this." })
  readonly lt?: string | null;
}
