// What a document would cost, told before it is answered: how much it may bring, how deep it nests, how often it asks. Written so that a
// document cannot make the estimate itself costly: each fragment is weighed once, and what depends on a page or a scheme is multiplied later.
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from "graphql";
import { monthsBetween } from "../kernel/calendar.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { lineKinds } from "../model/lineKinds.ts";
import { type SchemeName, segmentKeys, segmentSchemes } from "../model/segmentSchemes.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import type { SalesFilter } from "./inputs/SalesFilter.ts";
import { insightFunctions } from "./insights/insightFunctions.ts";
import { monthsAsked, monthsOfData } from "./monthsAsked.ts";
import { argumentsOf, fieldOf, isIncluded, type Operation } from "./readOperation.ts";
import { salesWhere } from "./toWhere.ts";
import { isColumnType } from "./wholeColumns.ts";

export type Cost = Readonly<{
  /** Objects that the answer may hold: rows, and what leads to them. */
  objects: number;
  /** Values on those objects, and those of the lists that are given as arguments. */
  values: number;
  /** The same for each row of the page that a connection belongs to. */
  rowObjects: number;
  rowValues: number;
  /** Customers, lines and rows of figures that the answer may show, and the same for each row of the page that a connection belongs to. */
  rows: number;
  rowRows: number;
  /** 1 where the rows of that connection are shown themselves: once, as nodes, as edges, as columns. */
  rowShown: 0 | 1;
  /** The largest page. */
  page: number;
  depth: number;
  /** How often a type leads on to itself in a row, as `previous` under `previous`. */
  repeats: number;
  /** The fields of the longest such way. */
  repeated: readonly string[];
  /** Questions that the warehouse is asked, and those asked again for each segment of a scheme. */
  questions: number;
  segmentQuestions: number;
  /** Whether the months of the data are needed to tell. */
  needsFacts: boolean;
}>;

const nothing: Cost = Object.freeze({
  objects: 0,
  values: 0,
  rowObjects: 0,
  rowValues: 0,
  rows: 0,
  rowRows: 0,
  rowShown: 0,
  page: 0,
  depth: 0,
  repeats: 0,
  repeated: [],
  questions: 0,
  segmentQuestions: 0,
  needsFacts: false,
});

/** Rows of a list that says nothing of its length. */
const rowsOfList = 250;
/** Lists that are as long as what they list: more than a load or a card has, but for the most files. */
const rowsOfLists: Readonly<Record<string, number>> = Object.freeze({
  "LoadRun.files": 50,
  "LoadRun.warnings": 30,
  "LoadRun.stages": 20,
  "LoadRun.amounts": lineKinds.length,
  "ModelCard.models": 2,
  "ModelFit.parameters": 4,
  "ModelFit.leftOut": 3,
  "ModelHoldout.calibration": 10,
  "ModelHoldout.purchases": 8,
  "Query.insights": 20,
});
/** The same for lists of the schema about itself. */
const rowsOfIntrospection = 20;

/** Root fields that ask nothing of their own: the request, its snapshot, the model, and customers by id, who are asked for all at once. */
const freeFields: ReadonlySet<string> = new Set(["me", "dataset", "catalog", "customer"]);

/** Fields that ask several. */
const questionsOf: Readonly<Record<string, number>> = Object.freeze({ insights: 1 + insightFunctions.length });

type Arguments = Readonly<Record<string, unknown>> | null;

/**
 * A field that is selected twice counts twice: the estimate errs upwards. Without the facts of a snapshot, lists of months count as one row
 * where they are as long as the data. `mostFirst`: what it would cost if no page were larger.
 */
