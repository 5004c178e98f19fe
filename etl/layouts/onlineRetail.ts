// UCI Online Retail: its columns, and its marks: which invoices are returns or adjustments, and which stock codes are no goods.
import type { Layout, LayoutMarks } from "./layout.ts";

export const onlineRetailMarks = Object.freeze<LayoutMarks>({
  adjustmentPrefixes: ["A"],
  returnPrefixes: ["C"],
  lineTypes: [
    { type: "POSTAGE", codes: ["POST", "DOT", "C2"] },
    { type: "MANUAL", codes: ["M", "m"] },
    { type: "DISCOUNT", codes: ["D"] },
    { type: "SAMPLE", codes: ["S"] },
    { type: "FEE", codes: ["BANK CHARGES", "AMAZONFEE", "CRUK"] },
    { type: "GIFT_CARD", prefix: "gift_" },
    { type: "OTHER", codes: ["PADS", "B"] },
  ],
});

export const onlineRetail = Object.freeze<Layout>({
  name: "online-retail",
  columns: {
    invoice: "InvoiceNo",
    product: "StockCode",
    description: "Description",
    quantity: "Quantity",
    orderedAt: "InvoiceDate",
    unitPrice: "UnitPrice",
    customer: "CustomerID",
    country: "Country",
  },
  ignored: [],
  constants: {},
  wholeCustomerIds: false,
  marks: onlineRetailMarks,
});
