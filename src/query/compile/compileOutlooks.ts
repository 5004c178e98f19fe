// The statements that read what is expected of customers: of single ones, the list of those at risk, and the card of the models. The first
// lock stands here as it does on every other table: only customers of whom the scope keeps every line.
import { beginOf } from "../../kernel/period.ts";
import { storableOf } from "../../kernel/storableText.ts";
import type { DimensionName } from "../../model/dimensions.ts";
import { type MeasureName, measureOf } from "../../model/measures.ts";
import type { Scope } from "../../model/scope.ts";
import { CustomerOutlook } from "../../warehouse/entities/CustomerOutlook.ts";
import { ModelCard } from "../../warehouse/entities/ModelCard.ts";
import { tableName } from "../../warehouse/entityTables.ts";
import { daysOf } from "../calendarConditions.ts";
import type { KeyType, Position } from "../position.ts";
import type { ChurnRiskRequest, Having, ValueCondition } from "../request.ts";
import type { SnapshotFacts } from "../snapshotFacts.ts";
import { momentOf } from "./moment.ts";
import { makeParameters, type Parameters, type WrittenStatement, written } from "./parameters.ts";

type Setting = Readonly<{ snapshot: SnapshotFacts; scope: Scope }>;

/** The columns that hold the values of the order's keys. */
export const churnRiskKeys = ["risk_key", "customer_key"] as const;
export const churnRiskKeyTypes: readonly KeyType[] = ["bigint", "text"];

const columns = `o.customer_key, o.risk_key, o.recency_days, o.repeats, o.usual_interval, o.trailing_net_revenue, o.no_order, o.alive,
  o.orders_30, o.orders_90, o.orders_365, o.order_value, o.lifetime_value, o.revenue_at_risk`;

export function compileOutlooks(ids: readonly string[], setting: Setting): WrittenStatement {
  const parameters = makeParameters();
  const conditions = [...kept(setting, parameters), `o.customer_key = ANY (${parameters.bind([...ids], "text[]")})`];
  return written(`SELECT ${columns}\n${from(conditions, parameters)}`, parameters, true);
}

/** One customer more than the page, so that it is known whether another page follows. */
export function compileChurnRisk(
  request: ChurnRiskRequest,
  setting: Setting,
  after: Position | null,
): WrittenStatement {
  const parameters = makeParameters();
  const { bind } = parameters;
  const conditions = [...listed(request, setting, parameters), ...(after === null ? [] : beyond(after, parameters))];
  return written(
    `SELECT ${columns}
${from(conditions, parameters)}
ORDER BY o.risk_key DESC, o.customer_key
LIMIT ${bind(request.page.first + 1, "bigint")}`,
    parameters,
  );
}

export function compileChurnRiskCount(request: ChurnRiskRequest, setting: Setting): WrittenStatement {
  const parameters = makeParameters();
  return written(`SELECT count(*) AS rows\n${from(listed(request, setting, parameters), parameters)}`, parameters);
}

export function compileRevenueAtRisk(setting: Setting): WrittenStatement {
  const parameters = makeParameters();
  const conditions = [...kept(setting, parameters), "o.risk_key > 0"];
  const card = `SELECT FROM ${parameters.read(tableName(ModelCard))} WHERE snapshot_id = ${momentOf(setting.snapshot, parameters).snapshot}`;
  return written(
    `SELECT count(*) AS customers, coalesce(sum(o.trailing_net_revenue), 0) AS trailing_net_revenue,
  sum(o.revenue_at_risk) AS revenue_at_risk, EXISTS (${card}) AS has_card\n${from(conditions, parameters)}`,
    parameters,
  );
}

export function compileModelCard({ snapshot }: Setting): WrittenStatement {
  const parameters = makeParameters();
  return written(
    `SELECT card\nFROM ${parameters.read(tableName(ModelCard))}\nWHERE snapshot_id = ${momentOf(snapshot, parameters).snapshot}`,
    parameters,
    true,
  );
}

const from = (conditions: readonly string[], { read }: Parameters) =>
  `FROM ${read(tableName(CustomerOutlook))} o\nWHERE ${conditions.join("\n  AND ")}`;

/** All of the customer's countries are seen, and so is its segment. */
function kept({ snapshot, scope }: Setting, parameters: Parameters): string[] {
  const { countries, segments } = scope;
  return [
    `o.snapshot_id = ${momentOf(snapshot, parameters).snapshot}`,
    ...(countries === null ? [] : [`o.countries <@ ${parameters.bind(storableOf(countries), "text[]")}`]),
    ...(segments === null ? [] : [`o.segment = ANY (${parameters.bind(storableOf(segments), "text[]")})`]),
  ];
}

function listed({ where = {}, having = [] }: ChurnRiskRequest, setting: Setting, parameters: Parameters): string[] {
  return [
    ...kept(setting, parameters),
    "o.risk_key > 0",
    ...Object.entries(where).flatMap(([name, condition]) => picked(name as DimensionName, condition, parameters)),
    ...having.flatMap((condition) => compared(condition, parameters)),
  ];
}

/** An index of the risk alone finds the place: what compares texts cannot be asked of an index under row policies. */
function beyond([risk = null, customer = null]: Position, { bind }: Parameters): string[] {
  const [key, id] = [bind(risk, "bigint"), bind(customer, "text")];
  return [`o.risk_key <= ${key}`, `(o.risk_key < ${key} OR o.customer_key > ${id})`];
}

function picked(name: DimensionName, condition: ValueCondition, { bind }: Parameters): string[] {
  const lists = [condition.eq === undefined ? undefined : [condition.eq], condition.in].filter(
    (list) => list !== undefined,
  );
  switch (name) {
    case "country":
      return lists.map((list) => `o.countries && ${bind(storableOf(list), "text[]")}`);
    case "segment":
      return lists.map((list) => `o.segment = ANY (${bind(storableOf(list), "text[]")})`);
    case "cohortMonth": {
      const { from: first, before } = daysOf("month", condition);
      const months = condition.in?.map((month) => beginOf("month", month));
      return [
        ...(first === null ? [] : [`o.first_order_on >= ${bind(first, "date")}`]),
        ...(before === null ? [] : [`o.first_order_on < ${bind(before, "date")}`]),
        ...(months ? [`date_trunc('month', o.first_order_on)::date = ANY (${bind(months, "date[]")})`] : []),
      ];
    }
    default:
      throw new Error(`Customers at risk are not picked by ${name}.`);
  }
}

/** What customers at risk can be compared by, and where it stands. */
const comparedColumns: Readonly<Partial<Record<MeasureName, string>>> = Object.freeze({
  orders: "o.orders",
  grossRevenue: "o.gross_revenue",
  recencyDays: "o.recency_days",
  lastPurchaseAt: "o.last_order_on",
});

function compared({ measure, eq, gte, lt }: Having, { bind }: Parameters): string[] {
  const column = comparedColumns[measure];
  if (column === undefined) throw new Error(`Customers at risk are not compared by ${measure}.`);
  const type = measureOf(measure).format === "date" ? "date" : "numeric";
  return [
    ...(eq === undefined ? [] : [`${column} = ${bind(eq, type)}`]),
    ...(gte === undefined ? [] : [`${column} >= ${bind(gte, type)}`]),
    ...(lt === undefined ? [] : [`${column} < ${bind(lt, type)}`]),
  ];
}
