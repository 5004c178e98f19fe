// Answers one of the three tables of a scope with a smallest cell: withholds what is about too few customers, and merges small countries
// into one row. Every statement is under the scope, so that lines outside of it decide nothing.
import { type Decimal, fractionOf, subtractDecimals } from "../kernel/decimal.ts";
import type { MeasureName } from "../model/measures.ts";
import type { MetricRow, MetricsAnswer } from "./answer.ts";
import { fixedTableOf } from "./fixedTables.ts";
import type { MetricsRequest } from "./request.ts";
import { type Counts, withholdSmall } from "./smallCells.ts";
import { forbidden } from "./validate.ts";

/**
 * The country of the row that small ones are merged into. A country of the data that is called so goes with them wherever any are
 * merged, so that no two rows have this name.
 */
const otherCountries = "OTHER";

const counted = ["customers", "customersWithLines"] as const satisfies readonly MeasureName[];

/** `answer` answers a question under the same scope, with nothing withheld. Throws FORBIDDEN for any other question than the tables. */
export async function answerFixedTable(
  request: MetricsRequest,
  minimum: number,
  answer: (question: MetricsRequest) => Promise<MetricsAnswer>,
): Promise<MetricsAnswer> {
  const table = fixedTableOf(request);
  if (table === null) throw forbidden();
  const { dimension } = table;
  const byCountry = dimension === "country";
  const cells = await answer({ kind: "metrics", measures: counted, dimensions: [dimension] });
  const { keys, enough } = await withholdSmall(
    cells.rows.map((row) => ({ key: String(row[dimension]), ...countsOf(row) })),
    minimum,
    async (some) => {
      const where = { [dimension]: { in: some } };
      const [row] = (await answer({ kind: "metrics", measures: counted, dimensions: [], where })).rows;
      return countsOf(row ?? {});
    },
    byCountry ? [otherCountries] : [],
  );

  const withRevenue: MetricsRequest = {
    ...request,
    measures: [...new Set<MeasureName>([...request.measures, revenue])],
  };
  const whole = await answer({ ...(byCountry ? withRevenue : request), totals: sharesIn(request) });
  const hidden = new Set(keys);
  const shown = whole.rows.filter((row) => !hidden.has(String(row[dimension])));
  const merged = byCountry && enough && keys.length > 0 ? await mergedRow(withRevenue, keys, whole, answer) : null;
  const rows = merged ? inserted(merged, shown, request) : shown;
  return {
    ...whole,
    rows: rows.map((row) => onlyAsked(row, request, enough)),
    totals: null,
    withheld: byCountry ? [] : keys,
  };
}

const revenue = "grossRevenue" satisfies MeasureName;

const countsOf = (row: MetricRow): Counts => ({
  buyers: Number(row.customers ?? 0),
  customers: Number(row.customersWithLines ?? 0),
});

/** A share is of the whole, which is asked for beside the rows. */
const sharesIn = ({ measures }: MetricsRequest): MeasureName[] | undefined =>
  measures.includes("revenueShare") ? [revenue] : undefined;

/** The figures of all lines of these countries: customers and orders of several of them count once. */
async function mergedRow(
  { measures }: MetricsRequest,
  countries: readonly string[],
  whole: MetricsAnswer,
  answer: (question: MetricsRequest) => Promise<MetricsAnswer>,
): Promise<MetricRow> {
  const where = { country: { in: countries } };
  const [row = {}] = (await answer({ kind: "metrics", measures, dimensions: [], where })).rows;
  const total = whole.totals?.grossRevenue;
  const share = typeof total === "string" ? { revenueShare: fractionOf(revenueOf(row), total as Decimal) } : {};
  return { ...row, ...share, country: otherCountries };
}

const revenueOf = (row: MetricRow) => String(row.grossRevenue ?? "0") as Decimal;

/** The rows with one more, at its place in the order that was asked for. */
function inserted(row: MetricRow, rows: readonly MetricRow[], { orderBy }: MetricsRequest): MetricRow[] {
  const at = rows.findIndex((other) => {
    const more = orderBy?.length ? subtractDecimals(revenueOf(row), revenueOf(other)) : "0";
    return more === "0" ? otherCountries < String(other.country) : !more.startsWith("-");
  });
  return rows.toSpliced(at < 0 ? rows.length : at, 0, row);
}

/** The members that were asked for, in their order. Where there are too few customers in all, no share tells what all is. */
function onlyAsked(row: MetricRow, { dimensions, measures }: MetricsRequest, enough: boolean): MetricRow {
  const members = [...dimensions, ...measures].map((name) => {
    const value = name === "revenueShare" && !enough ? null : (row[name] ?? null);
    return [name, value];
  });
  return Object.fromEntries(members);
}
