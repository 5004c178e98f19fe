// A product with the figures of its lines, and what is bought with it.
import { Field, Float, Int, ObjectType } from "type-graphql";
import { leastSupport, leastTogether, mostPairs } from "../../model/productPairs.ts";
import { MeasureField } from "../MeasureField.ts";

@ObjectType({
  simpleResolvers: true,
  description: "A product. Figures are those of the lines that the viewer may see and the question asks for.",
})
export class Product {
  @Field(() => String, { description: "Product code (stock code). Postage and fees have codes too." })
  readonly code!: string;

  @MeasureField("grossRevenue")
  readonly grossRevenue?: string;

  @MeasureField("netRevenue")
  readonly netRevenue?: string;

  @MeasureField("returnsValue")
  readonly returnsValue?: string;

  @MeasureField("returnRate")
  readonly returnRate?: number | null;

  @MeasureField("orders")
  readonly orders?: number;

  @MeasureField("customers")
  readonly customers?: number;

  @MeasureField("units")
  readonly units?: number;

  @MeasureField("revenueShare")
  readonly revenueShare?: number | null;
}

export const boughtWithDescription = `What is bought with it, over the whole population: goods that are in the same orders, guests' orders included, at least ${leastTogether} times and in at least ${leastSupport * 100} % of all orders; the ${mostPairs} most frequent, most often together first. Empty where nothing is, as for postage and fees. For whoever sees every country and segment. Computed after a snapshot is published: null until then.`;

@ObjectType({
  simpleResolvers: true,
  description: "A product that is bought with another one: a fact of the whole population, at the snapshot.",
})
export class BoughtWith {
  @Field(() => String, { description: "Its product code." })
  readonly code!: string;

  @Field(() => String, {
    nullable: true,
    description: "What it is called most often; null where the files do not say.",
  })
  readonly description!: string | null;

  @Field(() => Int, { description: "Orders with both." })
  readonly orders!: number;

  @Field(() => Float, { description: "Orders with both, as a fraction of all orders with goods." })
  readonly support!: number;

  @Field(() => Float, {
    description: "Orders with both, as a fraction of the orders with the product that is asked about.",
  })
  readonly confidence!: number;

  @Field(() => Float, {
    description:
      "How many times as often it is in orders with the product that is asked about as in any order: 1 where the two have nothing to do with each other.",
  })
  readonly lift!: number;
}
