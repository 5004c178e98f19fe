// What each field of the graph shows, by class. The shield is made from this list and nothing else: a field that is not here is denied
// to everyone, and `npm run codegen` fails until it is.
import { catalogDimensions, catalogMeasures } from "../model/catalog.ts";
import type { Sensitivity } from "../model/described.ts";

export const fieldClassNames = ["public", "commercial", "customerLevel", "personal", "operator"] as const;
export type FieldClass = (typeof fieldClassNames)[number];

type Classified = Readonly<Partial<Record<FieldClass, readonly string[]>>>;

const customerConnection: Classified = { customerLevel: ["edges", "nodes", "pageInfo", "totalCount"] };
const edge: Classified = { customerLevel: ["cursor", "node"] };

/** The members of the model, each as sensitive as it is declared, and the ways to earlier rows. */
const metricRow: Classified = Object.freeze({
  public: membersOf("public"),
  commercial: [...membersOf("commercial"), "previous", "yearAgo"],
  customerLevel: membersOf("personal"),
});

function membersOf(sensitivity: Sensitivity): string[] {
  return [...catalogDimensions, ...catalogMeasures]
    .filter((member) => member.sensitivity === sensitivity)
    .map(({ shownAs }) => shownAs);
}

export const fieldClasses: Readonly<Record<string, Classified>> = Object.freeze({
  Query: {
    public: ["me", "dataset", "catalog"],
    commercial: ["kpis", "revenueByMonth", "revenueByCountry", "segments", "cohorts", "metrics"],
    customerLevel: ["customer", "customers", "churnRisk", "factSales"],
  },
  Viewer: { public: ["role", "countries", "segments", "customerLevel", "hiddenMembers", "scopeFingerprint"] },
  Dataset: {
    public: ["snapshot", "publishedAt", "asOf", "dataFrom", "dataThrough", "currency", "rfmCutPoints"],
    operator: ["account"],
  },
  RfmCutPoints: { public: ["recency", "frequency", "monetary"] },
  RowAccount: { operator: ["read", "loaded", "duplicate", "superseded", "rejected", "replaced"] },
  Kpis: {
    public: ["currency"],
    commercial: [
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
  Cohort: { public: ["month"], commercial: ["size", "retention"] },
  CohortPeriod: {
    public: ["period", "month", "observed", "complete"],
    commercial: ["customers", "rate", "grossRevenue"],
  },
  Customer: {
    customerLevel: [
      "id",
      "country",
      "countries",
      "firstPurchaseDate",
      "lastPurchaseDate",
      "recencyDays",
      "orders",
      "units",
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "averageOrderValue",
      "cohortMonth",
      "rfm",
      "segmentKey",
      "segment",
      "sales",
    ],
    personal: ["name"],
  },
  Rfm: { customerLevel: ["recency", "frequency", "monetary", "code"] },
  CustomerConnection: customerConnection,
  CustomerEdge: edge,
  FactSale: {
    customerLevel: [
      "id",
      "invoice",
      "orderedAt",
      "orderDate",
      "product",
      "description",
      "category",
      "kind",
      "lineType",
      "quantity",
      "unitPrice",
      "amount",
      "customerId",
      "country",
      "segmentKey",
    ],
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
  MetricConnection: { commercial: ["nodes", "totals", "totalCount", "pageInfo"] },
  MetricRow: metricRow,
  PageInfo: { commercial: ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"] },
});

/** The class of a field; null where nobody has given it one. */
export function classOf(type: string, field: string): FieldClass | null {
  const classified = Object.hasOwn(fieldClasses, type) ? fieldClasses[type] : undefined;
  return fieldClassNames.find((name) => classified?.[name]?.includes(field)) ?? null;
}
