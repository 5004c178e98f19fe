// What moved between two snapshots.
import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { SchemeName } from "../../model/segmentSchemes.ts";
import { SegmentSchemeEnum } from "../enums.ts";
import type { GraphContext } from "../GraphContext.ts";
import { movementsOf } from "../movementsOf.ts";
import { SegmentMovements } from "../types/SegmentMovements.ts";

@Resolver(() => SegmentMovements)
export class SegmentMovementsResolver {
  @Query(() => SegmentMovements, {
    nullable: true,
    description:
      "Who went from which segment to which between two snapshots that are kept, and why. BEHAVIOUR: what the customer did, or had taken back, made the difference. AGEING: by the former cut-points it would have moved there without anything of its own. THRESHOLD: by the former cut-points it would have stayed. Those of recency count as days before asOf. A customer is at an end where the viewer sees a line of its there; who came or went for the viewer alone is NEW or GONE. Computed after a snapshot is published: null until then.",
  })
  async segmentMovements(
    @Arg("from", () => ID, { nullable: true, description: "Default: the snapshot that was published before." })
    from: string | null | undefined,
    @Arg("to", () => ID, { nullable: true, description: "Default: the snapshot of the request." })
    to: string | null | undefined,
    @Arg("scheme", () => SegmentSchemeEnum, { nullable: true, defaultValue: "CLASSIC" }) given: SchemeName | null,
    @Ctx() context: GraphContext,
  ): Promise<SegmentMovements | null> {
    const scheme = given ?? "CLASSIC";
    const [found] = await context.ask({
      kind: "segmentMovements",
      scheme,
      from: from ?? undefined,
      to: to ?? undefined,
    });
    return found ? movementsOf(scheme, found) : null;
  }
}
