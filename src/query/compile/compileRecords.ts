// The statements that read the records of loads and their rejected rows. What the scope may not see of them is not read.
import { seesFileTexts, seesLoadAmounts } from "../../model/loadSight.ts";
import type { Scope } from "../../model/scope.ts";
import { LoadRun } from "../../warehouse/entities/LoadRun.ts";
import { RejectedRow } from "../../warehouse/entities/RejectedRow.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import type { KeyType, Position } from "../position.ts";
import type { LoadRunsRequest, RejectFilter, RejectsRequest } from "../recordsRequest.ts";
import { makeParameters, type Parameters, type WrittenStatement, written } from "./parameters.ts";

export const loadRunKeyTypes: readonly KeyType[] = ["integer"];
export const rejectKeyTypes: readonly KeyType[] = ["text", "bigint"];

const runs = tableName(LoadRun);
const rejects = tableName(RejectedRow);

const instant = (column: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ${column}`;

const runColumns = (scope: Scope) => `load_run_id, ${instant("started_at")}, ${instant("finished_at")},
  status, mode, files, account, warnings, stages, snapshot_id, error_code,
  ${seesLoadAmounts(scope) ? "amounts" : "NULL AS amounts"}, ${seesFileTexts(scope) ? "error_message" : "NULL AS error_message"}`;

/** One load more than the page, so that it is known whether another page follows. */
export function compileLoadRuns(request: LoadRunsRequest, scope: Scope, after: Position | null): WrittenStatement {
  const parameters = makeParameters();
  const { bind, read } = parameters;
  const conditions = [
    ...idConditions(request, parameters),
    ...(after === null ? [] : [`load_run_id < ${bind(after[0] ?? null, "integer")}`]),
  ];
  return written(
    `SELECT ${runColumns(scope)}
FROM ${read(runs)}${where(conditions)}
ORDER BY load_run_id DESC
LIMIT ${bind(request.page.first + 1, "bigint")}`,
    parameters,
  );
}

export function compileLoadRunCount(request: LoadRunsRequest): WrittenStatement {
  const parameters = makeParameters();
  const text = `SELECT count(*) AS rows FROM ${parameters.read(runs)}${where(idConditions(request, parameters))}`;
  return written(text, parameters);
}

function idConditions({ id }: LoadRunsRequest, { bind }: Parameters): string[] {
  if (id === undefined) return [];
  return [/^[1-9]\d{0,8}$/.test(id) ? `load_run_id = ${bind(id, "integer")}` : "false"];
}

const where = (conditions: readonly string[]) => (conditions.length === 0 ? "" : `\nWHERE ${conditions.join(" AND ")}`);

/**
 * The rejected rows of each load, one more than the page, in order. `raw_bytes` is what the text of all of them comes to; where that is more
 * than `mostBytes`, no text is read.
 */
export function compileRejects(
  { loadRunIds, page, raw }: RejectsRequest,
  scope: Scope,
  after: Position | null,
  mostBytes: number,
): WrittenStatement {
  const parameters = makeParameters();
  const { bind, read } = parameters;
  const reads = raw && seesFileTexts(scope);
  const [file = null, line = null] = after ?? [];
  const further = after === null ? "" : `\n    AND (r.file, r.line) > (${bind(file, "text")}, ${bind(line, "bigint")})`;
  return written(
    `WITH page AS (
  SELECT r.*
  FROM unnest(${bind([...new Set(loadRunIds)].map(String), "integer[]")}) AS asked (load_run_id)
  CROSS JOIN LATERAL (
    SELECT r.load_run_id, r.file, r.line, r.column_name, r.code, r.settled_in${reads ? ", r.raw" : ""}
    FROM ${read(rejects)} r
    WHERE r.load_run_id = asked.load_run_id${further}
    ORDER BY r.file, r.line
    LIMIT ${bind(page.first + 1, "bigint")}
  ) r
)${
      reads
        ? `, weighed AS (
  SELECT *, sum(octet_length(raw)) OVER () AS raw_bytes FROM page
)
SELECT load_run_id, file, line, column_name, code, settled_in, raw_bytes,
  CASE WHEN raw_bytes <= ${bind(mostBytes, "bigint")} THEN raw END AS raw
FROM weighed`
        : `
SELECT *, 0 AS raw_bytes, NULL AS raw FROM page`
    }
ORDER BY load_run_id, file, line`,
    parameters,
  );
}

export function compileRejectCounts(loadRunIds: readonly number[]): WrittenStatement {
  const parameters = makeParameters();
  return written(
    `SELECT load_run_id, count(*) AS rows
FROM ${parameters.read(rejects)}
WHERE load_run_id = ANY (${parameters.bind(loadRunIds.map(String), "integer[]")})
GROUP BY load_run_id`,
    parameters,
  );
}

/** The newest load with such rejected rows. */
export function compileNewestLoad(filter: Omit<RejectFilter, "loadRunId">): WrittenStatement {
  const parameters = makeParameters();
  return written(
    `SELECT max(load_run_id) AS load_run_id FROM ${parameters.read(rejects)}${where(filterConditions(filter, parameters))}`,
    parameters,
  );
}

export function compileRejectSummary(filter: RejectFilter): WrittenStatement {
  const parameters = makeParameters();
  return written(
    `SELECT file, code, count(*) AS rows, count(settled_in) AS settled
FROM ${parameters.read(rejects)}${where(filterConditions(filter, parameters))}
GROUP BY file, code
ORDER BY file, count(*) DESC, code`,
    parameters,
  );
}

/**
 * The next rejected rows of one file, with their text: as many as hold `mostBytes` of it, and at least one. Within a file, since under row
 * security the index finds a line and not a place among texts.
 */
export function compileRejectBatch(
  filter: RejectFilter & Readonly<{ file: string }>,
  afterLine: number,
  { mostRows, mostBytes }: Readonly<{ mostRows: number; mostBytes: number }>,
): WrittenStatement {
  const parameters = makeParameters();
  const { bind, read } = parameters;
  const conditions = [...filterConditions(filter, parameters), `line > ${bind(afterLine, "bigint")}`];
  return written(
    `WITH next AS (
  SELECT file, line, column_name, code, raw, settled_in
  FROM ${read(rejects)}${where(conditions)}
  ORDER BY line
  LIMIT ${bind(mostRows, "bigint")}
), weighed AS (
  SELECT *, sum(octet_length(raw)) OVER (ORDER BY line) - octet_length(raw) AS bytes_before FROM next
)
SELECT file, line, column_name, code, raw, settled_in
FROM weighed
WHERE bytes_before < ${bind(mostBytes, "bigint")}
ORDER BY line`,
    parameters,
  );
}

function filterConditions({ loadRunId, file, code }: Partial<RejectFilter>, { bind }: Parameters): string[] {
  return [
    ...(loadRunId === undefined ? [] : [`load_run_id = ${bind(loadRunId, "integer")}`]),
    ...(file === undefined ? [] : [`file = ${bind(file, "text")}`]),
    ...(code === undefined ? [] : [`code = ${bind(code, "text")}`]),
  ];
}
