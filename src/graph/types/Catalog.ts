// What can be asked of `metrics`, as the model declares it.
import { Field, ObjectType } from "type-graphql";
import { DimensionInfo } from "./DimensionInfo.ts";
import { MeasureInfo } from "./MeasureInfo.ts";

@ObjectType({ simpleResolvers: true, description: "The measures and dimensions that the viewer may use." })
export class Catalog {
  @Field(() => [MeasureInfo], { description: "What can be measured." })
  readonly measures!: readonly MeasureInfo[];

  @Field(() => [DimensionInfo], { description: "What figures can be cut and filtered by." })
  readonly dimensions!: readonly DimensionInfo[];
}
