// The statements that read single lines: a keyset page of all lines, by customer and time, or the latest lines of several customers
// at once. What hangs on a line (the product's description, the segment) is joined to the page, not to everything before it.
import { assertNever } from "../../kernel/errors.ts";
import type { Scope } from "../../model/scope.ts";
import { DimProduct } from "../../warehouse/entities/DimProduct.ts";
import { RfmSegment } from "../../warehouse/entities/RfmSegment.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import type { LineColumn } from "../answer.ts";
import type { KeyType, Position } from "../position.ts";
import type { CustomerLinesRequest, LineColumnsRequest, LinesRequest } from "../request.ts";
import type { SnapshotFacts } from "../snapshotFacts.ts";
import { columnText, type StoredColumn, storedColumns, storedColumnsFor } from "./lineColumns.ts";
import { lineReading } from "./lineSource.ts";
import { type Moment, momentOf } from "./moment.ts";
import { makeParameters, type Parameters, type WrittenStatement, written } from "./parameters.ts";
import { makeRowSet, scopeConditions } from "./rowSet.ts";
import type { Reading } from "./source.ts";

/** At which snapshot, under which scope; `orders` knows every customer's first one. */
type Setting = Readonly<{ snapshot: SnapshotFacts; scope: Scope; orders: Reading }>;

/** The order of all lines: that of their primary key, so that a page costs what it holds. */
export const lineKeys = ["customer_key", "ordered_at", "invoice", "line_no", "country", "guest"] as const;
export const lineKeyTypes: readonly KeyType[] = ["text", "timestamp", "text", "integer", "text", "boolean"];

/** The order of one customer's lines: latest first. */
export const customerLineKeys = ["ordered_at", "invoice", "line_no", "country"] as const;
export const customerLineKeyTypes: readonly KeyType[] = ["timestamp", "text", "integer", "text"];

const stored = `f.customer_key, f.guest, f.ordered_at, f.invoice, f.country, f.line_no,
      f.product, f.quantity, f.unit_price, f.amount, f.kind, f.line_type`;

const products = (moment: Moment, { read }: Parameters) =>
  `LEFT JOIN ${read(tableName(DimProduct))} p ON p.product = f.product AND p.snapshot_id = ${moment.snapshot}`;

/** The order's keys of a line, as the text that a cursor holds. */
const keyTexts = lineKeys.map((key) => `f.${key}::text`);

/** The column of the answer that holds the keys of every line, and those that hold a key of the first and the last one. */
export const everyKeyColumn = "keys";
export const firstKeyColumn = (at: number) => `first key ${at + 1}`;
export const lastKeyColumn = (at: number) => `last key ${at + 1}`;
/** The column that tells how many lines were found. */
export const foundColumn = "found";

/** In one row: each column of the page as one value. One line more than the page, so that it is known whether another page follows. */
export function compileLines(
  request: LinesRequest | LineColumnsRequest,
  columns: readonly LineColumn[],
  setting: Setting,
  after: Position | null,
): WrittenStatement {
  const parameters = makeParameters();
  const moment = momentOf(setting.snapshot, parameters);
  const rows = makeRowSet({
    reading: lineReading,
    orders: setting.orders,
    moment,
    scope: setting.scope,
    where: request.where ?? {},
    dimensions: [],
    needsFirstOrder: false,
    identifiedOnly: false,
    parameters,
  });
  const keys = lineKeys.map((key) => `f.${key}`).join(", ");
  const position = after?.map((value, index) => parameters.bind(value, lineKeyTypes[index] as string)).join(", ");
  const ctes = [
    ...[...rows.with].map(([name, text]) => `${name} AS (\n${text}\n)`),
    `page AS (
SELECT ${stored}
${rows.from}${position === undefined ? "" : `\n  AND (${keys}) > (${position})`}
ORDER BY ${keys}
LIMIT ${parameters.bind(request.page.first + 1, "bigint")}
)`,
  ];
  const read = storedColumnsFor(columns).map((name): [string, StoredColumn] => [name, storedColumns[name]]);
  const joined = (what: StoredColumn["joins"]) => read.some(([, { joins }]) => joins === what);
  const segment = `LEFT JOIN ${tableName(RfmSegment)} s ON s.customer_key = f.customer_key AND NOT f.guest AND s.snapshot_id = ${moment.snapshot}`;
  const values = [
    `count(*) AS ${foundColumn}`,
    ...read.map(([name, column]) => `${columnText(column)} AS "${name}"`),
    ...keyValues(request, parameters),
  ];
  const page = [
    `SELECT ${["f.*", ...(joined("product") ? ["p.description", "p.category"] : []), ...(joined("segment") ? ["s.classic AS segment"] : [])].join(", ")}`,
    "FROM page f",
    ...(joined("product") ? [products(moment, parameters)] : []),
    ...(joined("segment") ? [segment] : []),
    `ORDER BY ${keys}`,
  ];
  if (joined("segment")) parameters.read(tableName(RfmSegment));
  return written(
    `WITH ${ctes.join(", ")}
SELECT ${values.join(",\n  ")}
FROM (
  ${page.join("\n  ")}
) f`,
    parameters,
  );
}

