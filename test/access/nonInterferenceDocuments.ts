// Random documents over the whole graph, made from its schema: every root field, arguments from pools, orders, pages, nested edges,
// aliases, fragments. Most are in order, some are not.
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { type DimensionName, dimensionNames, dimensionOf } from "../../src/model/dimensions.ts";
import { type MeasureName, measureNames, measureOf } from "../../src/model/measures.ts";
import type { SchemeName } from "../../src/model/segmentSchemes.ts";

/** A number from 0 to below the bound. */
export type Draw = (bound: number) => number;

/** What questions can name: often what the asker sees, sometimes what they do not. */
export type Pool = Readonly<{ seen: readonly string[]; others: readonly string[] }>;
export type Words = Readonly<{
  countries: Pool;
  /** By scheme. */
  segments: Readonly<Record<SchemeName, Pool>>;
  customers: Pool;
  products: Pool;
  days: readonly string[];
  /** Names of fields and arguments that this asker is refused, and that most documents leave out. */
  refused: readonly string[];
}>;

/** A place where a document pages: its variable, and under which keys of the answer the next cursor is. */
export type Slot = Readonly<{ variable: string; path: readonly string[] }>;
export type RandomDocument = Readonly<{ text: string; slots: readonly Slot[] }>;

/** The same numbers each time for the same seed. */
export function drawOf(seed: number): Draw {
  let state = (Math.imul(seed, 2_654_435_761) ^ 0x9e3779b9) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const deepest = 6;
const screaming = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
const fieldOfDimension = (name: DimensionName) => (name === "customer" ? "customerId" : name);
const isPersonal = (name: MeasureName) => measureOf(name).sensitivity === "personal";
const calendar: readonly string[] = ["day", "week", "month", "quarter", "year"];
const coarse: readonly DimensionName[] = ["month", "quarter", "country", "segment", "customerType", "lineType"];

const schemeOfFilter: Readonly<Record<string, SchemeName>> = {
  segment: "CLASSIC",
  segmentExecutive: "EXECUTIVE",
  segmentDetailed: "DETAILED",
};

/** `never`: names of fields, arguments, enum values and members that the document must not hold. */
export function randomDocument(
  schema: GraphQLSchema,
  words: Words,
  draw: Draw,
  never: (name: string) => boolean = () => false,
): RandomDocument {
  const slots: Slot[] = [];
  const fragments: string[] = [];
  let aliases = 0;

  const chance = (percent: number) => draw(100) < percent;
  const isOrderly = chance(85);
  const avoids = (name: string) => never(name) || (isOrderly && words.refused.includes(name));
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T;
  const some = <T>(list: readonly T[], most: number): T[] => {
    const left = [...list];
    return Array.from(
      { length: Math.min(draw(most + 1), left.length) },
      () => left.splice(draw(left.length), 1)[0] as T,
    );
  };
  const word = ({ seen, others }: Pool) =>
    seen.length > 0 && (others.length === 0 || chance(85)) ? pick(seen) : others.length > 0 ? pick(others) : "?";
  const text = (value: string) => JSON.stringify(value);

  function scalar(type: string, names: readonly string[]): string {
    const about = names.find((name) => !["eq", "in", "gte", "lt", "where"].includes(name)) ?? "";
    const day = pick(words.days);
    switch (type) {
      case "Boolean":
        return String(chance(60));
      case "Int":
        if (about === "first") return String(chance(4) ? pick([0, 20_000]) : pick([1, 2, 3, 5, 20]));
        if (about === "year") return String(2010 + draw(3));
        if (about === "recencyDays") return String(draw(450));
        return String(about === "hour" ? draw(24) : draw(8));
      case "Month":
        return text(day.slice(0, 7));
      case "Date":
        return text(day);
      case "Decimal":
        return text(pick(["0", "1", "2", "5.5", "12.75", "40", "100.001", "-3"]));
      case "ID":
        return text(word(words.customers));
      default:
        if (about === "country") return text(word(words.countries));
        if (about === "product") return text(word(words.products));
        if (about === "week") return text(`${day.slice(0, 4)}-W${String(1 + draw(52)).padStart(2, "0")}`);
        if (about === "quarter") return text(`${day.slice(0, 4)}-Q${1 + draw(4)}`);
        return text(pick(["Lamps", "eyJ4", "nothing"]));
    }
  }

  /** `names`: of the argument and the fields down to here, the innermost first. */
  function value(type: GraphQLInputType, names: readonly string[]): string {
    if (isNonNullType(type)) return value(type.ofType, names);
    if (isListType(type)) {
      const length = chance(10) ? 0 : 1 + draw(3);
      return `[${Array.from({ length }, () => value(type.ofType, names)).join(", ")}]`;
    }
    if (isEnumType(type)) {
      const known = type.getValues().flatMap(({ name }) => (avoids(name) ? [] : [name]));
      const scheme = type.name === "SegmentKey" ? names.map((name) => schemeOfFilter[name]).find(Boolean) : undefined;
      const segment = scheme ? word(words.segments[scheme]) : "?";
      return known.includes(segment) ? segment : pick(known);
    }
    if (isInputObjectType(type)) {
      const all = Object.values(type.getFields()).filter(({ name }) => !avoids(name));
      const required = all.filter((field) => isNonNullType(field.type));
      const chosen =
        required.length > 0 ? [...required, ...some(all, 2)] : [pick(all), ...(chance(25) ? [pick(all)] : [])];
      const parts = [...new Set(chosen)].map((field) => `${field.name}: ${value(field.type, [field.name, ...names])}`);
      return `{ ${parts.join(", ")} }`;
    }
    return scalar(type.name, names);
  }

  function argument(arg: GraphQLArgument): string | null {
    if (avoids(arg.name)) return null;
    const likely = isNonNullType(arg.type) ? 100 : arg.name === "first" ? 85 : arg.name === "where" ? 40 : 35;
    return chance(likely) ? `${arg.name}: ${value(arg.type, [arg.name])}` : null;
  }

  function members(): { dimensions: DimensionName[]; measures: MeasureName[] } {
    const cuts = dimensionNames.filter((name) => !avoids(fieldOfDimension(name)));
    const few = coarse.filter((name) => !avoids(name));
    const dimensions = chance(50) ? some(cuts, 3) : some(few, 2);
    const wild = chance(5);
    const clock = dimensions.some((name) => dimensionOf(name).kind === "clock");
    const allowed = measureNames.filter(
      (name) => wild || ((!isPersonal(name) || dimensions.includes("customer")) && !(name === "newCustomers" && clock)),
    );
    const measures = allowed.filter((name) => !avoids(name));
    return { dimensions, measures: [...new Set([pick(measures), ...some(measures, 4)])] };
  }

  function metrics(field: GraphQLField<unknown, unknown>, path: readonly string[]): string {
    const { dimensions, measures } = members();
    const isTimed = dimensions.some((name) => calendar.includes(name));
    const fields = [...dimensions.map(fieldOfDimension), ...measures];
    const args: string[] = [];
    const filter = field.args.find(({ name }) => name === "where");
    if (filter && chance(45)) args.push(`where: ${value(filter.type, ["where"])}`);
    if (chance(25)) args.push(`having: [{ measure: ${screaming(pick(measures))}, gte: ${scalar("Decimal", [])} }]`);
    if (chance(50)) {
      const ordered = some(fields, 2).filter((name) => name !== "countries" || chance(10));
      const order = ordered.map((name) => `{ member: ${screaming(name)}, direction: ${pick(["ASC", "DESC"])} }`);
      args.push(`orderBy: [${order.join(", ")}]`);
    }
    if (isTimed && !avoids("spine") && chance(40)) args.push("spine: true");
    args.push(`first: ${pick([1, 2, 3, 5, 50])}`, pageFrom([...path, "pageInfo", "endCursor"]));
    const shifts = ["previous", "yearAgo"].filter((name) => !avoids(name));
    const earlier = isTimed && shifts.length > 0 && chance(50) ? `${pick(shifts)} { ${measures.join(" ")} }` : "";
    const beside = measures.filter((name) => !isPersonal(name));
    const totals = beside.length > 0 && chance(50) ? `totals { ${beside.join(" ")} }` : "";
    const count = chance(60) ? "totalCount" : "";
    return `(${args.join(", ")}) { nodes { ${fields.join(" ")} ${earlier} } ${totals} ${count} pageInfo { hasNextPage endCursor } }`;
  }

  function pageFrom(path: readonly string[]): string {
    const variable = `after${slots.length}`;
    slots.push({ variable, path });
    return `after: $${variable}`;
  }

  function one(field: GraphQLField<unknown, unknown>, path: readonly string[], depth: number, again = false): string {
    const type = getNamedType(field.type);
    const alias = again || chance(12) ? `a${++aliases}` : null;
    const key = alias ?? field.name;
    const name = alias ? `${alias}: ${field.name}` : field.name;
    if (field.name === "metrics" && chance(90)) return name + metrics(field, [...path, key]);
    const pages =
      isObjectType(type) &&
      ("pageInfo" in type.getFields() || "endCursor" in type.getFields()) &&
      field.args.some((arg) => arg.name === "after");
    const paged = pages && chance(60) && !avoids("after");
    const args = field.args.flatMap((arg) => (arg.name === "after" && pages ? [] : (argument(arg) ?? [])));
    const byColumns = pages && "endCursor" in type.getFields();
    if (paged) args.push(pageFrom([...path, key, ...(byColumns ? [] : ["pageInfo"]), "endCursor"]));
    const given = args.length > 0 ? `(${args.join(", ")})` : "";
    if (!isObjectType(type)) return name + given;
    return `${name}${given} { ${select(type, [...path, key], depth + 1)}${paged ? (byColumns ? " endCursor hasNextPage" : " pageInfo { endCursor hasNextPage }") : ""} }`;
  }

  function select(type: GraphQLObjectType, path: readonly string[], depth: number): string {
    if (type.name === "MetricRow") {
      const { dimensions, measures } = members();
      return [...dimensions.map(fieldOfDimension), ...measures].join(" ");
    }
    const all = Object.values(type.getFields()).filter(({ name }) => !avoids(name) && name !== "pageInfo");
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
    const edges = depth < deepest ? all.filter((field) => !isLeafType(getNamedType(field.type))) : [];
    const wrapped = leaves.length === 0 || /Connection$/.test(type.name);
    const down = edges.filter(() => chance(wrapped ? 60 : 25));
    if (wrapped && down.length === 0 && edges.length > 0) down.push(pick(edges));
    const parts = [...leaves.filter(() => chance(45)), ...down].map((field) => one(field, path, depth));
    const repeated = leaves.filter(({ args }) => args.length > 0 && chance(40));
    for (const field of repeated) {
      const args = field.args.flatMap((arg) => argument(arg) ?? []);
      parts.push(`a${++aliases}: ${field.name}${args.length > 0 ? `(${args.join(", ")})` : ""}`);
    }
    if (parts.length === 0 || chance(5)) parts.push("__typename");
    const body = parts.join(" ");
    if (chance(6)) return `... on ${type.name} { ${body} }`;
    if (chance(6)) {
      const name = `F${fragments.length + 1}`;
      fragments.push(`fragment ${name} on ${type.name} { ${body} }`);
      return `...${name}`;
    }
    return body;
  }

  const roots = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ name }) => !avoids(name));
  const weighted = roots.flatMap((field) => (field.name === "metrics" ? [field, field, field, field] : field));
  const chosen = Array.from({ length: chance(85) ? 1 : 2 }, () => pick(weighted));
  const selections = chosen.map((field, nth) => one(field, [], 0, nth > 0));
  const variables = slots.map(({ variable }) => `$${variable}: String`).join(", ");
  return {
    text: `query${variables ? `(${variables})` : ""} { ${selections.join("\n")} }\n${fragments.join("\n")}`,
    slots,
  };
}
