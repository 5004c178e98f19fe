// The one way from a question to an answer: validate → plan → restrict → compile → execute → decode. Whoever asks says at which
// snapshot and under which scope; both are part of every statement.

import type { ModelCard } from "../kernel/ModelCard.ts";
import { storableOf } from "../kernel/storableText.ts";
import { finestGrain } from "../model/dimensions.ts";
import type { Scope } from "../model/scope.ts";
import type { ReadWarehouse, StoredRow } from "../warehouse/openReadWarehouse.ts";
import type {
  BoughtTogether,
  Cursors,
  CustomerAttributes,
  CustomerLinesAnswer,
  LineColumnsAnswer,
  LinesAnswer,
  MetricsAnswer,
  Movements,
  Outlook,
  ProductAttributes,
  QueryTrace,
  RevenueAtRisk,
  RowPage,
} from "./answer.ts";
import { answerFixedTable } from "./answerFixedTable.ts";
import { answerMovements } from "./answerMovements.ts";
import { answerModelCard, answerOutlooks, answerRevenueAtRisk, refuseWithoutModels } from "./answerOutlooks.ts";
import { answerProductAttributes, answerProductPairs } from "./answerProducts.ts";
import { whereEarlier } from "./calendarConditions.ts";
import { compileCustomerAttributes } from "./compile/compileCustomerAttributes.ts";
import {
  compileCustomerLines,
  compileLines,
  customerLineKeys,
  customerLineKeyTypes,
  lineKeyTypes,
} from "./compile/compileLines.ts";
import {
  allMeasures,
  compileMetricRows,
  earlierPrefix,
  keyType,
  orderKeys,
  type RowsPlan,
} from "./compile/compileMetrics.ts";
import {
  churnRiskKeys,
  churnRiskKeyTypes,
  compileChurnRisk,
  compileChurnRiskCount,
} from "./compile/compileOutlooks.ts";
import {
  compileSummary,
  countColumn,
  countedRequest,
  type SummaryPlan,
  totalsRequest,
} from "./compile/compileSummary.ts";
import { allLineColumns } from "./compile/lineColumns.ts";
import type { WrittenStatement } from "./compile/parameters.ts";
import type { Source } from "./compile/source.ts";
import { tooManyCombinations } from "./compile/spineSql.ts";
import { decodeCursor, encodeCursor, notACursor, questionHash } from "./cursor.ts";
import { cursorsOf } from "./cursorsOf.ts";
import { decodeLineColumns, keysOfLines, rowsOfColumns } from "./decodeLineColumns.ts";
import { decodeEarlierRow, decodeMetricRow } from "./decodeMetrics.ts";
import { decodeOutlook } from "./decodeOutlook.ts";
import { decodeCustomerAttributes, decodeLine } from "./decodeRows.ts";
import { type MetricsPlan, ordersOf, planMetrics, sourcesOf } from "./plan.ts";
import type { KeyType, Position } from "./position.ts";
import type {
  ChurnRiskRequest,
  CustomerAttributesRequest,
  CustomerLinesRequest,
  LineColumnsRequest,
  LinesRequest,
  MetricsRequest,
  ModelCardRequest,
  OutlooksRequest,
  Page,
  ProductAttributesRequest,
  ProductPairsRequest,
  Request,
  RevenueAtRiskRequest,
  SegmentMovementsRequest,
} from "./request.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";
import { spineOf, spineTooLong } from "./spineOf.ts";
import { type SplitRequest, splitByPage } from "./splitByPage.ts";
import { validate } from "./validate.ts";

/** Who asks where: a warehouse, one snapshot of it, one scope. */
export type Asker = Readonly<{
  warehouse: ReadWarehouse;
  snapshot: SnapshotFacts;
  scope: Scope;
  /** Called before each statement. */
  trace?: (trace: QueryTrace) => void;
  /** What may be read, smallest first, the lines last; all that the snapshot has where it is left out. */
  sources?: readonly Source[];
}>;

