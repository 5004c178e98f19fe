// The one way from a question to an answer: validate → plan → restrict → compile → execute → decode. Whoever asks says at which
// snapshot and under which scope; both are part of every statement.
import { storableOf } from "../kernel/storableText.ts";
import type { Scope } from "../model/scope.ts";
import type { ReadWarehouse, Statement, StoredRow } from "../warehouse/openReadWarehouse.ts";
import type { CustomerAttributes, CustomerLinesAnswer, LinesAnswer, MetricsAnswer } from "./answer.ts";
import { compileCustomerAttributes } from "./compile/compileCustomerAttributes.ts";
import { compileCustomerLines, compileLines, customerLineKeys, lineKeys } from "./compile/compileLines.ts";
import {
  allMeasures,
  compileMetricCount,
  compileMetricRows,
  orderKeys,
  type Position,
} from "./compile/compileMetrics.ts";
import { decodeCursor, encodeCursor, notACursor, questionHash } from "./cursor.ts";
import { decodeMetricRow } from "./decodeMetrics.ts";
import { decodeCustomerAttributes, decodeLine } from "./decodeRows.ts";
import { orderSource, planMetrics } from "./plan.ts";
import type {
  CustomerAttributesRequest,
  CustomerLinesRequest,
  LinesRequest,
  MetricsRequest,
  Page,
  Request,
} from "./request.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";
import { validate } from "./validate.ts";

/** Who asks where: a warehouse, one snapshot of it, one scope. */
export type Asker = Readonly<{ warehouse: ReadWarehouse; snapshot: SnapshotFacts; scope: Scope }>;

export type AnswerTo<R extends Request> = R extends MetricsRequest
  ? MetricsAnswer
  : R extends LinesRequest
    ? LinesAnswer
    : R extends CustomerLinesRequest
      ? CustomerLinesAnswer
      : R extends CustomerAttributesRequest
        ? readonly (CustomerAttributes | null)[]
        : never;

export async function ask<R extends Request>(request: R, asker: Asker): Promise<AnswerTo<R>> {
  validate(request, asker.scope);
  return (await answerTo(request, asker)) as AnswerTo<R>;
}

function answerTo(request: Request, asker: Asker): Promise<AnswerTo<Request>> {
  switch (request.kind) {
    case "metrics":
      return answerMetrics(request, asker);
    case "lines":
      return answerLines(request, asker);
    case "customerLines":
      return answerCustomerLines(request, asker);
    case "customerAttributes":
      return answerCustomerAttributes(request, asker);
  }
}

async function execute(
  statement: Statement,
  { warehouse, scope, snapshot }: Asker,
  after: string | undefined,
): Promise<StoredRow[]> {
  try {
    return await warehouse.read(statement, scope, snapshot);
  } catch (cause) {
    // Every other value was checked before; one that PostgreSQL cannot read as the key it should be comes from a forged cursor.
    if (after !== undefined && isDataException(cause)) throw notACursor();
    throw cause;
  }
}

/** A text that is no value of its type, or one out of its range. */
const isDataException = (cause: unknown) =>
  ["22P02", "22003", "22007", "22008"].includes(String((cause as { code?: unknown } | null)?.code ?? ""));

async function answerMetrics(request: MetricsRequest, asker: Asker): Promise<MetricsAnswer> {
  const touched = [
    ...new Set([...request.dimensions, ...(Object.keys(request.where ?? {}) as typeof request.dimensions)]),
  ];
  const setting = { ...asker, plan: planMetrics(allMeasures(request), touched) };
  const keys = orderKeys(request).map((key) => key.member);
  const paging = pagingOf(request, request.page, asker, keys.length);
  const [stored, counted] = await Promise.all([
    execute(compileMetricRows(request, setting, paging.after), asker, request.page?.after),
    request.count ? execute(compileMetricCount(request, setting), asker, undefined) : null,
  ]);
  const { kept, hasNextPage } = cut(stored, request.page);
  return {
    rows: kept.map((row) => decodeMetricRow(row, request.dimensions, request.measures)),
    cursors: request.page ? kept.map((row) => paging.cursor(keys.map((key) => textOf(row[key])))) : [],
    hasNextPage,
    totalCount: counted ? Number(counted[0]?.count) : null,
  };
}

async function answerLines(request: LinesRequest, asker: Asker): Promise<LinesAnswer> {
  const paging = pagingOf(request, request.page, asker, lineKeys.length);
  const [stored, count] = await Promise.all([
    execute(compileLines(request, { ...asker, orders: orderSource }, paging.after), asker, request.page.after),
    request.count ? countLines(request, asker) : null,
  ]);
  const { kept, hasNextPage } = cut(stored, request.page);
  return {
    rows: kept.map(decodeLine),
    cursors: kept.map((row) => paging.cursor(lineKeys.map((key) => textOf(row[key])))),
    hasNextPage,
    totalCount: count,
  };
}

/** Lines are counted like any other measure, from the smallest source that can. */
async function countLines(request: LinesRequest, asker: Asker): Promise<number> {
  const answer = await answerMetrics(
    { kind: "metrics", measures: ["lines"], dimensions: [], where: request.where },
    asker,
  );
  return Number(answer.rows[0]?.lines ?? 0);
}

async function answerCustomerLines(request: CustomerLinesRequest, asker: Asker): Promise<CustomerLinesAnswer> {
  const ids = storableOf([...new Set(request.ids)]);
  const paging = pagingOf({ ...request, ids: [] }, request.page, asker, customerLineKeys.length);
  const [stored, counts] = await Promise.all([
    execute(
      compileCustomerLines({ ...request, ids }, { ...asker, orders: orderSource }, paging.after),
      asker,
      request.page.after,
    ),
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
      cursors: kept.map((row) => paging.cursor(customerLineKeys.map((key) => textOf(row[key])))),
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
  const stored = await execute(compileCustomerAttributes(ids, { ...asker, orders: orderSource }), asker, undefined);
  const byId = new Map(stored.map((row) => [String(row.customer_key), decodeCustomerAttributes(row)]));
  return request.ids.map((id) => byId.get(id) ?? null);
}

/** The position to go on from, and how to write down the position of a row. */
function pagingOf(request: Request, page: Page | undefined, { snapshot, scope }: Asker, keys: number) {
  const question = questionHash(request, scope);
  return {
    after: page?.after === undefined ? null : decodeCursor(page.after, snapshot.snapshotId, question, keys),
    cursor: (position: Position) => encodeCursor(snapshot.snapshotId, question, position),
  };
}

function cut(rows: readonly StoredRow[], page: Page | undefined) {
  return page
    ? { kept: rows.slice(0, page.first), hasNextPage: rows.length > page.first }
    : { kept: rows, hasNextPage: false };
}

const textOf = (value: unknown) => (value === null || value === undefined ? null : String(value));
