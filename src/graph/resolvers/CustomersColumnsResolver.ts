// Pages of customers by columns: the customers of the list in its order, each selected figure a list. What leads on from a customer and is
// one value (the name, scores, the segment's key) is a column as well, asked for all of the page at once.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from "type-graphql";
import type { SchemeName, SegmentKey } from "../../model/segmentSchemes.ts";
import { boundedFirst, mostCustomersByColumns } from "../boundedFirst.ts";
import { type AskAttributes, attributesOf, figureColumns, namesOf } from "../customerColumns.ts";
import { customersOrder, customersQuestion } from "../customerQuestion.ts";
import { rfmOf } from "../customerTraits.ts";
import { SegmentKeyEnum, SegmentSchemeEnum } from "../enums.ts";
import type { GraphContext } from "../GraphContext.ts";
import { CustomerFilter } from "../inputs/CustomerFilter.ts";
import { CustomerOrder } from "../inputs/CustomerOrder.ts";
import { selectedFields } from "../selectedFields.ts";
import { customersHaving, customersWhere } from "../toWhere.ts";
import { CustomersColumns } from "../types/CustomersColumns.ts";
import { RfmColumns } from "../types/RfmColumns.ts";

type Page = Pick<CustomersColumns, "ids">;

@Resolver(() => CustomersColumns)
export class CustomersColumnsResolver {
  @Query(() => CustomersColumns, {
    description:
      "The customers of `customers` by columns, for whoever reads many: each selected column is one list. Cursors are those of `customers`.",
  })
  async customersColumns(
    @Arg("where", () => CustomerFilter, { nullable: true }) where: CustomerFilter | null | undefined,
    @Arg("orderBy", () => [CustomerOrder], { nullable: true, description: "Default: by id." })
    orderBy: readonly CustomerOrder[] | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 50, description: "From 1 to 10,000." })
    first: number | null,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of the same question, from here or from `customers`.",
    })
    after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CustomersColumns> {
    const fields = selectedFields(info);
    const question = customersQuestion(fields, {
      where: customersWhere(where),
      having: customersHaving(where),
      orderBy: customersOrder(orderBy),
      page: { first: boundedFirst(first, 50, mostCustomersByColumns), after: after ?? undefined },
      count: fields.has("totalCount"),
    });
    const { rows, hasNextPage, totalCount, cursors, seal } = await context.ask(question);
    const columns = figureColumns(fields, rows);
    return {
      ...columns,
      ids: columns.id,
      count: rows.length,
      hasNextPage,
      totalCount,
      get endCursor() {
        const last = cursors.at(-1);
        return last === undefined ? null : seal(last);
      },
    };
  }

  @FieldResolver(() => [String], {
    nullable: "itemsAndList",
    description:
      "Personal. The whole column is null where the role may not see names; or names that are made up, always the same for the same customer, whether or not there is a real one.",
  })
  async name(@Root() { ids }: Page, @Ctx() context: GraphContext): Promise<(string | null)[]> {
    return namesOf(ids, asking(context), context);
  }

  @FieldResolver(() => RfmColumns, { description: "Scores against the whole population." })
  async rfm(@Root() { ids }: Page, @Ctx() context: GraphContext): Promise<RfmColumns> {
    const scores = (await attributesOf(ids, asking(context))).map(rfmOf);
    return {
      recency: scores.map((rfm) => rfm?.recency ?? null),
      frequency: scores.map((rfm) => rfm?.frequency ?? null),
      monetary: scores.map((rfm) => rfm?.monetary ?? null),
      code: scores.map((rfm) => rfm?.code ?? null),
    };
  }

  @FieldResolver(() => [SegmentKeyEnum], { description: "Key of each customer's segment in a scheme." })
  async segmentKey(
    @Root() { ids }: Page,
    @Arg("scheme", () => SegmentSchemeEnum, { nullable: true, defaultValue: "CLASSIC" }) scheme: SchemeName | null,
    @Ctx() context: GraphContext,
  ): Promise<SegmentKey[]> {
    return (await attributesOf(ids, asking(context))).map(({ segments }) => segments[scheme ?? "CLASSIC"]);
  }
}

/** One statement for all columns of a page. */
const asking =
  ({ ask }: GraphContext): AskAttributes =>
  (ids) =>
    ask({ kind: "customerAttributes", ids });