export type AnswerTo<R extends Request> = R extends MetricsRequest
  ? MetricsAnswer
  : R extends LinesRequest
    ? LinesAnswer
    : R extends LineColumnsRequest
      ? LineColumnsAnswer
      : R extends CustomerLinesRequest
        ? CustomerLinesAnswer
        : R extends CustomerAttributesRequest
          ? readonly (CustomerAttributes | null)[]
          : R extends OutlooksRequest
            ? readonly (Outlook | null)[]
            : R extends ChurnRiskRequest
              ? RowPage<Outlook>
              : R extends RevenueAtRiskRequest
                ? readonly [RevenueAtRisk | null]
                : R extends ModelCardRequest
                  ? readonly [ModelCard | null]
                  : R extends ProductAttributesRequest
                    ? readonly (ProductAttributes | null)[]
                    : R extends ProductPairsRequest
                      ? readonly (readonly BoughtTogether[] | null)[]
                      : R extends SegmentMovementsRequest
                        ? readonly [Movements | null]
                        : never;

export async function ask<R extends Request>(request: R, asker: Asker): Promise<AnswerTo<R>> {
  validate(request, asker.scope);
  return (await answerTo(request, asker)) as AnswerTo<R>;
}

function answerTo(request: Request, asker: Asker): Promise<AnswerTo<Request>> {
  switch (request.kind) {
    case "metrics": {
      const { minimumCustomers } = asker.scope;
      if (minimumCustomers === null) return answerMetrics(request, asker);
      return answerFixedTable(request, minimumCustomers, (question) => answerMetrics(question, asker));
    }
    case "lines":
      return answerLines(request, asker);
    case "lineColumns":
      return answerLineColumns(request, asker);
    case "customerLines":
      return answerCustomerLines(request, asker);
    case "customerAttributes":
      return answerCustomerAttributes(request, asker);
    case "outlooks":
      return answerOutlooks(request, asker, (statement) => execute(statement, asker, undefined));
    case "churnRisk":
      return answerChurnRisk(request, asker);
    case "revenueAtRisk":
      return answerRevenueAtRisk(asker, (statement) => execute(statement, asker, undefined));
    case "modelCard":
      return answerModelCard(asker, (statement) => execute(statement, asker, undefined));
    case "productAttributes":
      return answerProductAttributes(request, asker.snapshot, (statement) => execute(statement, asker, undefined));
    case "productPairs":
      return answerProductPairs(request, asker.snapshot, (statement) => execute(statement, asker, undefined));
    case "segmentMovements":
      return answerMovements(request, asker.snapshot, asker.scope, (statement) => execute(statement, asker, undefined));
  }
}

async function execute(
  statement: WrittenStatement,
  { warehouse, scope, snapshot, trace }: Asker,
  after: string | undefined,
  notUsed: QueryTrace["notUsed"] = [],
): Promise<StoredRow[]> {
  trace?.({ sources: statement.reads, notUsed, sql: statement.text });
  try {
    return await warehouse.read(statement, scope, snapshot);
  } catch (cause) {
    // Every other value was checked before; one that PostgreSQL cannot read as the key it should be comes from a forged cursor.
    if (after !== undefined && isDataException(cause)) throw notACursor();
    if (codeOf(cause) === tooManyCombinations) throw spineTooLong();
    throw cause;
  }
}

/** A text that is no value of its type, or one out of its range. */
const isDataException = (cause: unknown) => ["22P02", "22003", "22007", "22008"].includes(codeOf(cause));

const codeOf = (cause: unknown) => String((cause as { code?: unknown } | null)?.code ?? "");

async function answerMetrics(request: MetricsRequest, asker: Asker): Promise<MetricsAnswer> {
  const keys = orderKeys(request).map((key) => key.member);
  const paging = pagingOf(request, request.page, asker, keys.map(keyType));
  const [stored, summary] = await Promise.all([
    request.rows === false ? [] : readRows(request, asker, paging.after),
    request.count || request.totals ? readSummary(request, asker) : null,
  ]);
  const { kept, hasNextPage } = cut(stored, request.page);
  const { dimensions, measures } = request;
  return {
    rows: kept.map((row) => decodeMetricRow(row, dimensions, measures)),
    cursors: cursorsAt(request.page ? kept : [], keys, paging),
    hasNextPage,
    earlier: (request.earlier ?? []).map((_, at) =>
      kept.map((row) => decodeEarlierRow(row, earlierPrefix(at), dimensions, measures)),
    ),
    totalCount: request.count ? Number(summary?.[countColumn]) : null,
    totals: request.totals && summary ? decodeMetricRow(summary, [], request.totals) : null,
    withheld: [],
  };
}

