// Which field each role of the demo policy is shown, is refused, or gets as null, written by hand from what the roles are for. Nothing here
// is taken from the graph: a field that it gains must be put into this table by somebody who thought about who may see it. Only the rows of
// metrics are open to everyone but for the fields that stand here, so that a new figure of the business is not to be listed.

export const roles = ["admin", "executive", "analyst", "country_manager", "crm", "partner"] as const;
export type Role = (typeof roles)[number];
/** `shown`: something, without an error. `null`: nothing, without an error. `refused`: FORBIDDEN. */
export type Fate = "shown" | "null" | "refused";

// admin, executive, analyst, country_manager, crm, partner
const table: readonly (readonly [fates: string, fields: readonly string[]])[] = [
  [
    "shown shown shown shown shown shown",
    [
      "Query: me dataset catalog revenueByMonth revenueByCountry segments",
      "Viewer: role customerLevel members hiddenMembers masked notices scopeFingerprint",
      "Dataset: snapshot publishedAt asOf dataFrom dataThrough currency",
      "RevenueByMonth: month grossRevenue netRevenue returnsValue orders customers newCustomers units",
      "RevenueByMonth: averageOrderValue complete previous growth",
      "RevenueByCountry: country grossRevenue netRevenue returnsValue orders customers units averageOrderValue",
      "RevenueByCountry: revenueShare",
      "Segment: key name description scheme customers orders grossRevenue netRevenue revenueShare averageOrderValue",
      "Segment: medianRecencyDays",
      "Catalog: measures dimensions",
      "MeasureInfo: name member label description formula format sensitivity dimensions alwaysBy sumsOver",
      "DimensionInfo: name member label description sensitivity",
    ],
  ],
  // Any question about figures, and the cut-points, each of them some customer's value: everyone but the partner, who has three tables.
  [
    "shown shown shown shown shown refused",
    [
      "Dataset: rfmCutPoints",
      "RfmCutPoints: recency frequency monetary",
      "Query: kpis cohorts metrics models revenueAtRisk products segmentMovements insights",
      "RevenueAtRisk: customers trailingNetRevenue revenueAtRisk",
      "ModelCard: basis basisReason horizonDays discountRate models holdout",
      "ModelFit: model status reason parameters logLikelihood leftOut customersUsed converged steps",
      "ModelParameter: name value",
      "ModelLeftOut: why customers",
      "ModelHoldout: from days customers lost auc aucOfRecency aucOfAlive brier brierOfShare calibration purchases topTenth",
      "CalibrationTenth: tenth customers expected observed",
      "FrequencyClass: repeats customers expectedOrders observedOrders",
      "LostRevenue: heldByList heldByRecency heldByRevenue",
      "SegmentMovements: scheme from to fromAsOf toAsOf cutPointsFrozen before after moves",
      "MovementsTotal: customers grossRevenue netRevenue",
      "SegmentMove: kind from to cause customers grossRevenueBefore grossRevenueAfter netRevenueBefore netRevenueAfter",
      "Product: code description grossRevenue netRevenue returnsValue returnRate orders customers units revenueShare",
      "ProductConnection: edges nodes pageInfo totalCount",
      "ProductEdge: cursor node",
      "Kpis: grossRevenue netRevenue returnsValue productReturnsValue orders customers units averageOrderValue",
      "Kpis: revenuePerCustomer newCustomers repeatRate returnRate currency",
      "Cohort: month size retention",
      "CohortPeriod: period month customers rate grossRevenue observed complete",
      "MetricConnection: nodes totals totalCount pageInfo",
      "PageInfo: hasNextPage hasPreviousPage startCursor endCursor",
    ],
  ],
  // Single customers and single lines: neither for the executive nor for the partner; of whatever rows the others keep.
  [
    "shown refused shown shown shown refused",
    [
      "Query: customer customers customersColumns churnRisk factSales factSalesColumns",
      "Segment: customersConnection",
      "Customer: id country countries firstPurchaseDate lastPurchaseDate recencyDays orders units grossRevenue",
      "Customer: netRevenue returnsValue averageOrderValue cohortMonth rfm segmentKey segment sales outlook",
      "CustomerOutlook: basis trailingNetRevenue reason noOrderProbability aliveProbability expectedOrders30Days",
      "CustomerOutlook: expectedOrders90Days expectedOrders365Days expectedOrderValue lifetimeValue revenueAtRisk",
      "CustomerOutlook: usualIntervalDays daysOverdue",
      "Customer: segmentExplanation",
      "SegmentExplanation: scheme key rule values scores cutPoints better worse",
      "RfmValues: lastOrderDate recencyDays orders amount",
      "BetterSegment: key name rule missing sentence",
      "WorseSegment: key name rule losing sentence",
      "MissingForSegment: orders amount days",
      "LosingSegment: orders",
      "Rfm: recency frequency monetary code",
      "CustomerConnection: edges nodes pageInfo totalCount",
      "CustomerEdge: cursor node",
      "FactSale: id invoice orderedAt orderDate product description kind lineType quantity unitPrice amount",
      "FactSale: customerId country segmentKey",
      "FactSalesConnection: edges nodes pageInfo totalCount",
      "FactSaleEdge: cursor node",
      "FactSalesColumns: count hasNextPage endCursor totalCount id invoice orderedAt orderDate product description kind",
      "FactSalesColumns: lineType quantity unitPrice amount customerId country segmentKey",
      "CustomersColumns: count hasNextPage endCursor totalCount id country countries firstPurchaseDate lastPurchaseDate",
      "CustomersColumns: recencyDays orders units grossRevenue netRevenue returnsValue averageOrderValue cohortMonth",
      "CustomersColumns: rfm segmentKey",
      "RfmColumns: recency frequency monetary code",
      "MetricRow: customerId firstPurchaseAt lastPurchaseAt recencyDays latestCountry countries",
      "MetricRow: trailingGrossRevenue trailingReturnsValue trailingNetRevenue",
    ],
  ],
  // Something was measured.
  ["null null null null null refused", ["ModelCard: noHoldout"]],
  // The fixture names no category.
  ["null refused null null null refused", ["FactSale: category", "FactSalesColumns: category"]],
  // The same, and nothing a year before.
  ["null null null null null refused", ["MetricRow: category yearAgo", "Product: category"]],
  // What is bought together in the whole business: not for who sees a part of it.
  [
    "shown shown shown refused refused refused",
    ["Product: boughtWith", "BoughtWith: code description orders support confidence lift"],
  ],
  // Names: the analyst studies customers without learning them.
  ["shown refused null shown shown refused", ["Customer: name", "CustomersColumns: name"]],
  // How many rows were read and rejected: whoever runs the warehouse.
  ["shown null null null null null", ["Dataset: account"]],
  ["shown null null null null null", ["RowAccount: read loaded duplicate superseded rejected replaced"]],
  // The loads, what they amount to and what they could not load: the same, who sees every line and every name.
  [
    "shown refused refused refused refused refused",
    [
      "Query: loadRuns",
      "LoadRunConnection: nodes pageInfo totalCount",
      "LoadRun: id startedAt finishedAt status mode files account amounts snapshot warnings stages seconds rejects",
      "LoadedFile: name sha256 bytes rows",
      "LoadWarning: code count message",
      "LoadStage: stage seconds",
      "LoadAmount: kind lines amount",
      "RejectedRowConnection: nodes pageInfo totalCount",
      "RejectedRow: file line column code raw",
    ],
  ],
  // No load of these tests fails, or loads what was mended.
  ["null refused refused refused refused refused", ["LoadRun: errorCode errorMessage", "RejectedRow: settledIn"]],
  // The fixture has too few customers for anything to be said of them.
  [
    "null null null null null refused",
    ["Insight: kind severity subject unit figure comparison comparedWith sentence request figureAt comparisonAt"],
  ],
  // Its cut-points are its own.
  ["null null null null null null", ["Dataset: cutPointsOf"]],
  // What would lose a segment: a customer at risk has nothing to lose by time or amount in the CLASSIC scheme.
  ["shown refused shown shown null refused", ["LosingSegment: days"]],
  // Nor has any customer of these two countries who is seen whole.
  ["shown refused shown null null refused", ["LosingSegment: amount"]],
  // Null stands for all of them, and for no bound.
  ["null null null shown null null", ["Viewer: countries"]],
  ["null null null null shown null", ["Viewer: segments"]],
  ["null null null null null shown", ["Viewer: minimumCustomers"]],
  ["null null null null null null", ["Viewer: mostRows"]],
];

