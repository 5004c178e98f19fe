// What the online-retail layout says of its own marks: which invoices are returns or adjustments, and which stock codes are no goods.
import type { LineType } from "../../src/model/lineKinds.ts";

export type LayoutMarks = Readonly<{
  /** First letters of an invoice that make its lines adjustments or returns; null where the layout has no such mark. */
  adjustmentPrefix: string | null;
  returnPrefix: string | null;
  /** Product codes that are no goods. */
  lineTypes: readonly Readonly<{ type: LineType; codes?: readonly string[]; prefix?: string }>[];
}>;

export const onlineRetailMarks = Object.freeze<LayoutMarks>({
  adjustmentPrefix: "A",
  returnPrefix: "C",
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
