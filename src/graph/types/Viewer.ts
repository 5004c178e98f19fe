// Who is asking, as the policy sees it.
import { Field, Int, ObjectType } from "type-graphql";
import type { SegmentKey } from "../../model/segmentSchemes.ts";
import { SegmentKeyEnum } from "../enums.ts";

@ObjectType({
  simpleResolvers: true,
  description: "Who is asking, as the policy sees it: nothing about the person, only role and scope.",
})
export class Viewer {
  @Field(() => String, { description: "The role that the token names." })
  readonly role!: string;

  @Field(() => [String], { nullable: true, description: "Countries whose lines are kept; null: all." })
  readonly countries!: readonly string[] | null;

  @Field(() => [SegmentKeyEnum], {
    nullable: true,
    description: "CLASSIC keys (and GUEST, UNSCORED) whose lines are kept; null: all.",
  })
  readonly segments!: readonly SegmentKey[] | null;

  @Field(() => Boolean, { description: "Whether single customers and single lines may be seen." })
  readonly customerLevel!: boolean;

  @Field(() => [String], { description: "How sensitive the members may be that this role uses." })
  readonly members!: readonly string[];

  @Field(() => [String], { description: "What this role may not see, or sees as null or under another name." })
  readonly hiddenMembers!: readonly string[];

  @Field(() => [String], { description: "Personal fields that come back as null, or under a name that is made up." })
  readonly masked!: readonly string[];

  @Field(() => Int, {
    nullable: true,
    description:
      "Figures of fewer customers are not shown, and only three fixed tables are: by month, by country, by segment. Null: any question.",
  })
  readonly minimumCustomers!: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Most rows of paged lists (customers, lines, rows of metrics) that one answer may bring; null: no bound of this role.",
  })
  readonly mostRows!: number | null;

  @Field(() => [String], {
    description: "What this asker should know of the scope, such as a claim that could not be used.",
  })
  readonly notices!: readonly string[];

  @Field(() => String, { description: "Stable hash of the scope: equal for two askers who see the same." })
  readonly scopeFingerprint!: string;
}