async function readRows(request: MetricsRequest, asker: Asker, after: Position | null): Promise<StoredRow[]> {
  const sources = asker.sources ?? sourcesOf(asker.snapshot);
  const split = splitByPage(request, sources);
  if (split) return readInTwo(split, asker, after);
  const grain = finestGrain(request.dimensions);
  const plan: RowsPlan = {
    rows: planMetrics({ ...request, measures: allMeasures(request) }, sources),
    earlier: (request.earlier ?? []).map((shift) =>
      planMetrics({ ...request, where: grain ? whereEarlier(request.where ?? {}, grain, shift) : {} }, sources),
    ),
    spine: spineOf(request, asker.snapshot),
  };
  const statement = compileMetricRows(request, asker, plan, after);
  return execute(statement, asker, request.page?.after, missesOf([plan.rows, ...plan.earlier]));
}

/** The rows of a page, and to each what is asked of its customer afterwards. */
async function readInTwo(split: SplitRequest, asker: Asker, after: Position | null): Promise<StoredRow[]> {
  const rows = await readRows(split.page, asker, after);
  const customers = rows.map(({ customer }) => String(customer));
  const found = customers.length === 0 ? [] : await readRows(split.afterwards(customers), asker, null);
  const byCustomer = new Map(found.map((row) => [row.customer, row]));
  return rows.map((row) => ({ ...byCustomer.get(row.customer), ...row }));
}

/** Totals and count, in one row. */
async function readSummary(request: MetricsRequest, asker: Asker): Promise<StoredRow | undefined> {
  const sources = asker.sources ?? sourcesOf(asker.snapshot);
  const plan: SummaryPlan = {
    totals: request.totals ? planMetrics(totalsRequest(request), sources) : null,
    count: request.count ? planMetrics(countedRequest(request), sources) : null,
    spine: spineOf(request, asker.snapshot),
  };
  const plans = [plan.totals, plan.count].filter((part) => part !== null);
  const [row] = await execute(compileSummary(request, asker, plan), asker, undefined, missesOf(plans));
  return row;
}

/** Smaller sources that could not be taken, each once. */
function missesOf(plans: readonly MetricsPlan[]): QueryTrace["notUsed"] {
  const misses = plans.flatMap((plan) => plan.notUsed);
  return [...new Map(misses.map((miss) => [`${miss.source} ${miss.why}`, miss])).values()];
}

async function answerLines(request: LinesRequest, asker: Asker): Promise<LinesAnswer> {
  const { columns, count, ...page } = await answerLineColumns(
    { ...request, kind: "lineColumns", columns: request.columns ?? allLineColumns },
    asker,
  );
  return { ...page, rows: rowsOfColumns({ columns, count }) };
}

async function answerLineColumns(request: LineColumnsRequest, asker: Asker): Promise<LineColumnsAnswer> {
  const paging = pagingOf(request, request.page, asker, lineKeyTypes);
  const statement = compileLines(request, request.columns, settingOf(asker), paging.after);
  const [[row], totalCount] = await Promise.all([
    execute(statement, asker, request.page.after),
    request.count ? countLines(request, asker) : null,
  ]);
  const found = decodeLineColumns(row ?? {}, request.columns, request.page.first);
  const keysAt = keysOfLines(row ?? {}, found.count);
  return { ...found, cursors: cursorsOf(found.count, (at) => paging.cursor(keysAt(at))), totalCount };
}

const settingOf = (asker: Asker) => ({ ...asker, orders: ordersOf(asker.sources ?? sourcesOf(asker.snapshot)) });

/** Lines are counted like any other measure, from the smallest source that can. */
async function countLines(request: LineColumnsRequest, asker: Asker): Promise<number> {
  const answer = await answerMetrics(
    { kind: "metrics", measures: ["lines"], dimensions: [], where: request.where },
    asker,
  );
  return Number(answer.rows[0]?.lines ?? 0);
}

