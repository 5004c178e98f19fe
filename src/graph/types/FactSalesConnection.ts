// A page of lines.
import { Field, Int, ObjectType } from "type-graphql";
import { FactSale } from "./FactSale.ts";
import { PageInfo } from "./PageInfo.ts";

@ObjectType({ simpleResolvers: true, description: "A line and its place in the list." })
export class FactSaleEdge {
  @Field(() => String, { description: "Opaque; stays good as long as its snapshot is kept." })
  readonly cursor!: string;

  @Field(() => FactSale, { description: "The line." })
  readonly node!: FactSale;
}

@ObjectType({ simpleResolvers: true, description: "A page of lines." })
export class FactSalesConnection {
  @Field(() => [FactSaleEdge], { description: "The lines of the page, each with its cursor." })
  readonly edges!: readonly FactSaleEdge[];

  @Field(() => [FactSale], { description: "The lines of the page." })
  readonly nodes!: readonly FactSale[];

  @Field(() => PageInfo, { description: "Where the page stands in the list." })
  readonly pageInfo!: PageInfo;

  @Field(() => Int, { description: "Lines on all pages together." })
  readonly totalCount!: number | null;
}
