// Segments of a scheme with their figures, and the way from a segment to its customers.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Int, Query, Resolver, Root } from "type-graphql";
import { segmentDimensions } from "../../model/dimensions.ts";
import type { SchemeName } from "../../model/segmentSchemes.ts";
import { forbidden } from "../../query/validate.ts";
import { boundedFirst, mostCustomers } from "../boundedFirst.ts";
import { type Connection, connectionOf, emptyPage } from "../connectionOf.ts";
import { customerOfRow, customersOrder, customersQuestion, onlySegments, withSegmentKey } from "../customerQuestion.ts";
import { SegmentSchemeEnum } from "../enums.ts";
import type { GraphContext } from "../GraphContext.ts";
import { CustomerOrder } from "../inputs/CustomerOrder.ts";
import { SalesFilter } from "../inputs/SalesFilter.ts";
import { measuresBehind } from "../MeasureField.ts";
import { refuseArguments } from "../refuseArguments.ts";
import { segmentOfRows, visibleKeys } from "../segmentRows.ts";
import { selectedFields, selectedFieldsAt } from "../selectedFields.ts";
import { salesWhere } from "../toWhere.ts";
import type { Customer } from "../types/Customer.ts";
import { CustomerConnection } from "../types/CustomerConnection.ts";
import { Segment } from "../types/Segment.ts";

@Resolver(() => Segment)
export class SegmentResolver {
  @Query(() => [Segment], {
    description: "Every key of the scheme that the scope may see, in the scheme's order, GUEST and UNSCORED last.",
  })
  async segments(
    @Arg("scheme", () => SegmentSchemeEnum, { nullable: true, defaultValue: "CLASSIC" }) given: SchemeName | null,
    @Arg("where", () => SalesFilter, { nullable: true }) filter: SalesFilter | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Segment[]> {
    const scheme = given ?? "CLASSIC";
    const fields = selectedFields(info);
    const where = salesWhere(filter);
    const measures = measuresBehind(Segment, fields);
    const dimensions = [segmentDimensions[scheme]];
    if (context.scope.minimumCustomers !== null) {
      refuseArguments(context.scope, where);
      // Which keys are left out hangs on figures, whether any is selected or not.
      const { rows, withheld } = await context.ask({ kind: "metrics", measures, dimensions });
      return visibleKeys(scheme, context.scope)
        .filter((key) => !withheld.includes(key))
        .map((key) => segmentOfRows(scheme, key, fields, rows));
    }
    const rows = await context.askFigures({ measures, dimensions, where });
    return visibleKeys(scheme, context.scope).map((key) => segmentOfRows(scheme, key, fields, rows, where));
  }

  /**
   * One statement for each segment of a list, and so at most as many as the scheme has keys: a bound that the scheme sets, whatever
   * the number of customers. The same segment met again, from customer to customer, is the same question and not asked twice.
   */
  @FieldResolver(() => CustomerConnection, {
    description: "The segment's customers with at least one kept SALE line, under the same `where` as the segment.",
  })
  async customersConnection(
    @Root() segment: Segment,
    @Arg("orderBy", () => [CustomerOrder], { nullable: true, description: "Default: by id." })
    orderBy: readonly CustomerOrder[] | null | undefined,
    @Arg("first", () => Int, { nullable: true, defaultValue: 50, description: "From 1 to 1,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<Customer>> {
    if (context.scope.minimumCustomers !== null) throw forbidden();
    const page = { first: boundedFirst(first, 50, mostCustomers), after: after ?? undefined };
    // Neither has a customer with a SALE line.
    if (segment.key === "GUEST" || segment.key === "UNSCORED") return connectionOf(emptyPage(), after, never);
    const fields = selectedFieldsAt(info, [["nodes"], ["edges", "node"]]);
    const dimension = segmentDimensions[segment.scheme];
    const question = customersQuestion(fields, {
      where: { ...segment.where, [dimension]: onlySegments(segment.where?.[dimension], [segment.key], null) },
      orderBy: customersOrder(orderBy),
      page,
      count: selectedFields(info).has("totalCount"),
    });
    return connectionOf(await context.ask(withSegmentKey(question, fields, context.scope)), after, (row) =>
      customerOfRow(fields, row),
    );
  }
}

function never(row: never): never {
  return row;
}
