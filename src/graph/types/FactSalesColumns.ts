// A page of lines by columns.
import { Field, Int, ObjectType } from "type-graphql";
import { addLineFields } from "../lineFields.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "A page of lines by columns: each selected column is one list with a value for each line, in the order of `factSales`. What is not selected is not read. The same place in each list is the same line.",
})
export class FactSalesColumns {
  readonly [column: string]: readonly (string | number | null)[] | string | number | boolean | null | undefined;

  @Field(() => Int, { description: "Lines on the page: the length of each list." })
  readonly count!: number;

  @Field(() => Boolean, { description: "Whether more follows after `endCursor`." })
  readonly hasNextPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description:
      "Cursor of the last line: give it as `after` for the next page, here or in `factSales`. Null on an empty page.",
  })
  readonly endCursor!: string | null;

  @Field(() => Int, { description: "Lines on all pages together." })
  readonly totalCount!: number | null;
}

addLineFields(FactSalesColumns.prototype, { columns: true });
