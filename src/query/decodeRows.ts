// Turns stored lines and customer attributes into values.
import { toDecimal } from "../kernel/decimal.ts";
import type { LineKind, LineType } from "../model/lineKinds.ts";
import { type SegmentKey, schemeNames } from "../model/segmentSchemes.ts";
import type { StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { CustomerAttributes, Line } from "./answer.ts";
import { segmentColumn } from "./compile/segmentCase.ts";
import { decodeTime } from "./decodeMetrics.ts";
import { lineId } from "./lineId.ts";

export function decodeLine(row: StoredRow): Line {
  const customerId = row.guest ? null : String(row.customer_key);
  const invoice = String(row.invoice);
  const country = String(row.country);
  const orderedAt = decodeTime(row.ordered_at);
  return {
    id: lineId(invoice, customerId, country, Number(row.line_no)),
    invoice,
    orderedAt,
    orderDate: orderedAt.slice(0, 10),
    product: String(row.product),
    description: row.description === null ? null : String(row.description),
    category: row.category === null ? null : String(row.category),
    // The warehouse holds only what the model names.
    kind: String(row.kind) as LineKind,
    lineType: String(row.line_type) as LineType,
    quantity: Number(row.quantity),
    unitPrice: toDecimal(String(row.unit_price)),
    amount: toDecimal(String(row.amount)),
    customerId,
    country,
    segmentKey: String(row.segment) as SegmentKey,
  };
}

export function decodeCustomerAttributes(row: StoredRow): CustomerAttributes {
  return {
    id: String(row.customer_key),
    name: row.name === null ? null : String(row.name),
    scores:
      row.recency_score === null
        ? null
        : {
            recency: Number(row.recency_score),
            frequency: Number(row.frequency_score),
            monetary: Number(row.monetary_score),
          },
    segments: Object.fromEntries(
      schemeNames.map((scheme) => [scheme, String(row[segmentColumn(scheme)])]),
    ) as CustomerAttributes["segments"],
  };
}
