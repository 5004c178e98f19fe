// The statements that read single lines: a keyset page of all lines, by customer and time, or the latest lines of several customers
// at once. What hangs on a line (the product's description, the segment) is joined to the page, not to everything before it.
import type { Scope } from "../../model/scope.ts";
import { DimProduct } from "../../warehouse/entities/DimProduct.ts";
import { RfmSegment } from "../../warehouse/entities/RfmSegment.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import type { KeyType, Position } from "../position.ts";
import type { CustomerLinesRequest, LinesRequest } from "../request.ts";
import type { SnapshotFacts } from "../snapshotFacts.ts";
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

/** One line more than the page, so that it is known whether another page follows. */
export function compileLines(request: LinesRequest, setting: Setting, after: Position | null): WrittenStatement {
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
  return written(
    `WITH ${ctes.join(", ")}
SELECT f.*, p.description, p.category, CASE WHEN f.guest THEN 'GUEST' ELSE s.classic END AS segment
FROM page f
${products(moment, parameters)}
LEFT JOIN ${parameters.read(tableName(RfmSegment))} s ON s.customer_key = f.customer_key AND NOT f.guest AND s.snapshot_id = ${moment.snapshot}
ORDER BY ${keys}`,
    parameters,
  );
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