/** What cursors are made of. The last line of the page is not the last that was found where another page follows. */
function keyValues({ page, cursors }: LinesRequest | LineColumnsRequest, { bind }: Parameters): string[] {
  switch (cursors) {
    case undefined:
      return [`json_agg(json_build_array(${keyTexts.join(", ")})) AS ${everyKeyColumn}`];
    case "ends":
      return keyTexts.flatMap((text, at) => [
        `(array_agg(${text}))[1] AS "${firstKeyColumn(at)}"`,
        `(array_agg(${text}))[least(count(*), ${bind(page.first, "integer")})] AS "${lastKeyColumn(at)}"`,
      ]);
    case "none":
      return [];
    default:
      return assertNever(cursors);
  }
}

/** The latest lines of each customer, one more than the page; rows come by customer, each in its page's order. */
export function compileCustomerLines(
  request: CustomerLinesRequest,
  setting: Setting,
  after: Position | null,
): WrittenStatement {
  const parameters = makeParameters();
  const moment = momentOf(setting.snapshot, parameters);
  const ids = parameters.bind([...request.ids], "text[]");
  const conditions = [
    "f.customer_key = asked.customer_key",
    "NOT f.guest",
    ...lineReading.rows(moment),
    ...(setting.scope.countries === null
      ? []
      : scopeConditions(lineReading, { countries: setting.scope.countries, segments: null }, parameters)),
    ...(after
      ? [
          `(${customerLineKeys.map((key) => `f.${key}`).join(", ")}) < (${after
            .map((value, index) => parameters.bind(value, customerLineKeyTypes[index] as string))
            .join(", ")})`,
        ]
      : []),
  ];
  // A customer's segment, and whether it may be seen, is asked once for each customer, not for each line.
  const { segments } = setting.scope;
  const segmentOf = `${parameters.read(tableName(RfmSegment))} s ON s.customer_key = ids.customer_key AND s.snapshot_id = ${moment.snapshot}`;
  const segment =
    segments === null
      ? `LEFT JOIN ${segmentOf}`
      : `JOIN ${segmentOf} AND s.classic = ANY (${parameters.bind([...segments], "text[]")})`;
  const latestFirst = customerLineKeys.map((key) => `f.${key} DESC`).join(", ");
  return written(
    `WITH asked AS (
  SELECT ids.customer_key, s.classic AS segment
  FROM unnest(${ids}) AS ids (customer_key)
  ${segment}
), page AS (
  SELECT f.*, asked.segment
  FROM asked
  CROSS JOIN LATERAL (
    SELECT ${stored}
    FROM ${parameters.read(lineReading.table)} f
    WHERE ${conditions.join("\n      AND ")}
    ORDER BY ${latestFirst}
    LIMIT ${parameters.bind(request.page.first + 1, "bigint")}
  ) f
)
SELECT f.*, p.description, p.category
FROM page f
${products(moment, parameters)}
ORDER BY f.customer_key, ${latestFirst}`,
    parameters,
    true,
  );
}
