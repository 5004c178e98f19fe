// Conditions on one field: a value, one of a list, or a half-open range. Parts are anded; a part that is left out or null asks nothing.
import { Field, ID, InputType, Int } from "type-graphql";
import type { LineType } from "../../model/lineKinds.ts";
import type { SegmentKey } from "../../model/segmentSchemes.ts";
import { LineTypeEnum, SegmentKeyEnum } from "../enums.ts";
import { DateScalar } from "../scalars/DateScalar.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";
import { MonthScalar } from "../scalars/MonthScalar.ts";

export type Part = string | number | null;
export type FieldFilter = Readonly<{ eq?: Part; in?: readonly (string | number)[] | null; gte?: Part; lt?: Part }>;

const eq = { nullable: true, description: "Equal to this." } as const;
const oneOf = { nullable: true, description: "One of these; an empty list matches nothing." } as const;
const gte = { nullable: true, description: "This or later." } as const;
const lt = { nullable: true, description: "Earlier than this." } as const;
const atLeast = { nullable: true, description: "This or more." } as const;
const below = { nullable: true, description: "Less than this." } as const;

@InputType({ description: "A condition on a text, compared exactly." })
export class StringFilter {
  @Field(() => String, eq)
  readonly eq?: string | null;

  @Field(() => [String], oneOf)
  readonly in?: readonly string[] | null;
}

@InputType({ description: "A condition on an id, compared exactly." })
export class IDFilter {
  @Field(() => ID, eq)
  readonly eq?: string | null;

  @Field(() => [ID], oneOf)
  readonly in?: readonly string[] | null;
}

@InputType({ description: "Keys of the CLASSIC scheme, GUEST and UNSCORED." })
export class SegmentFilter {
  @Field(() => SegmentKeyEnum, eq)
  readonly eq?: SegmentKey | null;

  @Field(() => [SegmentKeyEnum], oneOf)
  readonly in?: readonly SegmentKey[] | null;
}

@InputType({ description: "A condition on what was sold." })
export class LineTypeFilter {
  @Field(() => LineTypeEnum, eq)
  readonly eq?: LineType | null;

  @Field(() => [LineTypeEnum], oneOf)
  readonly in?: readonly LineType[] | null;
}

@InputType({ description: "A condition on a month." })
export class MonthFilter {
  @Field(() => MonthScalar, eq)
  readonly eq?: string | null;

  @Field(() => [MonthScalar], oneOf)
  readonly in?: readonly string[] | null;

  @Field(() => MonthScalar, gte)
  readonly gte?: string | null;

  @Field(() => MonthScalar, lt)
  readonly lt?: string | null;
}

@InputType({ description: "A condition on a week (2011-W05) or a quarter (2011-Q1), written as an answer shows it." })
export class PeriodFilter {
  @Field(() => String, eq)
  readonly eq?: string | null;

  @Field(() => [String], oneOf)
  readonly in?: readonly string[] | null;

  @Field(() => String, gte)
  readonly gte?: string | null;

  @Field(() => String, lt)
  readonly lt?: string | null;
}

@InputType({ description: "A condition on a day." })
export class DateFilter {
  @Field(() => DateScalar, eq)
  readonly eq?: string | null;

  @Field(() => [DateScalar], oneOf)
  readonly in?: readonly string[] | null;

  @Field(() => DateScalar, gte)
  readonly gte?: string | null;

  @Field(() => DateScalar, lt)
  readonly lt?: string | null;
}

@InputType({ description: "A condition on a year, a day of the week or an hour." })
export class NumberFilter {
  @Field(() => Int, eq)
  readonly eq?: number | null;

  @Field(() => [Int], oneOf)
  readonly in?: readonly number[] | null;

  @Field(() => Int, atLeast)
  readonly gte?: number | null;

  @Field(() => Int, below)
  readonly lt?: number | null;
}

@InputType({ description: "A condition on a figure that is a whole number." })
export class IntFilter {
  @Field(() => Int, eq)
  readonly eq?: number | null;

  @Field(() => Int, atLeast)
  readonly gte?: number | null;

  @Field(() => Int, below)
  readonly lt?: number | null;
}

@InputType({ description: "A condition on an amount, compared exactly." })
export class DecimalFilter {
  @Field(() => DecimalScalar, eq)
  readonly eq?: string | null;

  @Field(() => DecimalScalar, atLeast)
  readonly gte?: string | null;

  @Field(() => DecimalScalar, below)
  readonly lt?: string | null;
}
