// What each field of the graph shows, by class. The shield is made from this list and nothing else: a field that is not here is denied
// to everyone, and `npm run codegen` fails until it is.
import { catalogDimensions, catalogMeasures, memberNeeds } from "../model/catalog.ts";
import type { Sensitivity } from "../model/described.ts";

export const fieldClassNames = [
  /** Vocabulary, the question itself, and the declared facts of the whole population. */
  "public",
  /** A declared fact of the whole population that may be one customer's own figure. */
  "populationFact",
  /** Figures of money and volume, and what is only for whoever may see such. */
  "commercial",
  /** The same where any question may be asked, and not the tables without small cells alone. */
  "anyFigure",
  /** A declared fact of the whole population that is for whoever sees all of it; computed after the publish, and so of the moment. */
  "wholePopulation",
  /** Who the customers are: where and when each one buys, its scores and segment. */
  "customerLevel",
  /** What one customer bought and for how much, and single lines. */
  "customerFigures",
  /** A customer's name, which may be masked. */
  "personal",
  /** What the loads of the warehouse did. */
  "operator",
  /** What they amount to: figures of all countries and segments. */
  "operatorFigures",
  /** Text from their files: who bought, what and for how much. */
  "operatorTexts",
] as const;
export type FieldClass = (typeof fieldClassNames)[number];

type Classified = Readonly<Partial<Record<FieldClass, readonly string[]>>>;

/** The members of the model, each for whom it is declared, and the ways to earlier rows. The way to a row is for figures only. */
const metricRow: Classified = Object.freeze({
  public: membersFor("public"),
  anyFigure: [...membersFor("commercial"), "previous", "yearAgo"],
  customerLevel: membersFor("personal"),
  customerFigures: membersFor("personal", "commercial"),
});

/** The members that need all of these, and nothing else. */
function membersFor(...needed: readonly Sensitivity[]): string[] {
  const areNeeded = (needs: readonly Sensitivity[]) =>
    needs.length === needed.length && needs.every((need) => needed.includes(need));
  return [...catalogDimensions, ...catalogMeasures]
    .filter(({ name }) => areNeeded(memberNeeds(name)))
    .map(({ shownAs }) => shownAs);
}

/** Of a line, as an object and as columns. */
const lineFields: readonly string[] = [
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
];

