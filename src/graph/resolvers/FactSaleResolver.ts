// Pages of single lines, as objects or as columns: the same lines in the same order, and each goes on where the other stopped.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Info, Int, Query, Resolver } from "type-graphql";
import { boundedFirst, mostLines } from "../boundedFirst.ts";
import { type Connection, connectionOf } from "../connectionOf.ts";
import type { GraphContext } from "../GraphContext.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { lineColumnsBehind } from "../lineFields.ts";
import { selectedFields, selectedFieldsAt } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import { FactSale } from "../types/FactSale.ts";
import { FactSalesColumns } from "../types/FactSalesColumns.ts";
import { FactSalesConnection } from "../types/FactSalesConnection.ts";

const shownLines = [["nodes"], ["edges", "node"]] as const;

@Resolver(() => FactSale)
export class FactSaleResolver {
  @Query(() => FactSalesConnection, { description: "Single lines, in a fixed order: by customer, then time." })
  async factSales(
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 100, description: "From 1 to 10,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<FactSale>> {
    const lines = await context.ask({
      kind: "lines",
      columns: lineColumnsBehind(selectedFieldsAt(info, shownLines)),
      where: salesWhere(where),
      page: { first: boundedFirst(first, 100, mostLines), after: after ?? undefined },
      count: selectedFields(info).has("totalCount"),
      cursors: cursorsSelected(info),
    });
    return connectionOf(lines, after, (line) => line);
  }

  @Query(() => FactSalesColumns, {
    description:
      "The lines of `factSales` by columns, for whoever reads many: each selected column is one list. Cursors are those of `factSales`.",
  })
  async factSalesColumns(
    @Arg("where", () => SalesFilter, { nullable: true }) where: SalesFilter | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 100, description: "From 1 to 10,000." })
    first: number | null,
    @Arg("after", () => String, {
      nullable: true,
      description: "A cursor of the same question, from here or from `factSales`.",
    })
    after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<FactSalesColumns> {
    const fields = selectedFields(info);
    const { columns, count, hasNextPage, totalCount, cursors, seal } = await context.ask({
      kind: "lineColumns",
      columns: lineColumnsBehind(fields),
      where: salesWhere(where),
      page: { first: boundedFirst(first, 100, mostLines), after: after ?? undefined },
      count: fields.has("totalCount"),
      cursors: fields.has("endCursor") ? "ends" : "none",
    });
    return {
      ...columns,
      count,
      hasNextPage,
      totalCount,
      get endCursor() {
        const last = cursors.at(-1);
        return last === undefined ? null : seal(last);
      },
    };
  }
}

/** Which lines' cursors the answer will show. */
function cursorsSelected(info: GraphQLResolveInfo): "ends" | "none" | undefined {
  if (selectedFields(info, "edges").has("cursor")) return undefined;
  const page = selectedFields(info, "pageInfo");
  return page.has("startCursor") || page.has("endCursor") ? "ends" : "none";
}
