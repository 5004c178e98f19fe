// The model's rules for what a line is, over the bytes of a row: the first rule that matches names the kind. Nearly all lines match none
// of a layout's marks, which their first byte says already.
import { assertNever } from "../../src/kernel/errors.ts";
import { type LineKind, type LineKindTest, type LineType, lineKindRules } from "../../src/model/lineKinds.ts";
import type { LayoutMarks } from "../layouts/layout.ts";
import type { FileEncoding } from "../read/createEncodingEvidence.ts";
import { encodeText } from "../read/encodeText.ts";

export type LineClassifier = Readonly<{
  /** By the invoice's bytes, the quantity, and the unit price or anything that has its sign. */
  kindOf(invoice: Uint8Array, from: number, to: number, quantity: number, unitPrice: number): LineKind;
  /** By the product's bytes. */
  typeOf(product: Uint8Array, from: number, to: number): LineType;
}>;

/** `marks` are compared as they stand in a file of this encoding; one that it cannot hold matches nothing. */
export function createLineClassifier(marks: LayoutMarks, encoding: FileEncoding): LineClassifier {
  const encoded = (texts: readonly string[]) => texts.flatMap((text) => encodeText(text, encoding) ?? []);
  const adjustments = encoded(marks.adjustmentPrefixes);
  const returns = encoded(marks.returnPrefixes);
  const types = marks.lineTypes.map(({ type, codes, prefix }) => ({
    type,
    codes: encoded(codes ?? []),
    // as where codes are named, they alone count
    prefixes: encoded(codes === undefined && prefix !== undefined ? [prefix] : []),
  }));
  const invoiceMarks = firstBytesOf([...adjustments, ...returns]);
  const productMarks = firstBytesOf(types.flatMap(({ codes, prefixes }) => [...codes, ...prefixes]));

  function matches(
    when: LineKindTest,
    invoice: Uint8Array,
    from: number,
    to: number,
    quantity: number,
    unitPrice: number,
  ): boolean {
    switch (when) {
      case "invoice-marks-adjustment":
        return adjustments.some((mark) => startsWith(invoice, from, to, mark));
      case "invoice-marks-return":
        return returns.some((mark) => startsWith(invoice, from, to, mark));
      case "price-zero":
        return unitPrice === 0;
      case "price-negative":
        return unitPrice < 0;
      case "quantity-negative":
        return quantity < 0;
      case "always":
        return true;
      default:
        return assertNever(when);
    }
  }

  function firstMatch(invoice: Uint8Array, from: number, to: number, quantity: number, unitPrice: number): LineKind {
    const rule = lineKindRules.find(({ when }) => matches(when, invoice, from, to, quantity, unitPrice));
    if (rule === undefined) throw new Error("No rule names the kind of a line.");
    return rule.kind;
  }
  // without a mark the rules look at two signs alone: their answers, by the price's and then the quantity's
  const signs = [-1, 0, 1];
  const nothing = new Uint8Array(0);
  const unmarked = signs.flatMap((price) => signs.map((quantity) => firstMatch(nothing, 0, 0, quantity, price)));

  return Object.freeze({
    kindOf(invoice: Uint8Array, from: number, to: number, quantity: number, unitPrice: number): LineKind {
      if (invoiceMarks[invoice[from] as number] !== 0) return firstMatch(invoice, from, to, quantity, unitPrice);
      return unmarked[(Math.sign(unitPrice) + 1) * 3 + Math.sign(quantity) + 1] as LineKind;
    },
    typeOf(product: Uint8Array, from: number, to: number): LineType {
      if (productMarks[product[from] as number] === 0) return "PRODUCT";
      for (const { type, codes, prefixes } of types) {
        if (codes.some((code) => code.length === to - from && startsWith(product, from, to, code))) return type;
        if (prefixes.some((prefix) => startsWith(product, from, to, prefix))) return type;
      }
      return "PRODUCT";
    },
  });
}

/** Of every byte, whether one of the marks begins with it; an empty mark begins with any. */
function firstBytesOf(marks: readonly Buffer[]): Uint8Array {
  const first = new Uint8Array(256);
  for (const mark of marks) {
    if (mark.length === 0) first.fill(1);
    else first[mark[0] as number] = 1;
  }
  return first;
}

function startsWith(bytes: Uint8Array, from: number, to: number, mark: Buffer): boolean {
  if (to - from < mark.length) return false;
  for (let i = 0; i < mark.length; i++) if (bytes[from + i] !== mark[i]) return false;
  return true;
}