export function documentCost(
  operation: Operation,
  facts: SnapshotFacts | null,
  mostFirst = Number.POSITIVE_INFINITY,
): Cost {
  const { schema, definition, fragments, variables } = operation;
  const root = schema.getQueryType();
  const weighed = new Map<string, Cost>();

  const costOfSet = ({ selections }: SelectionSetNode, parent: GraphQLObjectType): Cost => {
    let sum = nothing;
    for (const node of selections) {
      if (!isIncluded(node, variables)) continue;
      if (node.kind === Kind.FIELD) sum = add(sum, costOfField(node, parent));
      else if (node.kind === Kind.INLINE_FRAGMENT) sum = add(sum, costOfSet(node.selectionSet, parent));
      else sum = add(sum, costOfFragment(node.name.value, parent));
    }
    return sum;
  };

  // No type is abstract, so a fragment always meets the one type it is written for.
  const costOfFragment = (name: string, parent: GraphQLObjectType): Cost => {
    const known = weighed.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    const cost = fragment ? costOfSet(fragment.selectionSet, parent) : nothing;
    weighed.set(name, cost);
    return cost;
  };

  /** What is given costs as well: it is read, judged and sent on each time it is used. */
  const costOfField = (node: FieldNode, parent: GraphQLObjectType): Cost => {
    const field = fieldOf(operation, parent, node);
    const given = field && (node.selectionSet || node.arguments?.length) ? argumentsOf(operation, field, node) : null;
    const cost = costOfAnswer(node, field, given, parent);
    return given === null ? cost : { ...cost, values: cost.values + listedIn(given) };
  };

  const costOfAnswer = (
    node: FieldNode,
    field: ReturnType<typeof fieldOf>,
    given: Arguments,
    parent: GraphQLObjectType,
  ): Cost => {
    const type = field && getNamedType(field.type);
    if (field && isColumn(field, parent)) return { ...nothing, rowValues: 1, rowShown: 1, depth: 1 };
    if (!field || !node.selectionSet || !isObjectType(type)) return { ...nothing, values: 1, depth: 1 };
    const below = costOfSet(node.selectionSet, type);
    const isList = isListType(getNullableType(field.type));
    // graphql-js bounds its depth.
    if (isIntrospectionType(type))
      return times(isList ? rowsOfIntrospection : 1, { ...below, depth: 0, repeats: 0, repeated: [] });

    const asksOnItsOwn = parent === root && !freeFields.has(field.name);
    const cost = {
      ...below,
      depth: below.depth + 1,
      ...(type === parent && {
        repeats: below.repeats + 1,
        repeated: [...new Set([field.name, ...below.repeated])],
      }),
      questions: below.questions + (asksOnItsOwn || isAggregate(type, isList) ? (questionsOf[field.name] ?? 1) : 0),
    };
    if (isList && parent.name.endsWith("Connection"))
      return {
        ...cost,
        objects: 0,
        values: 0,
        rows: 0,
        rowObjects: 1 + below.objects,
        rowValues: below.values,
        rowRows: below.rows,
        rowShown: 1,
      };

    const first = field.args.find((arg) => arg.name === "first");
    if (first) {
      const page = Math.min(mostFirst, rowsOfPage(given?.first ?? first.defaultValue));
      // So many of a plain list, asked for all of its parents at once.
      if (isList) return { ...times(page, cost), questions: cost.questions + 1 };
      const isOfSegment = parent.name === "Segment";
      return {
        ...cost,
        // A page is read whole, also where nobody looks at its rows.
        objects: 1 + below.objects + page * Math.max(1, below.rowObjects),
        values: below.values + page * below.rowValues,
        rows: below.rows + page * (below.rowShown + below.rowRows),
        page: Math.max(page, below.page),
        rowObjects: 0,
        rowValues: 0,
        rowRows: 0,
        rowShown: 0,
        questions: cost.questions + (parent === root || isOfSegment ? 0 : 1),
        segmentQuestions: below.segmentQuestions + (isOfSegment ? 1 : 0),
      };
    }
    if (type.name === "Segment") {
      const keys = keysWithCustomers(given?.scheme);
      const asked = { ...cost, questions: cost.questions + keys * below.segmentQuestions, segmentQuestions: 0 };
      return { ...times(isList ? segmentKeys.length : 1, asked), rows: (isList ? keys : 1) * below.rows };
    }
    const months = monthsOf[`${parent.name}.${field.name}`];
    if (months) return { ...times(facts ? monthsOrNone(months, given, facts) : 1, cost), needsFacts: true };
    const isRow = (parent === root && type.name === "Customer") || isEarlierRow(type, parent);
    const length = rowsOfLists[`${parent.name}.${field.name}`] ?? rowsOfList;
    return times(isList ? length : 1, isRow ? { ...cost, rows: 1 + below.rows } : cost);
  };

  return root ? costOfSet(definition.selectionSet, root) : nothing;
}

