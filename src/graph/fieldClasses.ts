// What each field of the graph shows, by class. The shield is made from this list and nothing else: a field that is not here is denied
// to everyone, and `npm run codegen` fails until it is.
import { catalogDimensions, catalogMeasures } from "../model/catalog.ts";
import type { Sensitivity } from "../model/described.ts";

export const fieldClassNames = [
  /** Vocabulary, the question itself, and the declared facts of the whole population. */
  "public",
  /** Figures of money and volume, and what is only for whoever may see such. */
  "commercial",
  /** The same where any question may be asked, and not the tables without small cells alone. */
  "anyFigure",
  /** Single customers and single lines. */
  "customerLevel",
  /** What one customer bought, or one line sold, and for how much. */
  "customerFigures",
  /** Where and when one customer buys. */
  "personalFacts",
  /** Who brings how much: figures that are about one customer alone. */
  "personalFigures",
  /** Who a customer is. */
  "personal",
  "operator",
] as const;
export type FieldClass = (typeof fieldClassNames)[number];

type Classified = Readonly<Partial<Record<FieldClass, readonly string[]>>>;

/** How many there are is a figure as well. */
const customerConnection: Classified = {
  customerLevel: ["edges", "nodes", "pageInfo"],
  customerFigures: ["totalCount"],
};
const edge: Classified = { customerLevel: ["cursor", "node"] };

/** The members of the model, each as sensitive as it is declared, and the ways to earlier rows. The way to a row is for figures only. */
const metricRow: Classified = Object.freeze({
  public: membersOf("public"),
  anyFigure: [...membersOf("commercial"), "previous", "yearAgo"],
  personalFacts: membersOf("personal"),
});

function membersOf(sensitivity: Sensitivity): string[] {
  return [...catalogDimensions, ...catalogMeasures]
    .filter((member) => member.sensitivity === sensitivity)
    .map(({ shownAs }) => shownAs);
}

export const fieldClasses: Readonly<Record<string, Classified>> = Object.freeze({
  Query: {
    public: ["me", "dataset", "catalog"],
    commercial: ["revenueByMonth", "revenueByCountry", "segments"],
    anyFigure: ["kpis", "cohorts", "metrics"],
    customerLevel: ["customer", "customers", "factSales"],
    personalFigures: ["churnRisk"],
  },
  Viewer: {
    public: [
      "role",
      "countries",
      "segments",
      "customerLevel",
      "members",
      "hiddenMembers",
      "masked",
      "minimumCustomers",
      "mostRows",
      "notices",
      "scopeFingerprint",
    ],
  },
  Dataset: {
    public: ["snapshot", "publishedAt", "asOf", "dataFrom", "dataThrough", "currency", "rfmCutPoints"],
    operator: ["account"],
  },
  RfmCutPoints: { public: ["recency", "frequency", "monetary"] },
  RowAccount: { operator: ["read", "loaded", "duplicate", "superseded", "rejected", "replaced"] },
  Kpis: {
    public: ["currency"],
    anyFigure: [
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "productReturnsValue",
      "orders",
      "customers",
      "units",
      "averageOrderValue",
      "revenuePerCustomer",
      "newCustomers",
      "repeatRate",
      "returnRate",
    ],
  },
  RevenueByMonth: {
    public: ["month", "complete"],
    commercial: [
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "orders",
      "customers",
      "newCustomers",
      "units",
      "averageOrderValue",
      "previous",
      "growth",
    ],
  },
  RevenueByCountry: {
    commercial: [
      "country",
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "orders",
      "customers",
      "units",
      "averageOrderValue",
      "revenueShare",
    ],
  },
  Segment: {
    public: ["key", "name", "description", "scheme"],
    commercial: [
      "customers",
      "orders",
      "grossRevenue",
      "netRevenue",
      "revenueShare",
      "averageOrderValue",
      "medianRecencyDays",
    ],
    customerLevel: ["customersConnection"],
  },
  Cohort: { public: ["month"], anyFigure: ["size", "retention"] },
  CohortPeriod: {
    public: ["period", "month", "observed", "complete"],
    anyFigure: ["customers", "rate", "grossRevenue"],
  },
  Customer: {
    customerLevel: ["id", "rfm", "segmentKey", "segment", "sales"],
    customerFigures: [
      "orders",
      "units",
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "averageOrderValue",
      "cohortMonth",
    ],
    personalFacts: ["country", "countries", "firstPurchaseDate", "lastPurchaseDate", "recencyDays"],
    personal: ["name"],
  },
  Rfm: { customerLevel: ["recency", "frequency", "monetary", "code"] },
  CustomerConnection: customerConnection,
  CustomerEdge: edge,
  FactSale: {
    customerLevel: ["id", "invoice", "orderedAt", "orderDate", "kind", "lineType", "customerId", "segmentKey"],
    customerFigures: ["product", "description", "category", "quantity", "unitPrice", "amount", "country"],
  },
  FactSalesConnection: customerConnection,
  FactSaleEdge: edge,
  Catalog: { public: ["measures", "dimensions"] },
  MeasureInfo: {
    public: [
      "name",
      "member",
      "label",
      "description",
      "formula",
      "format",
      "sensitivity",
      "dimensions",
      "alwaysBy",
      "sumsOver",
    ],
  },
  DimensionInfo: { public: ["name", "member", "label", "description", "sensitivity"] },
  MetricConnection: { anyFigure: ["nodes", "totals", "totalCount", "pageInfo"] },
  MetricRow: metricRow,
  PageInfo: { public: ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"] },
});

/** The class of a field; null where nobody has given it one. */
export function classOf(type: string, field: string): FieldClass | null {
  const classified = Object.hasOwn(fieldClasses, type) ? fieldClasses[type] : undefined;
  return fieldClassNames.find((name) => classified?.[name]?.includes(field)) ?? null;
}
