// Reads the rows of a stream page by page, with the questions that the graph's own resolvers ask.
import { assertNever } from "../../kernel/errors.ts";
import type { SchemeName } from "../../model/segmentSchemes.ts";
import type { AnswerPage, MetricRow, RowPage, Value } from "../../query/answer.ts";
import { askPages } from "../../query/askPages.ts";
import type { Page } from "../../query/request.ts";
import { churnRiskRows } from "../churnRiskRows.ts";
import { type AskAttributes, attributesOf, figureColumns, namesOf } from "../customerColumns.ts";
import { customersOrder, customersQuestion } from "../customerQuestion.ts";
import type { GraphContext } from "../GraphContext.ts";
import type { CustomerFilter } from "../inputs/CustomerFilter.ts";
import type { CustomerOrder } from "../inputs/CustomerOrder.ts";
import type { MeasureFilter } from "../inputs/MeasureFilter.ts";
import type { MetricOrder } from "../inputs/MetricOrder.ts";
import type { SalesFilter } from "../inputs/SalesFilter.ts";
import { judgeMetrics } from "../judgeMetrics.ts";
import { lineColumnsBehind } from "../lineFields.ts";
import { metricNode } from "../metricNodes.ts";
import { metricsHaving, metricsOrder, metricsQuestion } from "../metricsQuestion.ts";
import type { Operation } from "../readOperation.ts";
import { selectionOf, selectionsOf } from "../selectedFields.ts";
import { customersHaving, customersWhere, salesWhere } from "../toWhere.ts";
import type { BulkPage } from "./BulkRows.ts";
import type { BulkField, BulkSelection } from "./bulkSelection.ts";

/** Rows of a page: lines are cheap; of customers and figures each page is computed anew. */
const lineRows = 5_000;
const figureRows = 10_000;

type CountedPage = BulkPage & Readonly<{ totalCount: number | null }>;

type Reading = Readonly<{
  operation: Operation;
  context: GraphContext;
  /** Null: all. */
  most: number | null;
  /** Whether the first page tells how many rows the list has. */
  isCounted: boolean;
}>;

export function readBulk(selection: BulkSelection, reading: Reading): AsyncGenerator<CountedPage, void> {
  switch (selection.list) {
    case "factSales":
      return lines(selection, reading);
    case "customers":
    case "churnRisk":
      return customers(selection, reading);
    case "metrics":
      return metrics(selection, reading);
    default:
      return assertNever(selection.list);
  }
}

async function* lines({ fields, args }: BulkSelection, reading: Reading): AsyncGenerator<CountedPage, void> {
  const columns = lineColumnsBehind(namesIn(fields));
  const where = salesWhere(args.where as SalesFilter | null | undefined);
  const pages = pagesOf(args, reading, lineRows, (page, count) =>
    reading.context.askUnkept({ kind: "lineColumns", columns, where, page, count, cursors: "ends" }),
  );
  for await (const { columns: found, count, totalCount } of pages)
    yield {
      count,
      totalCount,
      values: fields.map(({ field }) => (found as Readonly<Record<string, readonly Value[]>>)[field] ?? []),
    };
}

async function* customers(selection: BulkSelection, reading: Reading): AsyncGenerator<CountedPage, void> {
  const { fields, args } = selection;
  const { context } = reading;
  const names = namesIn(fields);
  const filter = args.where as CustomerFilter | null | undefined;
  const list = { where: customersWhere(filter), having: customersHaving(filter) };
  const pageOf = async (page: Page, count: boolean): Promise<RowPage<MetricRow>> => {
    if (selection.list === "churnRisk") {
      const found = await context.askUnkept({ kind: "churnRisk", ...list, page, count });
      return { ...found, rows: await churnRiskRows(names, found.rows, context.askUnkept) };
    }
    const orderBy = customersOrder(args.orderBy as CustomerOrder[]);
    return context.askUnkept(customersQuestion(names, { ...list, orderBy, page, count }));
  };
  const pages = pagesOf(args, reading, figureRows, pageOf);
  for await (const { rows, totalCount } of pages) {
    const figures = figureColumns(names, rows);
    const attributes = onceFor(figures.id, context);
    const values = await Promise.all(fields.map((field) => columnOf(field, figures, attributes, context)));
    yield { count: rows.length, totalCount, values };
  }
}

/** One statement for a page's attributes, if any. */
function onceFor(ids: readonly string[], { askUnkept }: GraphContext): AskAttributes {
  let asked: ReturnType<AskAttributes> | undefined;
  return () => {
    asked ??= askUnkept({ kind: "customerAttributes", ids });
    return asked;
  };
}

async function columnOf(
  { field, args }: BulkField,
  figures: ReturnType<typeof figureColumns>,
  attributes: AskAttributes,
  context: GraphContext,
): Promise<readonly Value[]> {
  switch (field) {
    case "name":
      return namesOf(figures.id, attributes, context);
    case "segmentKey": {
      const scheme = (args.scheme ?? "CLASSIC") as SchemeName;
      return (await attributesOf(figures.id, attributes)).map(({ segments }) => segments[scheme]);
    }
    default:
      return figures[field] ?? [];
  }
}

async function* metrics({ nodes, fields, args }: BulkSelection, reading: Reading): AsyncGenerator<CountedPage, void> {
  const { operation, context } = reading;
  const info = {
    fieldNodes: nodes,
    fragments: Object.fromEntries(operation.fragments),
    variableValues: { ...operation.variables },
  };
  const question = metricsQuestion(selectionOf(info), {
    where: salesWhere(args.where as SalesFilter | null | undefined),
    having: metricsHaving(args.having as MeasureFilter[] | null | undefined),
    orderBy: metricsOrder(args.orderBy as MetricOrder[] | null | undefined),
    spine: args.spine === true,
  });
  judgeMetrics(question, selectionsOf(info, "nodes"), context.scope);
  const pages = pagesOf(args, reading, figureRows, (page, count) =>
    context.askUnkept({ ...question, rows: true, page, count }),
  );
  for await (const { rows, totalCount } of pages) {
    const shown = rows.map((row) => metricNode(row));
    const values = fields.map(({ field }) => shown.map((row) => (row[field] ?? null) as Value));
    yield { count: rows.length, totalCount, values };
  }
}

function pagesOf<Answer extends AnswerPage>(
  { after }: BulkSelection["args"],
  { context, most, isCounted }: Reading,
  pageSize: number,
  ask: (page: Page, count: boolean) => Promise<Answer>,
): AsyncGenerator<Answer, void> {
  // A cursor that is none of ours goes on as a text that is none of anybody's.
  const from = typeof after === "string" ? (context.openCursor(after) ?? "") : undefined;
  return askPages((page, isFirst) => ask(page, isCounted && isFirst), { pageSize, most, after: from });
}

const namesIn = (fields: readonly BulkField[]) => new Set(fields.map(({ field }) => field));
