// Fractions are floating-point numbers and may differ in their last digit; everything else is exact.
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { Row } from "./evaluate.ts";

const isFraction = (member: string) =>
  (measureNames as readonly string[]).includes(member) && measureOf(member as MeasureName).format === "percent";

/** The rows as they were found; a fraction that differs from the wanted one by less than can matter is taken as that one. */
export function settleFractions(found: readonly Readonly<Row>[], wanted: readonly Readonly<Row>[]): Row[] {
  return found.map((row, index) =>
    Object.fromEntries(
      Object.entries(row).map(([member, value]) => {
        const other = wanted[index]?.[member];
        const close =
          isFraction(member) &&
          typeof value === "number" &&
          typeof other === "number" &&
          Math.abs(value - other) <= 1e-15 * Math.max(1, Math.abs(other));
        return [member, close ? other : value];
      }),
    ),
  );
}
