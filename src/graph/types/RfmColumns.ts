// The scores of a page of customers by columns.
import { Field, Int, ObjectType } from "type-graphql";

@ObjectType({
  simpleResolvers: true,
  description:
    "Scores of a page of customers, 1 to 5, 5 is best. Population facts: computed over all customers, whatever the viewer's scope. Null without a SALE line.",
})
export class RfmColumns {
  @Field(() => [Int], { nullable: "items", description: "How recently." })
  readonly recency!: readonly (number | null)[];

  @Field(() => [Int], { nullable: "items", description: "How often." })
  readonly frequency!: readonly (number | null)[];

  @Field(() => [Int], { nullable: "items", description: "How much." })
  readonly monetary!: readonly (number | null)[];

  @Field(() => [String], { nullable: "items", description: 'The three scores in a row: "545".' })
  readonly code!: readonly (string | null)[];
}
