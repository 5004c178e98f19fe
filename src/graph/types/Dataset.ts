// What the answers of this request come from: one published snapshot, its dates and its cut-points.
import { Field, ID, ObjectType } from "type-graphql";
import { DateScalar } from "../scalars/DateScalar.ts";
import { RfmCutPoints } from "./RfmCutPoints.ts";

@ObjectType({
  simpleResolvers: true,
  description: "The published snapshot that every answer of this request comes from.",
})
export class Dataset {
  @Field(() => ID, {
    description: "Identity of the snapshot. An answer is a function of snapshot, scope and question.",
  })
  readonly snapshot!: string;

  @Field(() => String, { description: "When the snapshot was published (ISO 8601, UTC)." })
  readonly publishedAt!: string;

  @Field(() => DateScalar, {
    description: "The day that figures are seen from: the day after the last line, unless the operator set another.",
  })
  readonly asOf!: string;

  @Field(() => DateScalar, { description: "Day of the first line of the whole file, hidden lines included." })
  readonly dataFrom!: string;

  @Field(() => DateScalar, { description: "Day of the last line of the whole file, hidden lines included." })
  readonly dataThrough!: string;

  @Field(() => String, { description: "The currency of every amount (ISO 4217)." })
  readonly currency!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "Where cut-points are frozen, the snapshot in which they were computed; null where they are of this snapshot's own customers.",
  })
  readonly cutPointsOf!: string | null;

  @Field(() => RfmCutPoints, { description: "What the RFM scores of this snapshot were cut at." })
  readonly rfmCutPoints!: RfmCutPoints;
}
