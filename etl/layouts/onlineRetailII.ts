// UCI Online Retail II: the columns of the second edition, with the marks of the first.
import type { Layout } from "./layout.ts";
import { onlineRetailMarks } from "./onlineRetail.ts";

export const onlineRetailII = Object.freeze<Layout>({
  name: "online-retail-ii",
  columns: {
    invoice: "Invoice",
    product: "StockCode",
    description: "Description",
    quantity: "Quantity",
    orderedAt: "InvoiceDate",
    unitPrice: "Price",
    customer: "Customer ID",
    country: "Country",
  },
  ignored: [],
  constants: {},
  wholeCustomerIds: true,
  marks: onlineRetailMarks,
});
