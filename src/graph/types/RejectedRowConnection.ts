// A page of the rows that a load could not load.
import { Field, ID, Int, ObjectType } from "type-graphql";
import { PageInfo } from "./PageInfo.ts";

@ObjectType({ simpleResolvers: true, description: "A row that could not be loaded, with its place and the reason." })
export class RejectedRow {
  @Field(() => String, { description: "Name of the file." })
  readonly file!: string;

  @Field(() => Int, { description: "Line of the file on which the row starts; the header is line 1." })
  readonly line!: number;

  @Field(() => String, {
    nullable: true,
    description: "The column to blame, as the file's header writes it; null where it is the row as a whole.",
  })
  readonly column!: string | null;

  @Field(() => String, { description: "Stable code of the reason." })
  readonly code!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "Personal: the row as it stands in the file. Null for roles that may not see single customers and lines of all countries and segments, names included.",
  })
  readonly raw!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The load that loaded the row once it was mended; null while it is open.",
  })
  readonly settledIn!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: "A page of the rows that a load could not load, by file and line.",
})
export class RejectedRowConnection {
  @Field(() => [RejectedRow], { description: "The rows of the page." })
  readonly nodes!: readonly RejectedRow[];

  @Field(() => PageInfo, { description: "Where the page stands in the list." })
  readonly pageInfo!: PageInfo;

  @Field(() => Int, { description: "Rows on all pages together." })
  readonly totalCount!: number | null;
}
