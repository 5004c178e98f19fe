// One line of a transaction file, classified.
import { Field, ID, Int, ObjectType } from "type-graphql";
import { dimensions } from "../../model/dimensions.ts";
import type { LineKind, LineType } from "../../model/lineKinds.ts";
import type { SegmentKey } from "../../model/segmentSchemes.ts";
import { LineKindEnum, LineTypeEnum, SegmentKeyEnum } from "../enums.ts";
import { DateScalar } from "../scalars/DateScalar.ts";
import { DecimalScalar } from "../scalars/DecimalScalar.ts";
import { LocalDateTimeScalar } from "../scalars/LocalDateTimeScalar.ts";

@ObjectType({
  simpleResolvers: true,
  description: "One line of a transaction file. None is dropped for what it means.",
})
export class FactSale {
  @Field(() => ID, { description: "Identity of the line." })
  readonly id!: string;

  @Field(() => String, { description: "Invoice that the line stands on." })
  readonly invoice!: string;

  @Field(() => LocalDateTimeScalar, { description: "Time of the line." })
  readonly orderedAt!: string;

  @Field(() => DateScalar, { description: "Day of the line." })
  readonly orderDate!: string;

  @Field(() => String, { description: dimensions.product.description })
  readonly product!: string;

  @Field(() => String, {
    nullable: true,
    description: "The product's most frequent description among all lines, hidden ones included.",
  })
  readonly description!: string | null;

  @Field(() => String, { nullable: true, description: dimensions.category.description })
  readonly category!: string | null;

  @Field(() => LineKindEnum, { description: "What happened." })
  readonly kind!: LineKind;

  @Field(() => LineTypeEnum, { description: dimensions.lineType.description })
  readonly lineType!: LineType;

  @Field(() => Int, { description: "Pieces; negative where they came back." })
  readonly quantity!: number;

  @Field(() => DecimalScalar, { description: "Price of a piece." })
  readonly unitPrice!: string;

  @Field(() => DecimalScalar, { description: "quantity × unitPrice, exactly." })
  readonly amount!: string;

  @Field(() => ID, { nullable: true, description: dimensions.customer.description })
  readonly customerId!: string | null;

  @Field(() => String, { description: dimensions.country.description })
  readonly country!: string;

  @Field(() => SegmentKeyEnum, { description: dimensions.segment.description })
  readonly segmentKey!: SegmentKey;
}
