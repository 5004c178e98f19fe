// The key under which a snapshot says that it holds a rollup: it changes with what is held, and with nothing else.
import { describe, expect, it } from "vitest";
import { rollups, salesCellRollup, salesOrderRollup } from "../../src/model/rollups.ts";
import { rollupKey, rollupKeysOf, rollupsOfKeys } from "../../src/query/compile/rollupKey.ts";

describe("a rollup's key", () => {
  it("names it, and is another for each", () => {
    const keys = rollups.map(rollupKey);
    for (const [at, { name }] of rollups.entries()) expect(keys[at]).toMatch(new RegExp(`^${name}@[0-9a-f]{12}$`));
    expect(new Set(keys).size).toBe(rollups.length);
  });

  it("is the same whatever the rollup is described as", () => {
    expect(rollupKey({ ...salesOrderRollup, description: "Something else." })).toBe(rollupKey(salesOrderRollup));
  });

  it("changes with a measure more, a measure elsewhere, and a dimension less", () => {
    const { units, ...fewer } = salesOrderRollup.measures;
    const { country: _, ...dimensions } = salesOrderRollup.dimensions;
    const { country: __, ...sets } = salesCellRollup.sets;
    const known = [rollupKey(salesOrderRollup), rollupKey(salesCellRollup)];
    const others = [
      rollupKey({ ...salesOrderRollup, measures: fewer }),
      rollupKey({ ...salesOrderRollup, measures: { ...fewer, ...(units && { lines: units }) } }),
      rollupKey({ ...salesOrderRollup, dimensions }),
      rollupKey({ ...salesCellRollup, sets }),
    ];
    expect(new Set([...known, ...others]).size).toBe(known.length + others.length);
  });

  it("is read back as the name only where the rollup is declared so still", () => {
    const names = rollups.map(({ name }) => name);
    expect(rollupsOfKeys(rollupKeysOf(names))).toEqual(names);
    expect(rollupsOfKeys(["sales_cell@000000000000", "sales_order", ...rollupKeysOf(["customer_cell"])])).toEqual([
      "customer_cell",
    ]);
  });
});
