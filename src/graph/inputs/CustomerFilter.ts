// Which customers, and which of their lines: country, segment and cohort filter the lines, the rest compares the figures of the lines kept.
import { Field, InputType } from "type-graphql";
import { dimensions } from "../../model/dimensions.ts";
import { measures } from "../../model/measures.ts";
import type { Member } from "../../query/request.ts";
import { DateFilter, DecimalFilter, IntFilter, MonthFilter, SegmentFilter, StringFilter } from "./fieldFilters.ts";

@InputType({
  description:
    "Which customers. `country`, `segment` and `cohortMonth` pick the lines that are counted; the other conditions compare the figures of those lines. Conditions are anded; null asks nothing.",
})
export class CustomerFilter {
  @Field(() => StringFilter, { nullable: true, description: dimensions.country.description })
  readonly country?: StringFilter | null;

  @Field(() => SegmentFilter, { nullable: true, description: dimensions.segment.description })
  readonly segment?: SegmentFilter | null;

  @Field(() => IntFilter, { nullable: true, description: measures.orders.description })
  readonly orders?: IntFilter | null;

  @Field(() => DecimalFilter, { nullable: true, description: measures.grossRevenue.description })
  readonly grossRevenue?: DecimalFilter | null;

  @Field(() => IntFilter, { nullable: true, description: measures.recencyDays.description })
  readonly recencyDays?: IntFilter | null;

  @Field(() => DateFilter, {
    nullable: true,
    description: `${measures.lastPurchaseAt.description} A figure is compared here: it takes eq, gte and lt, and no list.`,
  })
  readonly lastPurchaseDate?: DateFilter | null;

  @Field(() => MonthFilter, { nullable: true, description: dimensions.cohortMonth.description })
  readonly cohortMonth?: MonthFilter | null;
}

/** What each field picks or compares. */
export const customerFilterMembers = Object.freeze({
  country: "country",
  segment: "segment",
  orders: "orders",
  grossRevenue: "grossRevenue",
  recencyDays: "recencyDays",
  lastPurchaseDate: "lastPurchaseAt",
  cohortMonth: "cohortMonth",
} satisfies Record<keyof CustomerFilter, Member>);
