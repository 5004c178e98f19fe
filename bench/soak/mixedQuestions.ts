// What a day's askers ask, of every role, as one list to be asked in turn: some the same again and again, which a cache may answer, and
// more that nobody asked before.
import type { Product } from "../setting/startProduct.ts";

type Ask = Readonly<{ headers: Readonly<Record<string, string>>; body: string }>;

type Known = Readonly<{ customers: readonly string[]; countries: readonly string[]; months: readonly string[] }>;

/** Of so many asks, every third is one of the repeated. */
const length = 3_000;
const repeatedEvery = 3;

const figures = "grossRevenue netRevenue orders customers";

const repeated: readonly string[] = [
  "{ kpis { grossRevenue netRevenue orders customers } }",
  `{ revenueByMonth { month ${figures} } }`,
  `{ revenueByCountry { country ${figures} } }`,
  "{ segments { key name customers grossRevenue } }",
  "{ me { role countries } dataset { snapshot asOf dataThrough } }",
];

type Varied = (known: Known, nth: number) => readonly [query: string, variables: Readonly<Record<string, unknown>>];

const pick = <T>(list: readonly T[], nth: number): T => list[nth % list.length] as T;

/** Figures, which every role but the partner may ask for. */
const variedFigures: readonly Varied[] = [
  ({ months }, nth) => [
    `query ($month: Month!, $least: Decimal!) { metrics(where: { month: { gte: $month } }, having: [{ measure: GROSS_REVENUE, gte: $least }], first: 100) { nodes { month segment ${figures} } totals { ${figures} } } }`,
    { month: pick(months, nth), least: String(nth) },
  ],
  ({ months }, nth) => [
    "query ($month: Month!, $since: Date!) { cohorts(from: $month, where: { date: { gte: $since } }) { month size retention { period customers } } }",
    { month: pick(months, nth), since: `${pick(months, nth * 7)}-${String(1 + (nth % 28)).padStart(2, "0")}` },
  ],
];

/** Customers and lines. */
const variedCustomers: readonly Varied[] = [
  ({ customers }, nth) => [
    "query ($id: ID!) { customer(id: $id) { id country orders grossRevenue rfm { code } segmentKey sales(first: 10) { nodes { invoice amount } } } }",
    { id: pick(customers, nth) },
  ],
  (_, nth) => [
    "query ($least: Decimal!) { customers(where: { grossRevenue: { gte: $least } }, orderBy: [{ field: GROSS_REVENUE, direction: DESC }], first: 20) { nodes { id orders grossRevenue segmentKey } } }",
    { least: String(nth) },
  ],
  ({ months }, nth) => [
    "query ($since: Date!, $first: Int!) { factSales(where: { date: { gte: $since } }, first: $first) { nodes { invoice orderedAt product quantity amount customerId } pageInfo { hasNextPage } } }",
    { since: `${pick(months, nth)}-${String(1 + (nth % 28)).padStart(2, "0")}`, first: 20 + (nth % 200) },
  ],
  (_, nth) => [
    "query ($first: Int!) { churnRisk(first: $first) { nodes { id recencyDays netRevenue } } }",
    { first: 1 + (nth % 100) },
  ],
];

/** Three tables, small cells withheld. */
const partnersTables = repeated.slice(1, 4);

export async function mixedQuestions(product: Product, known: Known): Promise<readonly Ask[]> {
  const asker = async (role: string, countries?: readonly string[]) => ({
    headers: await product.headersOf({ role, ...(countries && { countries }) }),
    repeated: role === "partner" ? partnersTables : repeated,
    varied: ["executive", "partner"].includes(role)
      ? role === "partner"
        ? []
        : variedFigures
      : [...variedCustomers, ...variedFigures],
  });
  const askers = await Promise.all([
    asker("admin"),
    asker("executive"),
    asker("analyst"),
    asker("country_manager", known.countries.slice(0, 2)),
    asker("country_manager", known.countries),
    asker("crm"),
    asker("partner"),
  ]);
  return Array.from({ length }, (_, nth): Ask => {
    const { headers, repeated: same, varied } = pick(askers, nth);
    const turn = Math.floor(nth / askers.length);
    if (varied.length === 0 || turn % repeatedEvery === 0)
      return { headers, body: JSON.stringify({ query: pick(same, turn) }) };
    const [query, variables] = pick(varied, turn)(known, nth);
    return { headers, body: JSON.stringify({ query, variables }) };
  });
}
