// Exact decimals: money goes out and comes in as text, so that no client rounds it on the way.
import { isDecimal, toDecimal } from "../../kernel/decimal.ts";
import { textScalar } from "./textScalar.ts";

export const DecimalScalar = textScalar({
  name: "Decimal",
  description:
    'Exact decimal as a JSON string: no exponent, no trailing zeros ("8911407.904", "0"). Sums are exact; ratios of money are rounded half-even to 4 places.',
  form: 'a decimal number without exponent, as text ("12.5")',
  read: (text) => (isDecimal(text) && text.length <= 60 ? toDecimal(text) : null),
  numbers: true,
});
