// One segment of a scheme with the figures of its lines.
import { Field, ObjectType } from "type-graphql";
import type { SchemeName, SegmentKey } from "../../model/segmentSchemes.ts";
import type { Where } from "../../query/request.ts";
import { SegmentKeyEnum, SegmentSchemeEnum } from "../enums.ts";
import { MeasureField } from "../MeasureField.ts";

@ObjectType({
  simpleResolvers: true,
  description: "A segment of a scheme. Membership rests on the RFM scores of the whole population at asOf.",
})
export class Segment {
  @Field(() => SegmentKeyEnum, { description: "Stable key; the same key in another scheme is another set." })
  readonly key!: SegmentKey;

  @Field(() => String, { description: "Name for people." })
  readonly name!: string;

  @Field(() => String, { description: "Who is in it, in a sentence." })
  readonly description!: string;

  @Field(() => SegmentSchemeEnum, { description: "The scheme that the key belongs to." })
  readonly scheme!: SchemeName;

  @MeasureField("customers")
  readonly customers?: number;

  @MeasureField("orders")
  readonly orders?: number;

  @MeasureField("grossRevenue")
  readonly grossRevenue?: string;

  @MeasureField("netRevenue")
  readonly netRevenue?: string;

  @MeasureField("revenueShare")
  readonly revenueShare?: number | null;

  @MeasureField("averageOrderValue")
  readonly averageOrderValue?: string | null;

  @MeasureField("medianRecencyDays")
  readonly medianRecencyDays?: number | null;

  /** Not shown: which lines the figures, and so the customers below, were asked of. */
  readonly where?: Where | undefined;
}
