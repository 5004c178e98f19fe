// Lists of customers, and one customer by id.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, ID, Info, Int, Query, Resolver } from "type-graphql";
import { askCustomerAhead } from "../askCustomerAhead.ts";
import { boundedFirst, mostCustomers } from "../boundedFirst.ts";
import { churnRiskRows } from "../churnRiskRows.ts";
import { type Connection, connectionOf } from "../connectionOf.ts";
import {
  customerDimensions,
  customerOfRow,
  customersOrder,
  customersQuestion,
  withSegmentKey,
} from "../customerQuestion.ts";
import type { GraphContext } from "../GraphContext.ts";
import { CustomerFilter } from "../inputs/CustomerFilter.ts";
import { CustomerOrder } from "../inputs/CustomerOrder.ts";
import { measuresBehind } from "../MeasureField.ts";
import { selectedFields, selectedFieldsAt } from "../selectedFields.ts";
import { customersHaving, customersWhere } from "../toWhere.ts";
import { Customer } from "../types/Customer.ts";
import { CustomerConnection } from "../types/CustomerConnection.ts";

const shownCustomers = [["nodes"], ["edges", "node"]] as const;

@Resolver(() => Customer)
export class CustomerResolver {
  @Query(() => Customer, {
    nullable: true,
    description: "Null for an unknown id and for one outside the scope alike.",
  })
  async customer(
    @Arg("id", () => ID) id: string,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Customer | null> {
    const fields = selectedFields(info);
    const figures = context.loaders.customers.load({
      id,
      measures: measuresBehind(Customer, fields),
      dimensions: customerDimensions(fields),
    });
    askCustomerAhead(id, context, info);
    const row = await figures;
    return row && customerOfRow(fields, row);
  }

  @Query(() => CustomerConnection, {
    description: "Customers with at least one kept SALE line. `where` restricts the figures too. Default order: id.",
  })
  async customers(
    @Arg("where", () => CustomerFilter, { nullable: true }) where: CustomerFilter | null | undefined,
    @Arg("orderBy", () => [CustomerOrder], { nullable: true, description: "Default: by id." })
    orderBy: readonly CustomerOrder[] | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 50, description: "From 1 to 1,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Customer>> {
    const fields = selectedFieldsAt(info, shownCustomers);
    const question = customersQuestion(fields, {
      where: customersWhere(where),
      having: customersHaving(where),
      orderBy: customersOrder(orderBy),
      page: { first: boundedFirst(first, 50, mostCustomers), after: after ?? undefined },
      count: selectedFields(info).has("totalCount"),
    });
    return connectionOf(await context.ask(withSegmentKey(question, fields, context.scope)), after, (row) =>
      customerOfRow(fields, row),
    );
  }

  @Query(() => CustomerConnection, {
    description:
      "Customers to win back, most revenue at risk first. Level ones come by id. In it are those with net revenue in the trailing 365 days; what is at risk is that times the chance that no order comes in the next 91. `models` says how good that chance is; where no model could be trusted, whoever was away longest comes first. Customers of whom the viewer does not see every line are left out. `where` picks customers by their whole figures and changes none; `country` those with lines in it.",
  })
  async churnRisk(
    @Arg("where", () => CustomerFilter, { nullable: true }) where: CustomerFilter | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 50, description: "From 1 to 1,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Customer>> {
    const fields = selectedFieldsAt(info, shownCustomers);
    const page = await context.ask({
      kind: "churnRisk",
      where: customersWhere(where),
      having: customersHaving(where),
      page: { first: boundedFirst(first, 50, mostCustomers), after: after ?? undefined },
      count: selectedFields(info).has("totalCount"),
    });
    for (const outlook of page.rows) context.loaders.outlooks.prime(outlook.id, outlook);
    const rows = await churnRiskRows(fields, page.rows, context.ask);
    return connectionOf({ ...page, rows }, after, (row) => customerOfRow(fields, row));
  }
}
