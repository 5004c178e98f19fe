// Orders: a web shop's list with names instead of customer ids, products without codes, and no country.
import { type Layout, noMarks } from "./layout.ts";

export const orders = Object.freeze<Layout>({
  name: "orders",
  columns: {
    invoice: "order_id",
    orderedAt: "order_date",
    customerName: "customer_name",
    product: "product_name",
    description: "product_name",
    category: "category",
    quantity: "quantity",
    unitPrice: "price",
  },
  ignored: ["city", "state"],
  constants: { country: "Unknown" },
  wholeCustomerIds: false,
  marks: noMarks,
});
