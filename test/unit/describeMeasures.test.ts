// The generated page about measures and the generated catalogue: complete, in the names that are shown, and true of the planner.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogDimensions, catalogMeasures, catalogName } from "../../src/model/catalog.ts";
import { cutFault } from "../../src/model/cuts.ts";
import { describeModel } from "../../src/model/describeModel.ts";
import { type DimensionName, dimensionNames, finestGrain } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames } from "../../src/model/measures.ts";
import { cellGrains, rollups } from "../../src/model/rollups.ts";
import { describeMeasures } from "../../src/query/describeMeasures.ts";
import { planMetrics, sourcesOf } from "../../src/query/plan.ts";
import type { Where } from "../../src/query/request.ts";
import { tableName } from "../../src/warehouse/entityTables.ts";

const page = describeMeasures();
const sources = sourcesOf({ rollups: rollups.map(({ name }) => name) });
const sizes = sources.map(({ name }) => name);

/** The place in the order of sizes of the largest table that a question reads. */
function largest(measure: MeasureName, dimensions: readonly DimensionName[], where: Where = {}): number {
  const plan = planMetrics({ measures: [measure], dimensions, where }, sources);
  return Math.max(
    sizes.indexOf(plan.figures.source),
    plan.overCustomers ? sizes.indexOf(plan.overCustomers.reading.source) : 0,
  );
}

describe("the page", () => {
  it("has a section for every measure, with all that the catalogue knows of it", () => {
    for (const { shownAs, label, description, formula, format, sensitivity } of catalogMeasures) {
      const [section = ""] = page.split(`### ${label}\n`)[1]?.split("\n#") ?? [];
      for (const part of [description, `\`${shownAs}\`, ${format}, ${sensitivity}`, `Formula: ${formula}`])
        expect(section).toContain(part);
    }
  });

  it("has a row for every dimension and every rollup", () => {
    for (const { shownAs, label, description } of catalogDimensions)
      expect(page).toContain(`| \`${shownAs}\` | ${label} | ${description} |`);
    for (const { name, description } of rollups) expect(page).toContain(`| \`${name}\` | ${description} |`);
  });

  it("says where each measure is read, once", () => {
    const [, last = ""] = page.split("## Which questions do not depend on the number of lines");
    const headings = [...last.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading ?? "").join(", ");
    const labels = catalogMeasures.map(({ label }) => label);
    // Labels may hold commas: what is left of the headings once every label is taken out are the commas between them.
    const left = labels
      .toSorted((a, b) => b.length - a.length)
      .reduce((text, label) => {
        expect(text).toContain(label);
        return text.replace(label, "");
      }, headings);
    expect(left.replaceAll(/[, ]/g, "")).toBe("");
    expect(left.split(",").length).toBe(labels.length);
  });

  it("says for sums, orders and new customers what the cells answer", () => {
    const rowOf = (label: string, table: string) =>
      page
        .split("\n### ")
        .filter((section) => section.includes("| Read |"))
        .find((section) => section.split("\n")[0]?.split(", ").includes(label))
        ?.split("\n")
        .find((line) => line.startsWith(`| \`${table}\``))
        ?.split(" | ")
        .slice(1) ?? [];
    const [cutSum, , severalSum] = rowOf("Gross revenue", "sales_cell");
    expect(cutSum).toMatch(/^nothing else, `month`, `quarter`, `year`, `country`/);
    expect(severalSum).toMatch(/`month`/);
    const [cutOrders, oneOrders, severalOrders] = rowOf("Orders", "sales_cell");
    expect([cutOrders, oneOrders]).toEqual([expect.stringContaining("`month`"), expect.stringContaining("`month`")]);
    expect(severalOrders).not.toMatch(/`month`/);
    expect(rowOf("New customers", "sales_cell").join()).not.toMatch(/`country`/);
    expect(rowOf("New customers", "customer_cell").join()).toMatch(/`country`/);
    expect(rowOf("New customers", "sales_order").at(0)).not.toMatch(/`weekday`/);
  });
});

