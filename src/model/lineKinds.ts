// What a line is: its kind, decided by the first rule that matches, and its type, what was sold. Every line has both; none is dropped.

export const lineKinds = ["SALE", "RETURN", "WRITE_OFF", "ADJUSTMENT"] as const;
export type LineKind = (typeof lineKinds)[number];

export const lineTypes = ["PRODUCT", "POSTAGE", "MANUAL", "DISCOUNT", "SAMPLE", "FEE", "GIFT_CARD", "OTHER"] as const;
export type LineType = (typeof lineTypes)[number];

export type LineKindTest =
  | "invoice-marks-adjustment"
  | "invoice-marks-return"
  | "price-zero"
  | "price-negative"
  | "quantity-negative"
  | "always";

/** In this order, first match. The invoice marks are the layout's; a layout without marks never matches them. */
export const lineKindRules: readonly Readonly<{ when: LineKindTest; kind: LineKind }>[] = Object.freeze([
  { when: "invoice-marks-adjustment", kind: "ADJUSTMENT" },
  { when: "invoice-marks-return", kind: "RETURN" },
  { when: "price-zero", kind: "WRITE_OFF" },
  { when: "price-negative", kind: "ADJUSTMENT" },
  { when: "quantity-negative", kind: "RETURN" },
  { when: "always", kind: "SALE" },
]);
