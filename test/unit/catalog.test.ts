// The catalogue: how members are called, what they say of themselves, who may use them, and by what they may be cut.
import { describe, expect, it } from "vitest";
import {
  catalogDimensions,
  catalogMeasures,
  catalogName,
  mayUse,
  mayUseMember,
  memberEnumName,
  memberNamed,
  memberNeeds,
} from "../../src/model/catalog.ts";
import { cutFault } from "../../src/model/cuts.ts";
import { dimensionNames, dimensionOf, timeDimensions } from "../../src/model/dimensions.ts";
import { measureNames, measureOf } from "../../src/model/measures.ts";
import { everything, type Scope } from "../../src/model/scope.ts";

const infoOf = (name: string) => {
  const found = catalogMeasures.find((measure) => measure.name === name);
  if (!found) throw new Error(`${name} is not in the catalogue.`);
  return found;
};

describe("a name", () => {
  it("is that of the declaration, unless the declaration shows another", () => {
    expect(catalogName("grossRevenue")).toBe("grossRevenue");
    expect(catalogName("month")).toBe("month");
    expect(catalogName("customer")).toBe("customerId");
  });

  it("leads back to its member, and to nothing from anything else", () => {
    for (const name of [...measureNames, ...dimensionNames]) expect(memberNamed(catalogName(name))).toBe(name);
    for (const name of ["customer", "nothing", "GROSS_REVENUE", "", "toString", "__proto__"])
      expect(memberNamed(name)).toBeNull();
  });

  it.each([
    ["month", "MONTH"],
    ["customerId", "CUSTOMER_ID"],
    ["averageOrderValue", "AVERAGE_ORDER_VALUE"],
    ["firstPurchaseAt", "FIRST_PURCHASE_AT"],
    ["top10Products", "TOP10_PRODUCTS"],
    ["skuURLCount", "SKU_URL_COUNT"],
    ["aB", "A_B"],
  ])("%s is %s as an enum's value", (shown, value) => expect(memberEnumName(shown)).toBe(value));

  it("is one value of an enum for each member", () => {
    const values = [...measureNames, ...dimensionNames].map((name) => memberEnumName(catalogName(name)));
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) expect(value).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
  });
});

describe("the catalogue", () => {
  it("holds every member once, in the order of declaration, as it is declared", () => {
    expect(catalogMeasures.map(({ name }) => name)).toEqual(measureNames);
    expect(catalogDimensions.map(({ name }) => name)).toEqual(dimensionNames);
    for (const info of catalogMeasures) {
      const { label, description, format, sensitivity } = measureOf(info.name);
      expect(info).toMatchObject({ shownAs: info.name, label, description, format, sensitivity });
    }
    for (const info of catalogDimensions) {
      const { label, description, filter, sensitivity } = dimensionOf(info.name);
      expect(info).toMatchObject({ shownAs: catalogName(info.name), label, description, filter, sensitivity });
    }
  });

  it("cannot be changed", () => {
    for (const list of [catalogMeasures, catalogDimensions])
      for (const frozen of [list, ...list]) expect(Object.isFrozen(frozen)).toBe(true);
    for (const { cutBy, sumsOver } of catalogMeasures)
      for (const list of [cutBy, sumsOver]) expect(Object.isFrozen(list)).toBe(true);
  });

  it("says personal of what is about single customers", () => {
    const personal = [...catalogMeasures, ...catalogDimensions].filter(({ sensitivity }) => sensitivity === "personal");
    const names = personal.map(({ shownAs }) => shownAs);
    expect(names).toEqual(
      expect.arrayContaining(["firstPurchaseAt", "lastPurchaseAt", "recencyDays", "latestCountry"]),
    );
    expect(names).toEqual(expect.arrayContaining(["countries", "trailingNetRevenue", "customerId"]));
    for (const open of ["grossRevenue", "orders", "medianRecencyDays", "country", "segment", "cohortMonth"])
      expect(names).not.toContain(open);
  });
});

describe("mayUse", () => {
  const scope = (customerLevel: boolean): Scope => ({
    ...everything,
    role: "someone",
    customerLevel,
    operator: false,
    fingerprint: "",
  });
  it("keeps what is personal to those who may see single customers", () => {
    expect(mayUse("personal", scope(false))).toBe(false);
    expect(mayUse("personal", scope(true))).toBe(true);
    for (const sensitivity of ["public", "commercial"] as const)
      for (const level of [true, false]) expect(mayUse(sensitivity, scope(level))).toBe(true);
  });

  it("keeps figures to those who may use what is commercial, those of single customers too", () => {
    const used = (members: Scope["members"]) =>
      measureNames.filter((name) => mayUseMember(name, { ...scope(true), members }));
    // declared on each, and not guessed from its format
    expect(measureNames.filter((name) => memberNeeds(name).length > 1)).toEqual([
      ...["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"],
    ]);
    for (const name of dimensionNames) expect(memberNeeds(name)).toEqual([dimensionOf(name).sensitivity]);
    expect(used(["public"])).toEqual([]);
    expect(used(["public", "personal"])).toEqual([
      ...["firstPurchaseAt", "lastPurchaseAt", "recencyDays", "latestCountry", "countries"],
    ]);
    expect(used(["public", "commercial"])).toEqual(
      measureNames.filter((name) => measureOf(name).sensitivity === "commercial"),
    );
    expect(used(everything.members)).toEqual(measureNames);
    expect(mayUseMember("customer", { ...scope(true), members: ["public", "commercial"] })).toBe(false);
    expect(mayUseMember("country", { ...scope(true), members: ["public"] })).toBe(false);
    expect(mayUseMember("month", { ...scope(false), members: ["public"] })).toBe(true);
  });
});

describe("cuts", () => {
  it("of most measures may be any", () => {
    expect(infoOf("grossRevenue").cutBy).toEqual(dimensionNames);
    expect(cutFault("grossRevenue", dimensionNames)).toBeNull();
    expect(cutFault("orders", [])).toBeNull();
    expect(cutFault("medianRecencyDays", ["hour"])).toBeNull();
  });

  it("of new customers are periods, not what comes round again", () => {
    expect(infoOf("newCustomers").cutBy).toEqual(
      dimensionNames.filter((name) => name !== "weekday" && name !== "hour"),
    );
    for (const name of timeDimensions) expect(cutFault("newCustomers", [name, "country"])).toBeNull();
    expect(cutFault("newCustomers", ["month", "weekday"])).toBe(
      "`newCustomers` counts customers in the period of their first order and cannot be cut by `weekday`: cut it by `day`, `week`, `month`, `quarter` or `year`, or leave `weekday` out.",
    );
    expect(cutFault("newCustomers", ["hour", "weekday"])).toMatch(
      /cannot be cut by `hour` or `weekday`: .* or leave `hour` and `weekday` out\.$/,
    );
  });

  it("of what is personal take the customer, by the name that is shown", () => {
    expect(cutFault("recencyDays", ["country"])).toBe(
      "`recencyDays` is a figure of single customers: cut it by `customerId` as well.",
    );
    expect(cutFault("trailingNetRevenue", [])).toMatch(/`customerId`/);
    expect(cutFault("recencyDays", ["country", "customer"])).toBeNull();
    expect(infoOf("recencyDays").cutBy).toEqual(dimensionNames);
  });
});
