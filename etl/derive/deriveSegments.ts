// Recency, frequency and monetary value of every identified customer over the whole population, their scores against the
// population's cut-points, and the segments that follow.
import { salesOrderRollup } from "../../src/model/rollups.ts";
import { type SchemeName, schemeNames } from "../../src/model/segmentSchemes.ts";
import { aggregateOf } from "../../src/query/compile/measureParts.ts";
import { rollupSource } from "../../src/query/compile/rowRollupSource.ts";
import { segmentCase, segmentColumn } from "../../src/query/compile/segmentCase.ts";
import type { Run } from "../record/loadSession.ts";
import { type Carried, isTouched, untouchedOrders } from "./carriedOver.ts";
import { type Derivation, storedTables } from "./derivedTables.ts";
import { ordersTable } from "./deriveOrders.ts";
import { frozenCutsOf } from "./freezeCutPoints.ts";

const orders = rollupSource(salesOrderRollup);
const customersTable = "load_customers";

export type CutPoints = Readonly<{
  recency: readonly string[];
  frequency: readonly number[];
  monetary: readonly string[];
}>;

const cutsOfPopulation = `
    SELECT
      percentile_disc(ARRAY[.2, .4, .6, .8]) WITHIN GROUP (ORDER BY last_order_on) AS recency,
      percentile_disc(ARRAY[.2, .4, .6, .8]) WITHIN GROUP (ORDER BY frequency) AS frequency,
      percentile_disc(ARRAY[.2, .4, .6, .8]) WITHIN GROUP (ORDER BY monetary) AS monetary
    FROM ${customersTable}
    WHERE frequency > 0`;

const cutsOf = (snapshotId: number) => `
    SELECT recency_cuts AS recency, frequency_cuts AS frequency, monetary_cuts AS monetary
    FROM snapshot WHERE snapshot_id = ${snapshotId}`;

/** 1 + the number of cut-points strictly below the value: equal values get equal scores. */
const score = (value: string, cuts: string) =>
  `1 + (${value} > ${cuts}[1])::int + (${value} > ${cuts}[2])::int + (${value} > ${cuts}[3])::int + (${value} > ${cuts}[4])::int`;

/**
 * Where `scoresOf` names a former snapshot, its customers keep the scores that they had, or that they had none, whatever their lines say
 * now; others are scored with its cut-points, which become those of the new snapshot too. Throws where it is not kept.
 */
export async function deriveSegments(
  run: Run,
  { tables, snapshotId, moment, monetary, scoresOf, cutsOf: frozen }: Derivation,
  carried: Carried | null = null,
): Promise<CutPoints> {
  await gatherCustomers(run, { moment, monetary }, carried);
  const computed = frozen === undefined ? cutsOfPopulation : frozenCutsOf(frozen, moment.asOf);
  const cutPoints = await run.count(
    `CREATE TEMP TABLE load_cuts ON COMMIT DROP AS ${scoresOf === undefined ? computed : cutsOf(scoresOf)}`,
  );
  if (cutPoints !== 1)
    throw new Error(`Snapshot ${scoresOf ?? frozen}, whose scores or cut-points were to be kept, is not there.`);
  const known = scoresOf !== undefined;
  const scoreOf = (column: string, value: string, cuts: string) =>
    `CASE ${known ? `WHEN kept.customer_key IS NOT NULL THEN kept.${column} ` : ""}WHEN c.frequency > 0 THEN ${score(value, cuts)} END AS ${column}`;
  const keptScores = known
    ? `LEFT JOIN ${storedTables.segments} kept ON kept.customer_key = c.customer_key AND kept.snapshot_id = ${scoresOf}`
    : "";
  const scores = { recency: "recency_score", frequency: "frequency_score", monetary: "monetary_score" };
  const segment = (scheme: SchemeName) =>
    `CASE WHEN recency_score IS NULL THEN 'UNSCORED' ELSE ${segmentCase(scheme, scores)} END AS ${segmentColumn(scheme)}`;
  await run(`INSERT INTO ${tables.segments} (customer_key, snapshot_id, last_order_on, recency_days, frequency, monetary,
      recency_score, frequency_score, monetary_score, ${schemeNames.map(segmentColumn).join(", ")}, countries)
    SELECT customer_key, ${snapshotId}, last_order_on, ${moment.asOf} - last_order_on, frequency, monetary,
      recency_score, frequency_score, monetary_score,
      ${schemeNames.map(segment).join(",\n      ")},
      countries
    FROM (
      SELECT c.customer_key, c.countries, c.last_order_on,
        CASE WHEN c.frequency > 0 THEN c.frequency END AS frequency,
        CASE WHEN c.frequency > 0 THEN c.monetary END AS monetary,
        ${scoreOf("recency_score", "c.last_order_on", "cuts.recency")},
        ${scoreOf("frequency_score", "c.frequency", "cuts.frequency")},
        ${scoreOf("monetary_score", "c.monetary", "cuts.monetary")}
      FROM ${customersTable} c CROSS JOIN load_cuts cuts ${keptScores}
    ) scored
    ORDER BY customer_key`);
  // Before they are joined: a snapshot that the statistics do not know yet has no rows, for all that the server knows.
  await run(`ANALYZE ${tables.segments}`);
  const [cuts] = await run(`SELECT coalesce(recency::text[], '{}') AS recency, coalesce(frequency, '{}') AS frequency,
      coalesce(monetary::text[], '{}') AS monetary FROM load_cuts`);
  return cuts as CutPoints;
}

/** What scores are made of, of each customer: of those that the new snapshot has in common with the former one, as it is stored there. */
async function gatherCustomers(
  run: Run,
  { moment, monetary }: Pick<Derivation, "moment" | "monetary">,
  carried: Carried | null,
): Promise<void> {
  const measure = (name: Parameters<typeof aggregateOf>[0]) => orders.aggregate(aggregateOf(name), moment, []);
  const money = {
    grossRevenue: [measure("grossRevenue")],
    netRevenue: [measure("grossRevenue"), measure("returnsValue")],
  };
  const summed =
    carried === null
      ? ordersTable
      : `(SELECT * FROM ${ordersTable} UNION ALL ${untouchedOrders(carried, carried.values ? isTouched("o") : "true")})`;
  const asStored = carried?.values
    ? `UNION ALL
    SELECT s.customer_key, s.last_order_on, s.frequency, s.monetary, s.countries
    FROM ${storedTables.segments} s WHERE s.snapshot_id = ${carried.base} AND NOT ${isTouched("s")}`
    : "";
  await run(`CREATE TEMP TABLE ${customersTable} ON COMMIT DROP AS
    SELECT o.customer_key, ${measure("lastPurchaseAt")}::date AS last_order_on, ${measure("orders")}::int AS frequency,
      ${money[monetary].join(" - ")} AS monetary, ${measure("countries")} AS countries
    FROM ${summed} o
    WHERE NOT o.guest
    GROUP BY o.customer_key ${asStored}`);
}
