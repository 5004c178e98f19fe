// Lists of products, what they are called, and what is bought with them.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from "type-graphql";
import { mostPairs } from "../../model/productPairs.ts";
import { boughtWithOf } from "../boughtWithOf.ts";
import { boundedFirst, mostProducts } from "../boundedFirst.ts";
import { type Connection, connectionOf } from "../connectionOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { ProductOrder } from "../inputs/ProductOrder.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { productOfRow, productsOrder, productsQuestion } from "../productQuestion.ts";
import { selectedFields, selectedFieldsAt } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { BoughtWith, boughtWithDescription, Product } from "../types/Product.ts";
import { ProductConnection } from "../types/ProductConnection.ts";

@Resolver(() => Product)
export class ProductResolver {
  @Query(() => ProductConnection, {
    description:
      "Products with at least one kept SALE line. `where` restricts the figures too. Default order: grossRevenue, descending.",
  })
  async products(
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Arg("orderBy", () => [ProductOrder], { nullable: true, description: "Default: grossRevenue, descending." })
    orderBy: readonly ProductOrder[] | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 50, description: "From 1 to 1,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Product>> {
    const fields = selectedFieldsAt(info, [["nodes"], ["edges", "node"]]);
    const question = productsQuestion(fields, {
      where: salesWhere(where),
      orderBy: productsOrder(orderBy),
      page: { first: boundedFirst(first, 50, mostProducts), after: after ?? undefined },
      count: selectedFields(info).has("totalCount"),
    });
    return connectionOf(await context.ask(question), after, (row) => productOfRow(fields, row));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "What it is called most often among all lines; null where the files do not say.",
  })
  async description(@Root() { code }: Product, @Ctx() { loaders }: GraphContext): Promise<string | null> {
    return (await loaders.products.load(code))?.description ?? null;
  }

  @FieldResolver(() => String, { nullable: true, description: "Its category; null where the files name none." })
  async category(@Root() { code }: Product, @Ctx() { loaders }: GraphContext): Promise<string | null> {
    return (await loaders.products.load(code))?.category ?? null;
  }

  @FieldResolver(() => [BoughtWith], { nullable: true, description: boughtWithDescription })
  async boughtWith(
    @Root() { code }: Product,
    @Arg("first", () => Int, { nullable: true, defaultValue: 10, description: `From 1 to ${mostPairs}.` })
    first: number | null,
    @Ctx() { loaders }: GraphContext,
  ): Promise<readonly BoughtWith[] | null> {
    const pairs = await loaders.pairs.load({ product: code, first: boundedFirst(first, 10, mostPairs) });
    return pairs?.map(boughtWithOf) ?? null;
  }
}