const someMeasure = fc.constantFrom(...measureNames);
const someDimensions = fc.uniqueArray(fc.constantFrom(...dimensionNames), { maxLength: 4 });
const someWhere = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...dimensionNames), fc.boolean()), { maxLength: 3, selector: ([name]) => name })
  .map((conditions) =>
    Object.fromEntries(conditions.map(([name, one]) => [name, one ? { eq: "x" } : { in: ["x", "y"] }])),
  ) as fc.Arbitrary<Where>;

describe("what the page says of the planner", () => {
  it("a question reads no larger table than the largest that one of its cuts and filters needs", () => {
    fc.assert(
      fc.property(someMeasure, someDimensions, someWhere, (measure, asked, where) => {
        const personal = cutFault(measure, []) !== null;
        const dimensions = personal ? [...new Set<DimensionName>(["customer", ...asked])] : asked;
        fc.pre(cutFault(measure, dimensions) === null);
        const always: DimensionName[] = personal ? ["customer"] : [];
        const alone = [
          largest(measure, always),
          ...dimensions.map((name) => largest(measure, [...new Set([...always, name])])),
          ...Object.entries(where).map(([name, condition]) => largest(measure, always, { [name]: condition })),
        ];
        expect(largest(measure, dimensions, where)).toBeLessThanOrEqual(Math.max(...alone));
      }),
      { numRuns: 3000 },
    );
  });

  it("a range is read as a single value is, where the answer is cut by its finest unit", () => {
    const grains = cellGrains.filter((grain) => grain !== "ever");
    fc.assert(
      fc.property(someMeasure, fc.subarray(grains, { minLength: 1 }), (measure, ranged) => {
        fc.pre(cutFault(measure, []) === null);
        const finest = finestGrain(ranged);
        if (finest === null) throw new Error("A calendar unit was asked for.");
        const range = Object.fromEntries(ranged.map((grain) => [grain, { gte: "2011", lt: "2012" }]));
        expect(largest(measure, [finest], range)).toBe(largest(measure, [], { [finest]: { eq: "2011" } }));
      }),
    );
  });
});

describe("the catalogue for tools", () => {
  const catalog = describeModel(tableName);

  it("names every member as it is shown", () => {
    expect(catalog.measures.map(({ name }) => name)).toEqual(measureNames.map(catalogName));
    expect(catalog.dimensions.map(({ name }) => name)).toEqual(dimensionNames.map(catalogName));
    expect(catalog.dimensions.find(({ name }) => name === "customerId")?.member).toBe("CUSTOMER_ID");
    const known = new Set(dimensionNames.map(catalogName));
    const named = [
      ...catalog.measures.flatMap(({ cutBy, alwaysBy, sumsOver }) => [...cutBy, ...alwaysBy, ...sumsOver]),
      ...catalog.joins.flatMap(({ dimensions }) => dimensions),
      ...catalog.rollups.flatMap(({ dimensions, sets }) => [...dimensions, ...sets]),
      ...catalog.schemes.map(({ dimension }) => dimension),
    ];
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    expect(catalog.measures.find(({ name }) => name === "recencyDays")?.alwaysBy).toEqual(["customerId"]);
  });

  it("says how each measure is declared, and how tables hang together", () => {
    const declared = (name: string) => catalog.measures.find((measure) => measure.name === name)?.declaration;
    expect(declared("productReturnsValue")).toEqual({
      kind: "sum",
      column: "amount",
      where: [
        { column: "kind", is: "RETURN" },
        { column: "lineType", is: "PRODUCT" },
      ],
      negate: true,
    });
    expect(declared("latestCountry")).toMatchObject({ by: ["orderedAt", "invoice"] });
    expect(declared("repeatCustomers")).toEqual({ kind: "customersWith", measure: "orders", gte: 2 });
    expect(catalog.joins).toContainEqual({
      from: { table: "fact_sales", property: "product" },
      to: { table: "dim_product", property: "product" },
      cardinality: "many-to-one",
      identifiedOnly: false,
      dimensions: ["category"],
    });
    expect(catalog.rollups.map(({ name }) => name)).toEqual(rollups.map(({ name }) => name));
    for (const { segments } of catalog.schemes)
      expect(segments.slice(-2).map(({ key }) => key)).toEqual(["GUEST", "UNSCORED"]);
  });

  it("survives JSON as it is", () => expect(JSON.parse(JSON.stringify(catalog))).toEqual(catalog));
});
