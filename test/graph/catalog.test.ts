// The catalogue as each role sees it: what it may use, with everything that is to be known of it, and not a word of the rest.
import { describe, expect, test } from "vitest";
import { catalogDimensions, catalogMeasures } from "../../src/model/catalog.ts";
import { roles, useShopGraph } from "./shopGraph.ts";

const { answer, dataOf } = useShopGraph();

type Member = {
  name: string;
  member: string;
  sensitivity: string;
  dimensions: string[];
  alwaysBy: string[];
  sumsOver: string[];
};
type Catalog = { measures: (Member & Record<string, string>)[]; dimensions: (Member & Record<string, string>)[] };

const query = `{ catalog {
  measures { name member label description formula format sensitivity dimensions alwaysBy sumsOver }
  dimensions { name member label description sensitivity }
} me { hiddenMembers } }`;
const names = (members: readonly Member[]) => members.map(({ name }) => name);
const catalogAs = async (role: keyof typeof roles) => {
  const data = await dataOf(query, roles[role]);
  return { ...(data.catalog as Catalog), hidden: (data.me as { hiddenMembers: string[] }).hiddenMembers };
};

const personal = [
  ...["customerId", "firstPurchaseAt", "lastPurchaseAt", "recencyDays", "latestCountry", "countries"],
  ...["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"],
];

describe.each(["admin", "analyst", "country_manager", "crm"] as const)("%s", (role) => {
  test("may use every member", async () => {
    const { measures, dimensions, hidden } = await catalogAs(role);
    expect(names(measures)).toEqual(catalogMeasures.map(({ shownAs }) => shownAs));
    expect(names(dimensions)).toEqual(catalogDimensions.map(({ shownAs }) => shownAs));
    expect(hidden).toEqual(role === "analyst" ? ["customerName"] : []);
  });
});

test("who sees aggregates only is told of nothing personal, in no list and in no text", async () => {
  const { measures, dimensions, hidden } = await catalogAs("executive");
  expect(hidden.toSorted()).toEqual(personal.toSorted());
  const all = [...catalogMeasures, ...catalogDimensions].map(({ shownAs }) => shownAs);
  expect([...names(measures), ...names(dimensions), ...hidden].toSorted()).toEqual(all.toSorted());
  const shown = JSON.stringify({ measures, dimensions });
  for (const name of personal) {
    expect(shown).not.toMatch(new RegExp(`\\b${name}\\b`));
    expect(shown).not.toContain(`"${screaming(name)}"`);
  }
});

test("who has three tables alone is told of what these show, and by what", async () => {
  const partner = { ...roles.executive, operator: false, minimumCustomers: 5, fingerprint: "partner" };
  const data = await dataOf(query, partner);
  const { measures, dimensions } = data.catalog as Catalog;
  expect(names(dimensions)).toEqual(["month", "country", "segment"]);
  const all = ["MONTH", "COUNTRY", "SEGMENT"];
  expect(Object.fromEntries(measures.map((measure) => [measure.name, measure.dimensions]))).toEqual({
    ...{ grossRevenue: all, returnsValue: all.slice(0, 2), netRevenue: all, orders: all, units: all.slice(0, 2) },
    ...{ customers: all, averageOrderValue: all, newCustomers: ["MONTH"], revenueShare: all.slice(1) },
    medianRecencyDays: ["SEGMENT"],
  });
  const hidden = (data.me as { hiddenMembers: string[] }).hiddenMembers;
  const every = [...catalogMeasures, ...catalogDimensions].map(({ shownAs }) => shownAs);
  expect([...names(measures), ...names(dimensions), ...hidden].toSorted()).toEqual(every.toSorted());
  expect(JSON.stringify(data.catalog)).not.toMatch(/"(PRODUCT|CUSTOMER_ID|DAY|SEGMENT_DETAILED)"/);
});

test("a member says what it means, how it is computed and what it can be cut by", async () => {
  const { measures, dimensions } = await catalogAs("admin");
  for (const member of [...measures, ...dimensions]) {
    expect(member.member).toBe(screaming(member.name));
    expect(member.label).not.toBe("");
    expect(member.description).toMatch(/\.$/);
  }
  expect(measures.find(({ name }) => name === "returnRate")).toMatchObject({
    member: "RETURN_RATE",
    format: "percent",
    sensitivity: "commercial",
    formula: "Returns ÷ Gross revenue",
    sumsOver: [],
  });
  const orders = measures.find(({ name }) => name === "orders");
  expect(orders?.dimensions).toEqual(expect.arrayContaining(["LINE_TYPE", "MONTH", "CUSTOMER_ID"]));
  expect(orders?.sumsOver).not.toContain("LINE_TYPE");
  expect(measures.find(({ name }) => name === "newCustomers")?.dimensions).not.toContain("WEEKDAY");
  expect(dimensions.find(({ name }) => name === "customerId")).toMatchObject({ sensitivity: "personal" });
});

test("every measure can be asked for by every dimension that it names, and by no other", async () => {
  const { measures, dimensions } = await catalogAs("admin");
  for (const { name, dimensions: cutBy, alwaysBy } of measures) {
    const beside = dimensions.filter(({ member }) => alwaysBy.includes(member));
    const asked = ({ name: dimension }: Member) =>
      `${dimension}: metrics(first: 1) { nodes { ${names(beside).join(" ")} ${dimension} ${name} } }`;
    const cuts = dimensions.filter(({ member }) => cutBy.includes(member));
    expect(Object.keys(await dataOf(`{ ${cuts.map(asked).join(" ")} }`))).toEqual(names(cuts));
    for (const dimension of dimensions.filter((each) => !cuts.includes(each))) {
      const [error] = (await answer(`{ ${asked(dimension)} }`)).errors;
      expect(error?.code).toBe("BAD_USER_INPUT");
      expect(error?.message).toContain(`\`${name}\``);
      expect(error?.message).toContain(`\`${dimension.name}\``);
    }
  }
});

test("a measure says what it is always cut by, and is refused without", async () => {
  const { measures } = await catalogAs("admin");
  expect(names(measures.filter(({ alwaysBy }) => alwaysBy.length > 0))).toEqual(personal.slice(1));
  for (const { name, alwaysBy } of measures) {
    const { codes, errors } = await answer(`{ metrics(first: 1) { nodes { ${name} } } }`);
    expect(codes).toEqual(alwaysBy.length === 0 ? [] : ["BAD_USER_INPUT"]);
    if (alwaysBy.length > 0)
      expect([alwaysBy, errors[0]?.message]).toEqual([["CUSTOMER_ID"], expect.stringContaining("`customerId`")]);
  }
});

test("asks the warehouse nothing but which snapshot is published", async () => {
  expect(await answer(query)).toMatchObject({ statements: 0, publishedReads: 1 });
});

function screaming(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
