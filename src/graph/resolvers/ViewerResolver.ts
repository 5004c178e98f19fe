// Who is asking.
import { Ctx, Query, Resolver } from "type-graphql";
import { membersHiddenFrom } from "../catalogFor.ts";
import type { GraphContext } from "../GraphContext.ts";
import { Viewer } from "../types/Viewer.ts";

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, {
    description: "Who is asking, as the policy sees it: nothing about the person, only role and scope.",
  })
  me(@Ctx() { scope }: GraphContext): Viewer {
    return {
      role: scope.role,
      countries: scope.countries,
      segments: scope.segments,
      customerLevel: scope.customerLevel,
      members: scope.members,
      hiddenMembers: membersHiddenFrom(scope),
      masked: Object.keys(scope.masks),
      minimumCustomers: scope.minimumCustomers,
      mostRows: scope.mostRows,
      notices: scope.notices,
      scopeFingerprint: scope.fingerprint,
    };
  }
}
