// The questions that are measured, as ours and as each peer is asked them, and what their answers have in common: by that they are
// compared before anything is timed, so that nobody is measured on less.
import type { Data } from "../firing/askOnce.ts";
import type { RawQuestion } from "../peers/rawStatements.ts";

export type Asked = Readonly<{ query: string; variables: readonly Readonly<Record<string, unknown>>[] }>;

export type Question = Readonly<{
  key: string;
  title: string;
  meaning: string;
  bar: number;
  goal: number;
  ours: Asked;
  peer: Asked;
  raw: RawQuestion;
  /** The rows of an answer's `data`, by column, in the words of each. */
  rowsOfOurs(data: Data): readonly Row[];
  rowsOfPeer(data: Data): readonly Row[];
}>;

export type Row = readonly unknown[];

const lineFields = ["invoice", "orderedAt", "product", "description", "quantity", "unitPrice", "amount"] as const;
const customerFields = ["country", "orders", "grossRevenue", "netRevenue", "lastPurchaseDate", "segmentKey"] as const;
const monthFields = ["grossRevenue", "netRevenue", "orders", "customers"] as const;
export const factFields = [
  "invoice",
  "orderedAt",
  "product",
  "kind",
  "lineType",
  "quantity",
  "unitPrice",
  "amount",
  "customerId",
  "country",
] as const;

export const pageLength = 5_000;

const take = (fields: readonly string[]) => (node: Data) => fields.map((field) => node[field]);

/** Within the countries that the asker may see. */
export function makeQuestions({
  customers,
  countries,
}: Readonly<{ customers: readonly string[]; countries: readonly string[] }>): readonly Question[] {
  const once = [{}];
  const [, country = ""] = countries;
  return [
    {
      key: "profile",
      title: "a customer's profile",
      meaning: `Figures, RFM, segment and the last 10 lines of one customer, ${customers.length} customers in turn.`,
      bar: 1.2,
      goal: 1.6,
      ours: {
        query: `query ($id: ID!) { customer(id: $id) { id ${customerFields.join(" ")} rfm { recency frequency monetary code } sales(first: 10) { nodes { ${lineFields.join(" ")} } } } }`,
        variables: customers.map((id) => ({ id })),
      },
      peer: {
        query: `query ($id: String!) { customerByCustomerId(customerId: $id) { customerId ${customerFields.join(" ")} recency frequency monetary rfmCode purchases(first: 10, orderBy: [PRIMARY_KEY_DESC]) { nodes { ${lineFields.join(" ")} } } } }`,
        variables: customers.map((id) => ({ id })),
      },
      raw: "profile",
      rowsOfOurs: ({ customer: c }) => [
        [c.id, ...take(customerFields)(c), c.rfm.recency, c.rfm.frequency, c.rfm.monetary, c.rfm.code],
        ...c.sales.nodes.map(take(lineFields)),
      ],
      rowsOfPeer: ({ customerByCustomerId: c }) => [
        [c.customerId, ...take(customerFields)(c), c.recency, c.frequency, c.monetary, c.rfmCode],
        ...c.purchases.nodes.map(take(lineFields)),
      ],
    },
    {
      key: "months",
      title: "revenue by month",
      meaning: "Revenue, orders and customers of every month, from the stored aggregate on either side.",
      bar: 1.2,
      goal: 2,
      ours: { query: `{ revenueByMonth { month ${monthFields.join(" ")} } }`, variables: once },
      peer: { query: `{ allMonths { nodes { month ${monthFields.join(" ")} } } }`, variables: once },
      raw: "months",
      rowsOfOurs: ({ revenueByMonth }) => revenueByMonth.map(take(["month", ...monthFields])),
      rowsOfPeer: ({ allMonths }) =>
        allMonths.nodes.map((node: Data) => [node.month.slice(0, 7), ...take(monthFields)(node)]),
    },
    {
      key: "customers",
      title: "50 customers of a country by revenue",
      meaning: `The 50 customers with the most revenue in one country (${country}), with their segment.`,
      bar: 1.2,
      goal: 1.6,
      ours: {
        query: `query ($country: String!) { customers(where: { country: { eq: $country } }, orderBy: [{ field: GROSS_REVENUE, direction: DESC }], first: 50) { nodes { id ${customerFields.join(" ")} } } }`,
        variables: [{ country }],
      },
      peer: {
        query: `query ($country: String!) { allCustomersByCountries(condition: { country: $country }, orderBy: [GROSS_REVENUE_DESC, CUSTOMER_ID_ASC], first: 50) { nodes { customerId ${customerFields.join(" ")} } } }`,
        variables: [{ country }],
      },
      raw: "customers",
      rowsOfOurs: ({ customers: { nodes } }) => nodes.map(take(["id", ...customerFields])),
      rowsOfPeer: ({ allCustomersByCountries: { nodes } }) => nodes.map(take(["customerId", ...customerFields])),
    },
    {
      key: "facts",
      title: `a page of ${pageLength} lines`,
      meaning: `The first ${pageLength} lines in the order of their key, ${factFields.length} columns, as objects, with the cursor to go on from.`,
      bar: 1.2,
      goal: 1.6,
      ours: {
        query: pageQueries.objects,
        variables: once,
      },
      peer: {
        query: `{ allSaleLines(first: ${pageLength}) { nodes { ${factFields.join(" ")} } pageInfo { hasNextPage endCursor } } }`,
        variables: once,
      },
      raw: "facts",
      rowsOfOurs: ({ factSales: { nodes, pageInfo } }) => [[pageInfo.hasNextPage], ...nodes.map(take(factFields))],
      rowsOfPeer: ({ allSaleLines: { nodes, pageInfo } }) => [[pageInfo.hasNextPage], ...nodes.map(take(factFields))],
    },
  ];
}

/** The page of lines, as objects and with each column one list. */
export const pageQueries = {
  objects: `{ factSales(first: ${pageLength}) { nodes { ${factFields.join(" ")} } pageInfo { hasNextPage endCursor } } }`,
  columns: `{ factSalesColumns(first: ${pageLength}) { count endCursor hasNextPage ${factFields.join(" ")} } }`,
} as const;

export const rowsOfColumns = ({ factSalesColumns: page }: Data): readonly Row[] => [
  [page.hasNextPage],
  ...Array.from({ length: page.count }, (_, row) => factFields.map((field) => page[field][row])),
];