/** How many values the lists within hold. Values that are no objects are counted without being looked at. */
function listedIn(given: unknown): number {
  if (given === null || typeof given !== "object") return 0;
  if (!Array.isArray(given)) return Object.values(given).reduce((sum: number, part) => sum + listedIn(part), 0);
  const first: unknown = given[0];
  if (first !== null && typeof first !== "object") return given.length;
  return given.reduce((sum: number, part) => sum + 1 + listedIn(part), 0);
}

function add(a: Cost, b: Cost): Cost {
  return {
    objects: a.objects + b.objects,
    values: a.values + b.values,
    rowObjects: a.rowObjects + b.rowObjects,
    rowValues: a.rowValues + b.rowValues,
    rows: a.rows + b.rows,
    rowRows: a.rowRows + b.rowRows,
    rowShown: a.rowShown || b.rowShown,
    page: Math.max(a.page, b.page),
    depth: Math.max(a.depth, b.depth),
    repeats: Math.max(a.repeats, b.repeats),
    repeated: b.repeats > a.repeats ? b.repeated : a.repeated,
    questions: a.questions + b.questions,
    segmentQuestions: a.segmentQuestions + b.segmentQuestions,
    needsFacts: a.needsFacts || b.needsFacts,
  };
}

/** A list with a value for each row of a page. */
function isColumn({ type }: GraphQLField<unknown, unknown>, parent: GraphQLObjectType): boolean {
  return parent.name.endsWith("Columns") && isLeafType(getNamedType(type)) && isColumnType(type);
}

/** Beside the rows of a metrics answer its totals and each of the earlier rows are a question of their own. */
function isAggregate({ name }: GraphQLObjectType, isList: boolean): boolean {
  return name === "MetricRow" && !isList;
}

/** A row of figures that another one leads to. */
function isEarlierRow(type: GraphQLObjectType, parent: GraphQLObjectType): boolean {
  return type === parent && type.name === "MetricRow";
}

/** So many objects, each with what is below. What they ask is asked for all of them at once. */
function times(rows: number, below: Cost): Cost {
  return { ...below, objects: rows * (1 + below.objects), values: rows * below.values, rows: rows * below.rows };
}

/** A number that no page may have is refused by the field itself. */
function rowsOfPage(first: unknown): number {
  return typeof first === "number" && first >= 1 ? first : 1;
}

/** The segments whose customers are asked for one by one: GUEST and UNSCORED have none who bought. */
function keysWithCustomers(scheme: unknown): number {
  const known = typeof scheme === "string" && Object.hasOwn(segmentSchemes, scheme);
  return known ? segmentSchemes[scheme as SchemeName].rules.length : segmentKeys.length;
}

/** Lists of months, as long as their resolvers make them. */
const monthsOf: Readonly<Record<string, (given: Arguments, facts: SnapshotFacts) => number>> = Object.freeze({
  "Query.revenueByMonth": (given, facts) => {
    const { month } = salesWhere(given?.where as SalesFilter | null | undefined) ?? {};
    return monthsAsked(given?.from as string, given?.to as string, month, facts).length;
  },
  "Query.cohorts": (given, facts) => {
    const { cohortMonth } = salesWhere(given?.where as SalesFilter | null | undefined) ?? {};
    return monthsAsked(given?.from as string, given?.to as string, cohortMonth, facts).length;
  },
  "Cohort.retention": (_, facts) => {
    const { first, last } = monthsOfData(facts);
    return monthsBetween(first, last) + 1;
  },
});

function monthsOrNone(
  months: (given: Arguments, facts: SnapshotFacts) => number,
  given: Arguments,
  facts: SnapshotFacts,
): number {
  try {
    return months(given, facts);
  } catch (cause) {
    // The field refuses this itself.
    if (cause instanceof Consumer360Error) return 1;
    throw cause;
  }
}
