// A page of loads.
import { Field, Int, ObjectType } from "type-graphql";
import { LoadRun } from "./LoadRun.ts";
import { PageInfo } from "./PageInfo.ts";

@ObjectType({ simpleResolvers: true, description: "A page of loads. Its cursors stay good whatever is published." })
export class LoadRunConnection {
  @Field(() => [LoadRun], { description: "The loads of the page." })
  readonly nodes!: readonly LoadRun[];

  @Field(() => PageInfo, { description: "Where the page stands in the list." })
  readonly pageInfo!: PageInfo;

  @Field(() => Int, { description: "Loads on all pages together." })
  readonly totalCount!: number | null;
}
