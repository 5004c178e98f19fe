// What leads on from a customer: name, scores and segments of the whole population, and the customer's lines. Every edge goes through a
// loader, so that a list of customers asks once.
import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, FieldResolver, Info, Int, Resolver, Root } from "type-graphql";
import type { SchemeName, SegmentKey } from "../../model/segmentSchemes.ts";
import type { CustomerAttributes } from "../../query/answer.ts";
import { type Connection, connectionOf } from "../connectionOf.ts";
import { nameShown, rfmOf } from "../customerTraits.ts";
import { SegmentKeyEnum, SegmentSchemeEnum } from "../enums.ts";
import type { GraphContext } from "../GraphContext.ts";
import { measuresBehind } from "../MeasureField.ts";
import { outlookShown } from "../outlookShown.ts";
import { salesOf } from "../salesOf.ts";
import { segmentOfRows } from "../segmentRows.ts";
import { selectedFields } from "../selectedFields.ts";
import { Customer } from "../types/Customer.ts";
import { CustomerOutlook } from "../types/CustomerOutlook.ts";
import type { FactSale } from "../types/FactSale.ts";
import { FactSalesConnection } from "../types/FactSalesConnection.ts";
import { Rfm } from "../types/Rfm.ts";
import { Segment } from "../types/Segment.ts";

@Resolver(() => Customer)
export class CustomerEdgesResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "Personal. Null where the role may not see names; or a name that is made up, always the same for the same customer, whether or not there is a real one.",
  })
  async name(@Root() { id }: Customer, @Ctx() context: GraphContext): Promise<string | null> {
    return nameShown(context.scope, {
      real: async () => (await attributesOf(id, context)).name,
      pseudonym: () => context.pseudonymOf(id),
    });
  }

  @FieldResolver(() => Rfm, {
    nullable: true,
    description: "Scores against the whole population; null without a SALE line.",
  })
  async rfm(@Root() { id }: Customer, @Ctx() context: GraphContext): Promise<Rfm | null> {
    return rfmOf(await attributesOf(id, context));
  }

  @FieldResolver(() => CustomerOutlook, {
    nullable: true,
    description:
      "What is expected of the customer, whatever the question filters. Null where the viewer does not see all of the customer's lines, and for a customer without an order before asOf.",
  })
  async outlook(@Root() { id }: Customer, @Ctx() { loaders }: GraphContext): Promise<CustomerOutlook | null> {
    const outlook = await loaders.outlooks.load(id);
    return outlook && outlookShown(outlook);
  }

  @FieldResolver(() => SegmentKeyEnum, { description: "Key of the customer's segment in a scheme." })
  segmentKey(
    @Root() { id, classicSegment }: Customer,
    @Arg("scheme", () => SegmentSchemeEnum, { nullable: true, defaultValue: "CLASSIC" }) scheme: SchemeName | null,
    @Ctx() context: GraphContext,
  ): SegmentKey | Promise<SegmentKey> {
    // no promise for each row of a list that has it
    if (classicSegment !== undefined && (scheme ?? "CLASSIC") === "CLASSIC") return classicSegment;
    return attributesOf(id, context).then(({ segments }) => segments[scheme ?? "CLASSIC"]);
  }

  @FieldResolver(() => Segment, {
    nullable: true,
    description: "The customer's segment in a scheme, with the figures of all its lines in the scope.",
  })
  async segment(
    @Root() { id }: Customer,
    @Arg("scheme", () => SegmentSchemeEnum, { nullable: true, defaultValue: "CLASSIC" }) given: SchemeName | null,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Segment> {
    const scheme = given ?? "CLASSIC";
    const fields = selectedFields(info);
    const measures = measuresBehind(Segment, fields);
    const [attributes, rows] = await Promise.all([
      attributesOf(id, context),
      measures.length === 0 ? [] : context.loaders.segments.load({ scheme, measures }),
    ]);
    return segmentOfRows(scheme, attributes.segments[scheme], fields, rows);
  }

  @FieldResolver(() => FactSalesConnection, { description: "The customer's lines in the scope. Latest first." })
  async sales(
    @Root() { id }: Customer,
    @Arg("first", () => Int, { nullable: true, defaultValue: 10, description: "From 1 to 10,000." })
    first: number | null,
    @Arg("after", () => String, { nullable: true, description: "A cursor of the same customer's lines." })
    after: string | null | undefined,
    @Ctx() context: GraphContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Connection<FactSale>> {
    const lines = await context.loaders.sales.load(salesOf(id, { first, after }, selectedFields(info)));
    return connectionOf(lines, after, (line) => line);
  }
}

async function attributesOf(id: string, { loaders }: GraphContext): Promise<CustomerAttributes> {
  const attributes = await loaders.attributes.load(id);
  if (!attributes) throw new Error("A customer that has lines has no attributes.");
  return attributes;
}