/** What each role gets of a field, by `Type.field`; a field that is named twice is a fault of the table. */
export const expectedFates: ReadonlyMap<string, Readonly<Record<Role, Fate>>> = readTable();

function readTable() {
  const fates = new Map<string, Record<Role, Fate>>();
  for (const [words, fields] of table) {
    const given = words.split(" ") as Fate[];
    for (const [type, names] of fields.map((line) => line.split(": ")))
      for (const name of names?.split(" ") ?? []) {
        const at = `${type}.${name}`;
        if (fates.has(at)) throw new Error(`${at} stands in the table twice.`);
        fates.set(at, Object.fromEntries(roles.map((role, nth) => [role, given[nth]])) as Record<Role, Fate>);
      }
  }
  return fates;
}

/** One customer whom every role that may see customers can see: France, CHURN_RISK. */
const one = 'customer(id: "12009")';

/** The ways that lead from a question to a type, by hand as well; some are closed to a role as a whole. */
export const waysTo: Readonly<Record<string, readonly string[]>> = {
  Query: [""],
  Viewer: ["me"],
  Dataset: ["dataset"],
  RfmCutPoints: ["dataset rfmCutPoints", "customer segmentExplanation cutPoints"],
  RowAccount: ["dataset account", "loadRuns nodes account"],
  LoadRunConnection: ["loadRuns"],
  LoadRun: ["loadRuns nodes"],
  LoadedFile: ["loadRuns nodes files"],
  LoadWarning: ["loadRuns nodes warnings"],
  LoadStage: ["loadRuns nodes stages"],
  LoadAmount: ["loadRuns nodes amounts"],
  RejectedRowConnection: ["loadRuns nodes rejects"],
  RejectedRow: ["loadRuns nodes rejects nodes"],
  Kpis: ["kpis"],
  RevenueByMonth: ["revenueByMonth", "revenueByMonth previous"],
  RevenueByCountry: ["revenueByCountry"],
  Catalog: ["catalog"],
  MeasureInfo: ["catalog measures"],
  DimensionInfo: ["catalog dimensions"],
  MetricConnection: ["metrics"],
  MetricRow: ["metrics nodes"],
  Insight: ["insights"],
  SegmentMovements: ["segmentMovements"],
  MovementsTotal: ["segmentMovements before", "segmentMovements after"],
  SegmentMove: ["segmentMovements moves"],
  Product: ["products nodes", "products edges node"],
  ProductConnection: ["products"],
  ProductEdge: ["products edges"],
  BoughtWith: ["products nodes boughtWith"],
  Cohort: ["cohorts"],
  CohortPeriod: ["cohorts retention"],
  Segment: ["segments", "customer segment", "customers nodes segment"],
  Customer: [
    ...["customer", "customers nodes", "customers edges node", "churnRisk nodes", "churnRisk edges node"],
    ...["segments customersConnection nodes", "segments customersConnection edges node"],
  ],
  SegmentExplanation: ["customers nodes segmentExplanation"],
  RfmValues: ["customer segmentExplanation values"],
  BetterSegment: ["customer segmentExplanation better"],
  MissingForSegment: ["customer segmentExplanation better missing"],
  WorseSegment: ["customers nodes segmentExplanation worse"],
  LosingSegment: ["customers nodes segmentExplanation worse losing"],
  Rfm: ["customer segmentExplanation scores", "customer rfm", "churnRisk nodes rfm"],
  CustomerConnection: ["customers", "churnRisk", "segments customersConnection"],
  CustomerEdge: ["customers edges", "churnRisk edges", "segments customersConnection edges"],
  FactSale: ["factSales nodes", "factSales edges node", "customer sales nodes", "customers nodes sales edges node"],
  FactSalesConnection: ["factSales", "customer sales"],
  FactSaleEdge: ["factSales edges", "customer sales edges"],
  FactSalesColumns: ["factSalesColumns"],
  CustomersColumns: ["customersColumns"],
  RfmColumns: ["customersColumns rfm"],
  CustomerOutlook: ["customer outlook", "churnRisk nodes outlook"],
  RevenueAtRisk: ["revenueAtRisk"],
  ModelCard: ["models"],
  ModelFit: ["models models"],
  ModelParameter: ["models models parameters"],
  ModelLeftOut: ["models models leftOut"],
  ModelHoldout: ["models holdout"],
  CalibrationTenth: ["models holdout calibration"],
  FrequencyClass: ["models holdout purchases"],
  LostRevenue: ["models holdout topTenth"],
  PageInfo: [
    ...["customers pageInfo", "churnRisk pageInfo", "segments customersConnection pageInfo", "factSales pageInfo"],
    ...["customer sales pageInfo", "metrics pageInfo", "loadRuns pageInfo", "loadRuns nodes rejects pageInfo"],
  ],
};

