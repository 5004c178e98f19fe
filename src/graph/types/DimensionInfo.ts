// A dimension as the catalogue describes it.
import { Field, ObjectType } from "type-graphql";
import type { DimensionName } from "../../model/dimensions.ts";
import { DimensionEnum } from "../memberEnums.ts";

@ObjectType({ simpleResolvers: true, description: "A dimension that the viewer may use." })
export class DimensionInfo {
  @Field(() => String, { description: "Its name: the field of a metrics row." })
  readonly name!: string;

  @Field(() => DimensionEnum, { description: "The same as a value of `orderBy`." })
  readonly member!: DimensionName;

  @Field(() => String, { description: "Its name for headings." })
  readonly label!: string;

  @Field(() => String, { description: "What it means, for an analyst." })
  readonly description!: string;

  @Field(() => String, {
    description: "public: vocabulary; commercial: about the business; personal: about a single customer.",
  })
  readonly sensitivity!: string;
}
