// Which questions a stored aggregate may answer: only those that it answers exactly. The rest goes to the lines.
import { describe, expect, it } from "vitest";
import { column } from "../../src/model/column.ts";
import type { Aggregate } from "../../src/model/measures.ts";
import { type RowRollup, salesOrderRollup } from "../../src/model/rollups.ts";
import { lineAggregate } from "../../src/query/compile/lineSource.ts";
import { sessionMoment } from "../../src/query/compile/moment.ts";
import { rollupSource } from "../../src/query/compile/rowRollupSource.ts";
import { FactSale } from "../../src/warehouse/entities/FactSale.ts";

const orders = rollupSource(salesOrderRollup);
const fact = (property: keyof FactSale & string) => column(FactSale, property);
const sale = { column: fact("kind"), is: "SALE" } as const;
const returned = { column: fact("kind"), is: "RETURN" } as const;
const goods = { column: fact("lineType"), is: "PRODUCT" } as const;
const identified = { column: fact("guest"), is: false } as const;
const answers = (aggregate: Aggregate, source = orders) => source.aggregate(aggregate, sessionMoment, []);

describe("the orders", () => {
  it.each<[string, Aggregate, string]>([
    ["a stored sum", { kind: "sum", column: fact("amount"), where: [sale] }, "coalesce(sum(o.gross_revenue), 0)"],
    [
      "a stored sum of some of its rows",
      { kind: "sum", column: fact("amount"), where: [sale, identified] },
      "coalesce(sum(o.gross_revenue) FILTER (WHERE o.guest = false), 0)",
    ],
    [
      "a stored sum with its tests in another order",
      { kind: "sum", column: fact("amount"), where: [goods, returned], negate: true },
      "coalesce(sum(o.product_returns_value), 0)",
    ],
    ["a count as a sum of counts", { kind: "count", where: [sale] }, "coalesce(sum(o.sale_lines), 0)"],
    ["a count of everything", { kind: "count", where: [] }, "coalesce(sum(o.lines), 0)"],
    [
      "distinct values of what its rows keep apart",
      { kind: "countDistinct", column: fact("invoice"), where: [sale] },
      "count(DISTINCT o.invoice) FILTER (WHERE o.sale_lines > 0)",
    ],
    ["a first time", { kind: "min", column: fact("orderedAt"), where: [sale] }, "min(o.first_sale_at)"],
    [
      "a set of what its rows keep apart",
      { kind: "set", column: fact("country"), where: [] },
      "coalesce(array_agg(DISTINCT o.country ORDER BY o.country), ARRAY[]::text[])",
    ],
  ])("answer %s", (_, aggregate, sql) => expect(answers(aggregate)).toBe(sql));

  it.each<[string, Aggregate]>([
    ["a sum of a column that is not stored", { kind: "sum", column: fact("unitPrice"), where: [sale] }],
    ["a stored sum with a test more", { kind: "sum", column: fact("amount"), where: [sale, goods] }],
    ["a stored sum with a test less", { kind: "sum", column: fact("amount"), where: [] }],
    ["a stored sum with the other sign", { kind: "sum", column: fact("amount"), where: [sale], negate: true }],
    ["a stored negative sum with the other sign", { kind: "sum", column: fact("amount"), where: [returned] }],
    ["a count with a test that is not stored", { kind: "count", where: [goods] }],
    [
      "distinct values that its rows do not keep apart",
      { kind: "countDistinct", column: fact("product"), where: [sale] },
    ],
    [
      "distinct values of lines that it does not count",
      { kind: "countDistinct", column: fact("invoice"), where: [returned] },
    ],
    [
      "distinct values of lines that it counts only together",
      { kind: "countDistinct", column: fact("invoice"), where: [sale, goods] },
    ],
    ["the last time where only the first is stored", { kind: "max", column: fact("quantity"), where: [sale] }],
    ["a first time of other lines", { kind: "min", column: fact("orderedAt"), where: [] }],
    ["a set that its rows do not keep apart", { kind: "set", column: fact("product"), where: [] }],
    [
      "the latest of what its rows do not keep apart",
      { kind: "latest", column: fact("product"), by: [fact("orderedAt")], where: [sale] },
    ],
    [
      "the latest by what is not stored",
      { kind: "latest", column: fact("country"), by: [fact("unitPrice")], where: [sale] },
    ],
    [
      "the latest of lines whose times are not stored",
      { kind: "latest", column: fact("country"), by: [fact("orderedAt")], where: [] },
    ],
  ])("do not answer %s, the lines do", (_, aggregate) => {
    expect(answers(aggregate)).toBeNull();
    expect(lineAggregate(aggregate, sessionMoment, [])).toMatch(/f\./);
  });
});

describe("a rollup that keeps less apart", () => {
  it("must keep customer, guest and country", () => {
    const { guest: _, ...lineColumns } = salesOrderRollup.lineColumns;
    expect(() => rollupSource({ ...salesOrderRollup, lineColumns })).toThrow(/must keep customer, guest and country/);
    const { country: __, ...dimensions } = salesOrderRollup.dimensions;
    expect(() => rollupSource({ ...salesOrderRollup, dimensions })).toThrow(/must keep/);
  });

  it("does not count invoices where it has none", () => {
    const { invoice: _, ...lineColumns } = salesOrderRollup.lineColumns;
    const coarse = rollupSource({ ...salesOrderRollup, lineColumns } satisfies RowRollup);
    expect(answers({ kind: "countDistinct", column: fact("invoice"), where: [sale] }, coarse)).toBeNull();
    expect(answers({ kind: "countDistinct", column: fact("customerKey"), where: [sale] }, coarse)).not.toBeNull();
    expect(
      answers(
        { kind: "latest", column: fact("country"), by: [fact("orderedAt"), fact("invoice")], where: [sale] },
        coarse,
      ),
    ).toBeNull();
  });

  it("does not count what was sold where it has no count of lines sold", () => {
    const { saleLines: _, ...measures } = salesOrderRollup.measures;
    const blind = rollupSource({ ...salesOrderRollup, measures } satisfies RowRollup);
    expect(answers({ kind: "countDistinct", column: fact("invoice"), where: [sale] }, blind)).toBeNull();
    expect(answers({ kind: "countDistinct", column: fact("invoice"), where: [] }, blind)).not.toBeNull();
    expect(answers({ kind: "sum", column: fact("amount"), where: [sale] }, blind)).not.toBeNull();
  });
});