/** Past customers or lines for whoever sees neither, past any other question than its tables for the partner, past loads but for the admin. */
export function isClosed(way: string, role: Role): boolean {
  const isPastCustomers =
    /^(customers?|customersColumns|churnRisk|factSales|factSalesColumns)\b|customersConnection/.test(way);
  const isOpenQuestion = /^(kpis|cohorts|metrics|models|revenueAtRisk|products|segmentMovements|insights)\b/.test(way);
  if (/\bboughtWith\b/.test(way) && (role === "country_manager" || role === "crm")) return true;
  if (/^loadRuns\b/.test(way)) return role !== "admin";
  return (isPastCustomers && (role === "executive" || role === "partner")) || (isOpenQuestion && role === "partner");
}

/** What the fixture has too few customers for, for a role that may not see single ones: there, and null. */
export const isOfTooFew = (path: string, role: Role): boolean => /^revenueAtRisk\b/.test(path) && role === "executive";

/** What a role gets of a field; undefined for one that nobody has thought about. Rows of metrics are open but for what stands in the table. */
export function fateOf(at: string, role: Role): Fate | undefined {
  const ofRows = at.startsWith("MetricRow.") ? (role === "partner" ? "refused" : "shown") : undefined;
  return expectedFates.get(at)?.[role] ?? ofRows;
}

