// Writes questions about products: figures by product, of those that were sold. A field that is not selected is not asked for.
import type { MetricRow } from "../query/answer.ts";
import type { Having, Member, MetricsRequest, Order, Page, Where } from "../query/request.ts";
import type { ProductOrderFieldName } from "./enums.ts";
import { figuresOf } from "./figuresOf.ts";
import type { ProductOrder } from "./inputs/ProductOrder.ts";
import { measuresBehind } from "./MeasureField.ts";
import { Product } from "./types/Product.ts";

/** What each key of an order compares. */
const productOrderMembers: Readonly<Record<ProductOrderFieldName, Member>> = Object.freeze({
  CODE: "product",
  GROSS_REVENUE: "grossRevenue",
  NET_REVENUE: "netRevenue",
  RETURNS_VALUE: "returnsValue",
  ORDERS: "orders",
  CUSTOMERS: "customers",
  UNITS: "units",
});

const byRevenue: readonly Order[] = Object.freeze([{ member: "grossRevenue", direction: "DESC" }]);
const byCode: Order = Object.freeze({ member: "product", direction: "ASC" });

/** Undefined where no order is asked for. */
export function productsOrder(orderBy: readonly ProductOrder[] | null | undefined): Order[] | undefined {
  const orders =
    orderBy?.map(({ field, direction }): Order => ({ member: productOrderMembers[field], direction })) ?? [];
  // A key that is named twice decides the first time.
  const decisive = orders.filter(({ member }, at) => orders.findIndex((other) => other.member === member) === at);
  return decisive.length === 0 ? undefined : decisive;
}

/** Only products with a kept SALE line are listed. */
const wasSold: Having = Object.freeze({ measure: "orders", gte: "1", unasked: true });

type List = Readonly<{ where?: Where | undefined; orderBy?: readonly Order[] | undefined; page: Page; count: boolean }>;

export function productsQuestion(fields: ReadonlySet<string>, { where, orderBy, page, count }: List): MetricsRequest {
  const orders = orderBy ?? byRevenue;
  return {
    kind: "metrics",
    measures: measuresBehind(Product, fields),
    dimensions: ["product"],
    where,
    having: [wasSold],
    orderBy: orders.some(({ member }) => member === byCode.member) ? orders : [...orders, byCode],
    page,
    count,
  };
}

export function productOfRow(fields: ReadonlySet<string>, row: MetricRow): Product {
  return { code: String(row.product), ...figuresOf(Product, fields, row) };
}
