// Why a customer is in its segment, and what would move it.
import { Field, Int, ObjectType } from "type-graphql";
import type { SchemeName, SegmentKey } from "../../model/segmentSchemes.ts";
import { SegmentKeyEnum, SegmentSchemeEnum } from "../enums.ts";
import { DateScalar } from "../scalars/DateScalar.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";
import { Rfm } from "./Rfm.ts";
import { RfmCutPoints } from "./RfmCutPoints.ts";

@ObjectType({
  simpleResolvers: true,
  description: "What a customer's scores are made of, from the lines that the viewer may see.",
})
export class RfmValues {
  @Field(() => DateScalar, { description: "Day of the last order." })
  readonly lastOrderDate!: string;

  @Field(() => Int, { description: "Whole days from the last order to asOf." })
  readonly recencyDays!: number;

  @Field(() => Int, { description: "Orders: what the frequency score is made of." })
  readonly orders!: number;

  @Field(() => DecimalScalar, {
    description: "What the monetary score is made of: gross revenue, or net revenue where the warehouse is set so.",
  })
  readonly amount!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "What is missing: so many orders, placed on the day of asOf, of so much together.",
})
export class MissingForSegment {
  @Field(() => Int, { description: "Orders that are missing, at least 1: only an order leads to a better segment." })
  readonly orders!: number;

  @Field(() => DecimalScalar, {
    description: "What they must come to together at least, in whole hundredths; 0.01 each where any amount will do.",
  })
  readonly amount!: string;

  @Field(() => Int, {
    description: "By how many days the last order is too old for the segment; 0 where it is recent enough.",
  })
  readonly days!: number;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "What would lose the segment: the smallest loss of each kind that leads to the worse one by itself; null where none does.",
})
export class LosingSegment {
  @Field(() => Int, { nullable: true, description: "Days without another order." })
  readonly days!: number | null;

  @Field(() => Int, { nullable: true, description: "Orders that are taken back, by a correction of the lines." })
  readonly orders!: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description:
      "Amount that is taken back: by a correction of the lines or, where scores rest on net revenue, by returns.",
  })
  readonly amount!: string | null;
}

const keyDescription = "Key of that segment, in the same scheme.";
const nameDescription = "Name for people.";
const ruleDescription = "The rule of that segment in words, with the cut-points of the snapshot.";
const sentenceDescription = "The step in a plain sentence.";

@ObjectType({
  simpleResolvers: true,
  description: "The nearest better segment that orders lead to, and what is missing.",
})
export class BetterSegment {
  @Field(() => SegmentKeyEnum, { description: keyDescription })
  readonly key!: SegmentKey;

  @Field(() => String, { description: nameDescription })
  readonly name!: string;

  @Field(() => String, { description: ruleDescription })
  readonly rule!: string;

  @Field(() => MissingForSegment, {
    description: "What is missing. With exactly this added, the customer is in that segment.",
  })
  readonly missing!: MissingForSegment;

  @Field(() => String, { description: sentenceDescription })
  readonly sentence!: string;
}

@ObjectType({ simpleResolvers: true, description: "The nearest worse segment, and what would lead there." })
export class WorseSegment {
  @Field(() => SegmentKeyEnum, { description: keyDescription })
  readonly key!: SegmentKey;

  @Field(() => String, { description: nameDescription })
  readonly name!: string;

  @Field(() => String, { description: ruleDescription })
  readonly rule!: string;

  @Field(() => LosingSegment, { description: "What would lead there." })
  readonly losing!: LosingSegment;

  @Field(() => String, { description: sentenceDescription })
  readonly sentence!: string;
}

@ObjectType({
  simpleResolvers: true,
  description:
    "Why a customer is in its segment, and what would move it while the cut-points stay where they are, those of recency as days before asOf.",
})
export class SegmentExplanation {
  @Field(() => SegmentSchemeEnum, { description: "The scheme that is explained." })
  readonly scheme!: SchemeName;

  @Field(() => SegmentKeyEnum, { description: "Key of the customer's segment." })
  readonly key!: SegmentKey;

  @Field(() => String, { description: "The rule that matched in words, with the cut-points of the snapshot." })
  readonly rule!: string;

  @Field(() => RfmValues, { description: "The values that the scores come from." })
  readonly values!: RfmValues;

  @Field(() => Rfm, { description: "The scores." })
  readonly scores!: Rfm;

  @Field(() => RfmCutPoints, { description: "What the scores were cut at." })
  readonly cutPoints!: RfmCutPoints;

  @Field(() => BetterSegment, { nullable: true, description: "Null where no order leads to a better one." })
  readonly better!: BetterSegment | null;

  @Field(() => WorseSegment, { nullable: true, description: "Null where nothing leads to a worse one." })
  readonly worse!: WorseSegment | null;
}