export const fieldClasses: Readonly<Record<string, Classified>> = Object.freeze({
  Query: {
    public: ["me", "dataset", "catalog"],
    commercial: ["revenueByMonth", "revenueByCountry", "segments"],
    anyFigure: ["kpis", "cohorts", "metrics", "models", "revenueAtRisk", "products", "segmentMovements", "insights"],
    customerLevel: ["customer", "customers", "customersColumns"],
    // Its order is that of a figure.
    customerFigures: ["churnRisk", "factSales", "factSalesColumns"],
    operator: ["loadRuns"],
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
    public: ["snapshot", "publishedAt", "asOf", "dataFrom", "dataThrough", "currency", "cutPointsOf"],
    populationFact: ["rfmCutPoints"],
    operator: ["account"],
  },
  // A score of orders or revenue brackets both, and with its cut-points tells some exactly.
  RfmCutPoints: { populationFact: ["recency"], anyFigure: ["frequency", "monetary"] },
  RowAccount: { operator: ["read", "loaded", "duplicate", "superseded", "rejected", "replaced"] },
  LoadRunConnection: { operator: ["nodes", "pageInfo", "totalCount"] },
  LoadRun: {
    operator: [
      "id",
      "startedAt",
      "finishedAt",
      "status",
      "mode",
      "files",
      "account",
      "snapshot",
      "warnings",
      "stages",
      "seconds",
      "errorCode",
      "rejects",
    ],
    operatorFigures: ["amounts"],
    // An error of the database may quote what it could not take.
    operatorTexts: ["errorMessage"],
  },
  LoadedFile: { operator: ["name", "sha256", "bytes", "rows"] },
  LoadWarning: { operator: ["code", "count", "message"] },
  LoadStage: { operator: ["stage", "seconds"] },
  LoadAmount: { operatorFigures: ["kind", "lines", "amount"] },
  RejectedRowConnection: { operator: ["nodes", "pageInfo", "totalCount"] },
  RejectedRow: { operator: ["file", "line", "column", "code", "settledIn"], operatorTexts: ["raw"] },
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
  Insight: {
    anyFigure: [
      "kind",
      "severity",
      "subject",
      "unit",
      "figure",
      "comparison",
      "comparedWith",
      "sentence",
      "request",
      "figureAt",
      "comparisonAt",
    ],
  },
  SegmentMovements: {
    anyFigure: ["scheme", "from", "to", "fromAsOf", "toAsOf", "cutPointsFrozen", "before", "after", "moves"],
  },
  MovementsTotal: { anyFigure: ["customers", "grossRevenue", "netRevenue"] },
  SegmentMove: {
    anyFigure: [
      "kind",
      "from",
      "to",
      "cause",
      "customers",
      "grossRevenueBefore",
      "grossRevenueAfter",
      "netRevenueBefore",
      "netRevenueAfter",
    ],
  },
  Cohort: { public: ["month"], anyFigure: ["size", "retention"] },
  CohortPeriod: {
    public: ["period", "month", "observed", "complete"],
    anyFigure: ["customers", "rate", "grossRevenue"],
  },
  Customer: {
    customerLevel: [
      "id",
      "country",
      "countries",
      "firstPurchaseDate",
      "lastPurchaseDate",
      "recencyDays",
      "cohortMonth",
      "rfm",
      "segmentKey",
      "segment",
    ],
    customerFigures: [
      "orders",
      "units",
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "averageOrderValue",
      "sales",
      "outlook",
      "segmentExplanation",
    ],
    personal: ["name"],
  },
  // Model outputs: facts of the population, but of single customers, and a chance together with what is at stake is a figure.
  CustomerOutlook: {
    customerFigures: [
      "basis",
      "noOrderProbability",
      "aliveProbability",
      "expectedOrders30Days",
      "expectedOrders90Days",
      "expectedOrders365Days",
      "expectedOrderValue",
      "lifetimeValue",
      "trailingNetRevenue",
      "revenueAtRisk",
      "usualIntervalDays",
      "daysOverdue",
      "reason",
    ],
  },
  RevenueAtRisk: { anyFigure: ["customers", "trailingNetRevenue", "revenueAtRisk"] },
  ModelCard: {
    anyFigure: ["basis", "basisReason", "horizonDays", "discountRate", "models", "holdout", "noHoldout"],
  },
  ModelFit: {
    anyFigure: [
      "model",
      "status",
      "reason",
      "parameters",
      "logLikelihood",
      "customersUsed",
      "leftOut",
      "converged",
      "steps",
    ],
  },
  ModelParameter: { anyFigure: ["name", "value"] },
  ModelLeftOut: { anyFigure: ["why", "customers"] },
  ModelHoldout: {
    anyFigure: [
      "from",
      "days",
      "customers",
      "lost",
      "auc",
      "aucOfRecency",
      "aucOfAlive",
      "brier",
      "brierOfShare",
      "calibration",
      "purchases",
      "topTenth",
    ],
  },
  CalibrationTenth: { anyFigure: ["tenth", "customers", "expected", "observed"] },
  FrequencyClass: { anyFigure: ["repeats", "customers", "expectedOrders", "observedOrders"] },
  LostRevenue: { anyFigure: ["heldByList", "heldByRecency", "heldByRevenue"] },
  Rfm: { customerLevel: ["recency"], customerFigures: ["frequency", "monetary", "code"] },
  SegmentExplanation: {
    customerFigures: ["scheme", "key", "rule", "values", "scores", "cutPoints", "better", "worse"],
  },
  RfmValues: { customerFigures: ["lastOrderDate", "recencyDays", "orders", "amount"] },
  BetterSegment: { customerFigures: ["key", "name", "rule", "missing", "sentence"] },
  WorseSegment: { customerFigures: ["key", "name", "rule", "losing", "sentence"] },
  MissingForSegment: { customerFigures: ["orders", "amount", "days"] },
  LosingSegment: { customerFigures: ["days", "orders", "amount"] },
  // How many there are is a figure as well.
  CustomerConnection: { customerLevel: ["edges", "nodes", "pageInfo"], customerFigures: ["totalCount"] },
  CustomerEdge: { customerLevel: ["cursor", "node"] },
  CustomersColumns: {
    customerLevel: [
      "count",
      "hasNextPage",
      "endCursor",
      "id",
      "country",
      "countries",
      "firstPurchaseDate",
      "lastPurchaseDate",
      "recencyDays",
      "cohortMonth",
      "rfm",
      "segmentKey",
    ],
    customerFigures: [
      "totalCount",
      "orders",
      "units",
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "averageOrderValue",
    ],
    personal: ["name"],
  },
  RfmColumns: { customerLevel: ["recency"], customerFigures: ["frequency", "monetary", "code"] },
  FactSale: { customerFigures: lineFields },
  FactSalesConnection: { customerFigures: ["edges", "nodes", "pageInfo", "totalCount"] },
  FactSalesColumns: {
    customerFigures: ["count", "hasNextPage", "endCursor", "totalCount", ...lineFields],
  },
  FactSaleEdge: { customerFigures: ["cursor", "node"] },
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
  Product: {
    anyFigure: [
      "code",
      "description",
      "category",
      "grossRevenue",
      "netRevenue",
      "returnsValue",
      "returnRate",
      "orders",
      "customers",
      "units",
      "revenueShare",
    ],
    wholePopulation: ["boughtWith"],
  },
  BoughtWith: { wholePopulation: ["code", "description", "orders", "support", "confidence", "lift"] },
  ProductConnection: { anyFigure: ["edges", "nodes", "pageInfo", "totalCount"] },
  ProductEdge: { anyFigure: ["cursor", "node"] },
  PageInfo: { public: ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor"] },
});

/** The class of a field; null where nobody has given it one. */
export function classOf(type: string, field: string): FieldClass | null {
  const classified = Object.hasOwn(fieldClasses, type) ? fieldClasses[type] : undefined;
  return fieldClassNames.find((name) => classified?.[name]?.includes(field)) ?? null;
}
