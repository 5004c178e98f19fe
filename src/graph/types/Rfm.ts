// A customer's three scores.
import { Field, Int, ObjectType } from "type-graphql";

@ObjectType({
  simpleResolvers: true,
  description:
    "Scores from 1 to 5, 5 is best, against the cut-points of the whole population. Equal values score equally.",
})
export class Rfm {
  @Field(() => Int, { description: "How recently: days since the last order." })
  readonly recency!: number;

  @Field(() => Int, { description: "How often: orders." })
  readonly frequency!: number;

  @Field(() => Int, { description: "How much: revenue." })
  readonly monetary!: number;

  @Field(() => String, { description: 'The three scores in a row: "545"' })
  readonly code!: string;
}
