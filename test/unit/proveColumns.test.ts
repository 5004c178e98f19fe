// The proof at start that a dimension's column can be compared as a text.
import { expect, it } from "vitest";
import { column } from "../../src/model/column.ts";
import { dimensions } from "../../src/model/dimensions.ts";
import { proveColumns } from "../../src/query/compile/proveColumns.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";
import { RfmSegment } from "../../src/warehouse/entities/RfmSegment.ts";

it("holds for the model", () => expect(() => proveColumns()).not.toThrow());

it.each([
  ["a number", column(FactSale, "quantity"), /FactSale\.quantity, which is of type integer/],
  ["a time", column(FactSale, "orderedAt"), /FactSale\.orderedAt, which is of type timestamp/],
  ["a joined number", column(RfmSegment, "recencyScore"), /RfmSegment\.recencyScore, which is of type smallint/],
])("refuses %s", (_, ref, message) => {
  const declared = { ...dimensions, odd: { ...dimensions.product, column: ref } };
  expect(() => proveColumns(declared)).toThrow(message);
  expect(() => proveColumns(declared)).toThrow(/The dimension odd/);
});
