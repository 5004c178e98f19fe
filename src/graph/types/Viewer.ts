// Who is asking, as the policy sees it.
import { Field, ObjectType } from "type-graphql";
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

  @Field(() => [String], { description: "What this role may not see, or sees as null." })
  readonly hiddenMembers!: readonly string[];

  @Field(() => String, { description: "Stable hash of the scope: equal for two askers who see the same." })
  readonly scopeFingerprint!: string;
}
