// Writes questions about customers: which rows, which figures, in which order. A field that is not selected is not asked for.
import { mayUseMember } from "../model/catalog.ts";
import { type DimensionName, segmentDimensions } from "../model/dimensions.ts";
import type { Scope } from "../model/scope.ts";
import type { SegmentKey } from "../model/segmentSchemes.ts";
import type { MetricRow } from "../query/answer.ts";
import type { Having, Member, MetricsRequest, Order, Page, ValueCondition, Where } from "../query/request.ts";
import type { CustomerOrderFieldName } from "./enums.ts";
import { figuresOf } from "./figuresOf.ts";
import type { CustomerOrder } from "./inputs/CustomerOrder.ts";
import { measuresBehind } from "./MeasureField.ts";
import { Customer } from "./types/Customer.ts";

/** What each key of an order compares. */
export const orderMembers: Readonly<Record<CustomerOrderFieldName, Member>> = Object.freeze({
  ID: "customer",
  LAST_PURCHASE_DATE: "lastPurchaseAt",
  RECENCY_DAYS: "recencyDays",
  ORDERS: "orders",
  UNITS: "units",
  GROSS_REVENUE: "grossRevenue",
  NET_REVENUE: "netRevenue",
});

const byId: readonly Order[] = Object.freeze([{ member: "customer", direction: "ASC" }]);

/** Undefined where no order is asked for: the query floor's own is by id. */
export function customersOrder(orderBy: readonly CustomerOrder[] | null | undefined): Order[] | undefined {
  const orders = orderBy?.map(({ field, direction }): Order => ({ member: orderMembers[field], direction })) ?? [];
  // A key that is named twice decides the first time.
  const decisive = orders.filter(({ member }, at) => orders.findIndex((other) => other.member === member) === at);
  return decisive.length === 0 ? undefined : decisive;
}

/** Only customers with a kept SALE line are listed. */
const hasBought: Having = Object.freeze({ measure: "orders", gte: "1", unasked: true });

type List = Readonly<{
  where?: Where | undefined;
  having?: readonly Having[];
  orderBy?: readonly Order[] | undefined;
  page: Page;
  count: boolean;
}>;

/** A page of the customers who bought. */
export function customersQuestion(fields: ReadonlySet<string>, list: List): MetricsRequest {
  return {
    kind: "metrics",
    measures: measuresBehind(Customer, fields),
    dimensions: customerDimensions(fields),
    ofCustomers: true,
    where: { ...list.where, customerType: identified(list.where?.customerType) },
    having: [hasBought, ...(list.having ?? [])],
    orderBy: list.orderBy ?? byId,
    page: list.page,
    count: list.count,
  };
}

/** Guest lines are nobody's, so they make no row; asking for guests alone leaves none. */
function identified(asked: ValueCondition | undefined): ValueCondition {
  return asked && asked.eq !== "IDENTIFIED" ? { ...asked, in: ["IDENTIFIED"] } : { eq: "IDENTIFIED" };
}

export function customerDimensions(fields: ReadonlySet<string>): DimensionName[] {
  return fields.has("cohortMonth") ? ["customer", "cohortMonth"] : ["customer"];
}

/** What else a customer's attributes are asked for. */
const besideSegmentKey = ["name", "rfm", "segment"] as const;

/**
 * The same question with each customer's segment in its rows, where nothing else of a customer's attributes is selected: the rows are read
 * from what holds it, and no other statement is needed.
 */
export function withSegmentKey(question: MetricsRequest, fields: ReadonlySet<string>, scope: Scope): MetricsRequest {
  const { CLASSIC: segment } = segmentDimensions;
  if (!fields.has("segmentKey") || besideSegmentKey.some((name) => fields.has(name))) return question;
  if (!mayUseMember(segment, scope)) return question;
  return { ...question, dimensions: [...question.dimensions, segment] };
}

export function customerOfRow(fields: ReadonlySet<string>, row: MetricRow): Customer {
  const { cohortMonth, segment } = row;
  return {
    id: String(row.customer),
    ...(typeof segment === "string" && { classicSegment: segment as SegmentKey }),
    ...figuresOf(Customer, fields, row),
    ...(fields.has("cohortMonth") && { cohortMonth: typeof cohortMonth === "string" ? cohortMonth : null }),
  };
}

/**
 * Narrows a condition on the segment to some keys. A key that lies outside of `visible` stays in, so that asking for it by name is
 * refused where every condition is judged, and not mistaken for an empty answer.
 */
export function onlySegments(
  condition: ValueCondition | undefined,
  keys: readonly SegmentKey[],
  visible: readonly SegmentKey[] | null,
): ValueCondition {
  const within: readonly string[] = keys.filter((key) => visible === null || visible.includes(key));
  const isHidden = (key: string) => visible !== null && !(visible as readonly string[]).includes(key);
  const asked = condition?.in;
  return { ...condition, in: asked ? asked.filter((key) => within.includes(key) || isHidden(key)) : [...within] };
}