/** Fields of a metrics row that cannot be asked for alone: figures of single customers, and earlier rows. */
const metricFields: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      ...["firstPurchaseAt", "lastPurchaseAt", "recencyDays", "latestCountry", "countries"],
      ...["trailingGrossRevenue", "trailingReturnsValue", "trailingNetRevenue"],
    ].map((field) => [field, `customerId ${field}`]),
  ),
  previous: "month previous { month }",
  yearAgo: "month yearAgo { month }",
};

/** A field as it is asked for: with what it needs, and one leaf where it is an object. */
export function asked(type: string, field: string): string {
  if (type === "MetricRow") return metricFields[field] ?? field;
  if (type === "Query" && field === "customer") return `${one} { id }`;
  const leaf = leaves[`${type}.${field}`] ?? leaves[field];
  return leaf === undefined ? field : `${field} { ${leaf} }`;
}

const leaves: Readonly<Record<string, string>> = {
  me: "role",
  dataset: "asOf",
  rfmCutPoints: "recency",
  account: "read",
  kpis: "orders",
  revenueByMonth: "month",
  revenueByCountry: "country",
  "Query.segments": "key",
  cohorts: "month",
  retention: "period",
  previous: "month",
  catalog: "dimensions { name }",
  measures: "name",
  "Catalog.dimensions": "name",
  metrics: "totalCount",
  totals: "orders",
  "MetricConnection.nodes": "country",
  "RejectedRowConnection.nodes": "line",
  customersConnection: "totalCount",
  "Query.customers": "totalCount",
  churnRisk: "totalCount",
  factSales: "totalCount",
  factSalesColumns: "count",
  customersColumns: "count",
  loadRuns: "totalCount",
  files: "name",
  warnings: "code",
  stages: "stage",
  amounts: "kind",
  rejects: "totalCount",
  rfm: "code",
  outlook: "reason",
  "Query.models": "basis",
  "Query.revenueAtRisk": "customers",
  "ModelCard.models": "model",
  holdout: "auc",
  calibration: "tenth",
  purchases: "repeats",
  topTenth: "heldByList",
  parameters: "name",
  leftOut: "why",
  "Query.products": "totalCount",
  "ProductConnection.nodes": "code",
  "ProductEdge.node": "code",
  boughtWith: "code",
  segmentMovements: "from",
  insights: "kind",
  before: "customers",
  after: "customers",
  moves: "kind",
  segmentExplanation: "key",
  values: "orders",
  scores: "code",
  cutPoints: "recency",
  better: "key",
  worse: "key",
  missing: "orders",
  losing: "orders",
  segment: "key",
  sales: "totalCount",
  edges: "cursor",
  nodes: "id",
  node: "id",
  pageInfo: "hasNextPage",
};

/** A document that goes this way and selects this at its end. */
export function documentOf(way: string, selection: string): string {
  const steps = way === "" ? [] : way.split(" ");
  return steps.reduceRight((below, step) => `{ ${step === "customer" ? one : step} ${below} }`, `{ ${selection} }`);
}
