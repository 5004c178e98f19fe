// A page of customers.
import { Field, Int, ObjectType } from "type-graphql";
import { Customer } from "./Customer.ts";
import { PageInfo } from "./PageInfo.ts";

@ObjectType({ simpleResolvers: true, description: "A customer and its place in the list." })
export class CustomerEdge {
  @Field(() => String, { description: "Opaque; stays good as long as its snapshot is kept." })
  readonly cursor!: string;

  @Field(() => Customer, { description: "The customer." })
  readonly node!: Customer;
}

@ObjectType({ simpleResolvers: true, description: "A page of customers." })
export class CustomerConnection {
  @Field(() => [CustomerEdge], { description: "The customers of the page, each with its cursor." })
  readonly edges!: readonly CustomerEdge[];

  @Field(() => [Customer], { description: "The customers of the page." })
  readonly nodes!: readonly Customer[];

  @Field(() => PageInfo, { description: "Where the page stands in the list." })
  readonly pageInfo!: PageInfo;

  @Field(() => Int, { description: "Customers on all pages together." })
  readonly totalCount!: number | null;
}
