// A page of products.
import { Field, Int, ObjectType } from "type-graphql";
import { PageInfo } from "./PageInfo.ts";
import { Product } from "./Product.ts";

@ObjectType({ simpleResolvers: true, description: "A product and its place in the list." })
export class ProductEdge {
  @Field(() => String, { description: "Opaque; stays good as long as its snapshot is kept." })
  readonly cursor!: string;

  @Field(() => Product, { description: "The product." })
  readonly node!: Product;
}

@ObjectType({ simpleResolvers: true, description: "A page of products." })
export class ProductConnection {
  @Field(() => [ProductEdge], { description: "The products of the page, each with its cursor." })
  readonly edges!: readonly ProductEdge[];

  @Field(() => [Product], { description: "The products of the page." })
  readonly nodes!: readonly Product[];

  @Field(() => PageInfo, { description: "Where the page stands in the list." })
  readonly pageInfo!: PageInfo;

  @Field(() => Int, { description: "Products on all pages together." })
  readonly totalCount!: number | null;
}
