// A page of a metrics answer, and the measures over all of it.
import { Field, Int, ObjectType } from "type-graphql";
import { MetricRow } from "./MetricRow.ts";
import { PageInfo } from "./PageInfo.ts";

@ObjectType({
  simpleResolvers: true,
  description: "A metrics answer: a page of its rows, and the measures over everything asked.",
})
export class MetricConnection {
  @Field(() => [MetricRow], {
    description: "The rows of the page. Selected under several aliases, they have the same dimensions under each.",
  })
  readonly nodes!: readonly MetricRow[];

  @Field(() => MetricRow, {
    description:
      "The measures over everything asked, computed under the same scope, never summed from rows. Neither `having` nor the page narrows them. Figures of single customers have no total; dimensions, `previous` and `yearAgo` are null here.",
  })
  readonly totals!: MetricRow;

  @Field(() => Int, {
    description: "Rows on all pages together; 1 where no dimension is selected in `nodes` and `having` keeps it.",
  })
  readonly totalCount!: number | null;

  @Field(() => PageInfo, { description: "Where the page stands in the list." })
  readonly pageInfo!: PageInfo;
}
