// Who went from which segment to which between two snapshots, and why.
import { Field, ID, Int, ObjectType } from "type-graphql";
import type { MoveCause, MoveKind } from "../../model/segmentMoves.ts";
import type { SchemeName, SegmentKey } from "../../model/segmentSchemes.ts";
import { MoveCauseEnum, MoveKindEnum, SegmentKeyEnum, SegmentSchemeEnum } from "../enums.ts";
import { DateScalar } from "../scalars/DateScalar.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "Customers who went the same way for the same cause. Figures are of the lines that the viewer may see, at either end.",
})
export class SegmentMove {
  @Field(() => MoveKindEnum, { description: "Whether they stayed, moved, came or went." })
  readonly kind!: MoveKind;

  @Field(() => SegmentKeyEnum, {
    nullable: true,
    description: "The former segment; null where the viewer saw no line of theirs there.",
  })
  readonly from!: SegmentKey | null;

  @Field(() => SegmentKeyEnum, {
    nullable: true,
    description: "The present segment; null where the viewer sees no line of theirs any more.",
  })
  readonly to!: SegmentKey | null;

  @Field(() => MoveCauseEnum, {
    nullable: true,
    description:
      "Why. Null for those who stayed, and where the lines that the viewer may see do not tell: some are hidden, or a segment at one end is.",
  })
  readonly cause!: MoveCause | null;

  @Field(() => Int, { description: "Identified customers with a line of any kind; guests are none." })
  readonly customers!: number;

  @Field(() => DecimalScalar, { description: "Their gross revenue in the former snapshot; 0 for who came." })
  readonly grossRevenueBefore!: string;

  @Field(() => DecimalScalar, { description: "Their gross revenue in the later snapshot; 0 for who went." })
  readonly grossRevenueAfter!: string;

  @Field(() => DecimalScalar, { description: "Their net revenue in the former snapshot." })
  readonly netRevenueBefore!: string;

  @Field(() => DecimalScalar, { description: "Their net revenue in the later snapshot." })
  readonly netRevenueAfter!: string;
}

@ObjectType({ simpleResolvers: true, description: "All of one end: what the moves add up to." })
export class MovementsTotal {
  @Field(() => Int, { description: "Identified customers with a line of any kind." })
  readonly customers!: number;

  @Field(() => DecimalScalar, { description: "Gross revenue, GUEST and UNSCORED included." })
  readonly grossRevenue!: string;

  @Field(() => DecimalScalar, { description: "Net revenue, GUEST and UNSCORED included." })
  readonly netRevenue!: string;
}

@ObjectType({ simpleResolvers: true, description: "What moved between two snapshots, by segments of a scheme." })
export class SegmentMovements {
  @Field(() => SegmentSchemeEnum, { description: "The scheme of the segments." })
  readonly scheme!: SchemeName;

  @Field(() => ID, { description: "The former snapshot." })
  readonly from!: string;

  @Field(() => ID, { description: "The later snapshot." })
  readonly to!: string;

  @Field(() => DateScalar, { description: "The day that the former one's figures look back from." })
  readonly fromAsOf!: string;

  @Field(() => DateScalar, { description: "The day that the later one's figures look back from." })
  readonly toAsOf!: string;

  @Field(() => Boolean, {
    description: "Whether the later one has frozen cut-points: between it and the one they are of, no cut-point moved.",
  })
  readonly cutPointsFrozen!: boolean;

  @Field(() => MovementsTotal, { description: "The former snapshot, as far as the viewer may see it." })
  readonly before!: MovementsTotal;

  @Field(() => MovementsTotal, { description: "The later snapshot, as far as the viewer may see it." })
  readonly after!: MovementsTotal;

  @Field(() => [SegmentMove], {
    description:
      "By the former segment, then the present one, in the scheme's order, who came first and who went last. Together they are `before` and `after`.",
  })
  readonly moves!: readonly SegmentMove[];
}