async function answerCustomerLines(request: CustomerLinesRequest, asker: Asker): Promise<CustomerLinesAnswer> {
  const ids = storableOf([...new Set(request.ids)]);
  const paging = pagingOf({ ...request, ids: [] }, request.page, asker, customerLineKeyTypes);
  const [stored, counts] = await Promise.all([
    execute(compileCustomerLines({ ...request, ids }, settingOf(asker), paging.after), asker, request.page.after),
    request.count
      ? answerMetrics(
          { kind: "metrics", measures: ["lines"], dimensions: ["customer"], where: { customer: { in: ids } } },
          asker,
        )
      : null,
  ]);
  const byCustomer = new Map<string, StoredRow[]>();
  for (const row of stored) {
    const id = String(row.customer_key);
    const rows = byCustomer.get(id);
    if (rows) rows.push(row);
    else byCustomer.set(id, [row]);
  }
  const countOf = new Map(counts?.rows.map((row) => [row.customer, Number(row.lines)]));
  return request.ids.map((id) => {
    const { kept, hasNextPage } = cut(byCustomer.get(id) ?? [], request.page);
    return {
      rows: kept.map(decodeLine),
      cursors: cursorsAt(kept, customerLineKeys, paging),
      hasNextPage,
      totalCount: counts ? (countOf.get(id) ?? 0) : null,
    };
  });
}

async function answerCustomerAttributes(
  request: CustomerAttributesRequest,
  asker: Asker,
): Promise<readonly (CustomerAttributes | null)[]> {
  const ids = storableOf([...new Set(request.ids)]);
  const stored = await execute(compileCustomerAttributes(ids, settingOf(asker)), asker, undefined);
  const byId = new Map(stored.map((row) => [String(row.customer_key), decodeCustomerAttributes(row)]));
  return request.ids.map((id) => byId.get(id) ?? null);
}

async function answerChurnRisk(request: ChurnRiskRequest, asker: Asker): Promise<RowPage<Outlook>> {
  const paging = pagingOf(request, request.page, asker, churnRiskKeyTypes);
  const [stored, counted] = await Promise.all([
    execute(compileChurnRisk(request, asker, paging.after), asker, request.page.after),
    request.count ? execute(compileChurnRiskCount(request, asker), asker, undefined) : null,
  ]);
  if (stored.length === 0 && paging.after === null)
    await refuseWithoutModels(asker, (statement) => execute(statement, asker, undefined));
  const { kept, hasNextPage } = cut(stored, request.page);
  return {
    rows: kept.map(decodeOutlook),
    cursors: cursorsAt(kept, churnRiskKeys, paging),
    hasNextPage,
    totalCount: counted && Number(counted[0]?.rows),
  };
}

/** The position to go on from, and how to write down the position of a row. */
function pagingOf(request: Request, page: Page | undefined, { snapshot, scope }: Asker, types: readonly KeyType[]) {
  // most answers are of the first page, and few cursors are looked at
  let hash: string | undefined;
  const question = () => {
    hash ??= questionHash(request, scope);
    return hash;
  };
  return {
    after: page?.after === undefined ? null : decodeCursor(page.after, snapshot.snapshotId, question(), types),
    cursor: (position: Position) => encodeCursor(snapshot.snapshotId, question(), position),
  };
}

/** `keys`: the columns that hold the values of the order's keys. */
function cursorsAt(
  rows: readonly StoredRow[],
  keys: readonly string[],
  { cursor }: Pick<ReturnType<typeof pagingOf>, "cursor">,
): Cursors {
  return cursorsOf(rows.length, (at) => cursor(keys.map((key) => textOf(rows[at]?.[key]))));
}

function cut(rows: readonly StoredRow[], page: Page | undefined) {
  return page
    ? { kept: rows.slice(0, page.first), hasNextPage: rows.length > page.first }
    : { kept: rows, hasNextPage: false };
}

const textOf = (value: unknown) => (value === null || value === undefined ? null : String(value));
