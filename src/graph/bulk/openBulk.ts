// Opens the rows of a document that is to be streamed: judged as the shield and the query floor judge it, counted where the asker is
// bounded, its first page read.
import type { GraphQLSchema } from "graphql";
import { Consumer360Error } from "../../kernel/errors.ts";
import type { Value } from "../../query/answer.ts";
import { forbidden } from "../../query/validate.ts";
import { type FieldVisibility, fateByRule, fieldVisibilities } from "../fieldVisibility.ts";
import type { GraphContext } from "../GraphContext.ts";
import type { Operation } from "../readOperation.ts";
import type { Bulk, BulkColumn, BulkPage, BulkRows } from "./BulkRows.ts";
import { type BulkField, bulkSelection } from "./bulkSelection.ts";
import { readBulk } from "./readBulk.ts";

/** Throws what refuses the document, its cost, or its first page. */
export async function openBulk(operation: Operation, context: GraphContext, bulk: Bulk): Promise<BulkRows> {
  const selection = bulkSelection(operation);
  const fates = fatesOf(operation.schema, selection.path, context);
  if (fates.includes("refused")) throw forbidden();
  const { fields } = selection;
  const hidden = fates.slice(-fields.length).map((fate) => fate === "null");
  const reserved = fields.find(({ name }) => bulk.reserved.includes(name));
  if (reserved)
    throw new Consumer360Error("BAD_USER_INPUT", `No column of this format can be called \`${reserved.name}\`.`, {
      remedy: `Give it another name: \`its${reserved.name}: ${reserved.field}\`.`,
    });

  const most = selection.isBounded ? boundedMost(Number(selection.args.first)) : null;
  const { mostRows } = context.scope;
  const isCounted = bulk.isCounted || (mostRows !== null && (most === null || most > mostRows));
  const shown = fields.filter((_, at) => !hidden[at]);
  // What is refused for its length has been counted and begun, and is not to be had for nothing again and again.
  if (isCounted) await context.spend?.({ rows: 0, values: openingCost });
  const pages = readBulk({ ...selection, fields: shown }, { operation, context, most, isCounted });
  const step = await pages.next();
  const first = step.done ? { count: 0, values: [], totalCount: 0 } : step.value;
  if (isCounted) {
    const rows = Math.min(first.totalCount ?? 0, most ?? Number.POSITIVE_INFINITY);
    await judgeCount(rows, context, fields);
  }

  const laidOut = (page: BulkPage): BulkPage => withHidden(page, hidden);
  return {
    columns: fields.map(columnOf),
    facts: await context.snapshot(),
    notices: context.scope.notices,
    first: laidOut(first),
    rest: (async function* () {
      for await (const page of pages) yield laidOut(page);
    })(),
  };
}

const known = new WeakMap<GraphQLSchema, ReadonlyMap<string, FieldVisibility>>();

function fatesOf(schema: GraphQLSchema, path: readonly string[], { scope }: GraphContext) {
  const visibilities =
    known.get(schema) ?? new Map(fieldVisibilities(schema).map((field) => [`${field.type}.${field.field}`, field]));
  known.set(schema, visibilities);
  return path.map((at) => {
    const visibility = visibilities.get(at);
    return visibility ? fateByRule(visibility, scope) : "refused";
  });
}

function boundedMost(first: number): number {
  if (first >= 1) return first;
  throw new Consumer360Error("BAD_USER_INPUT", `\`first\` is ${first}; it must be 1 or more.`, {
    remedy: "Leave it out for all rows.",
  });
}

/** Values that a stream costs at least where its rows are counted first. */
const openingCost = 100;

/** What an asker may have is held against the whole of the stream: nothing is cut short. */
async function judgeCount(
  rows: number,
  { scope: { mostRows }, spend }: GraphContext,
  fields: readonly BulkField[],
): Promise<void> {
  if (mostRows !== null && rows > mostRows) {
    // not how many: that is a figure, which the role may not be shown
    const bound = mostRows.toLocaleString("en-US");
    throw new Consumer360Error(
      "QUERY_TOO_COSTLY",
      `The stream has more rows than the ${bound} that your role may have.`,
      {
        remedy: `Nothing is cut short: ask for \`first: ${mostRows}\` at most, and go on with \`after\`, or filter.`,
      },
    );
  }
  await spend?.({ rows, values: Math.max(0, rows * fields.length - openingCost) });
}

function columnOf({ name, type, isList }: BulkField): BulkColumn {
  const isText = type.name === "String" || type.name === "ID";
  return { name, form: isText ? (isList ? "texts" : "text") : "word" };
}

/** A column that is hidden from the asker is there, and empty. */
function withHidden({ count, values }: BulkPage, hidden: readonly boolean[]): BulkPage {
  if (!hidden.includes(true)) return { count, values };
  const nothing: readonly Value[] = Array(count).fill(null);
  let shown = -1;
  return {
    count,
    values: hidden.map((isHidden) => {
      if (isHidden) return nothing;
      shown += 1;
      return values[shown] ?? [];
    }),
  };
}
