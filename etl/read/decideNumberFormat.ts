// Decides, once per file, how its prices are written: by what the whole column proves, or by what the operator says.
import { Consumer360Error } from "../../src/kernel/errors.ts";

/** How many prices prove what, in the words of `classifyNumber`. */
export type NumberEvidence = Readonly<{
  point: number;
  comma: number;
  eitherPoint: number;
  eitherComma: number;
  groupedPoint: number;
  groupedComma: number;
}>;

export type NumberFormat = Readonly<{
  decimalComma: boolean;
  /** Whether the other mark may stand between groups of digits. */
  grouped: boolean;
}>;

const provenShare = 0.99;

/**
 * A mark is proven where it holds at least 99 % of the prices that could prove the opposite. Where nothing is proven and a price such
 * as `1,234` or `1.234` could be either, the operator must say. Groups of digits are read only where some price shows them and
 * none contradicts, or where the operator has said what the other mark is; elsewhere such a price is BAD_PRICE.
 */
export function decideNumberFormat(path: string, found: NumberEvidence, asked: boolean | undefined): NumberFormat {
  const point = found.point + found.groupedPoint;
  const comma = found.comma + found.groupedComma;
  const decimalComma = asked ?? decide(path, found, point, comma);
  const contrary = decimalComma ? point : comma;
  const shown = decimalComma ? found.groupedComma : found.groupedPoint;
  const possible = decimalComma ? found.eitherPoint : found.eitherComma;
  return { decimalComma, grouped: contrary === 0 && (shown > 0 || (asked !== undefined && possible > 0)) };
}

function decide(path: string, { eitherPoint, eitherComma }: NumberEvidence, point: number, comma: number): boolean {
  const proofs = point + comma;
  if (proofs === 0 && eitherPoint + eitherComma === 0) return false;
  if (proofs > 0 && point >= proofs * provenShare) return false;
  if (proofs > 0 && comma >= proofs * provenShare) return true;
  throw new Consumer360Error(
    "NUMBER_FORMAT_UNKNOWN",
    `${path} does not prove its decimal mark: ${point} prices can only have a decimal point, ${comma} only a decimal comma` +
      `${eitherComma > 0 ? `, ${eitherComma} such as 1,234 can be both` : ""}${eitherPoint > 0 ? `, ${eitherPoint} such as 1.234 can be both` : ""}`,
    { remedy: "Say it: --decimal-comma or --no-decimal-comma" },
  );
}
