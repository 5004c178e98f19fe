// The questions about everything, without a filter: what they cost must hang on customers and months, not on lines.
export const wholeQuestions = [
  {
    key: "kpis",
    body: "{ kpis { grossRevenue netRevenue orders customers units averageOrderValue newCustomers repeatRate } }",
  },
  { key: "revenueByMonth", body: "{ revenueByMonth { month grossRevenue netRevenue orders customers newCustomers } }" },
  {
    key: "segments",
    body: "{ segments { key customers orders grossRevenue netRevenue revenueShare medianRecencyDays } }",
  },
].map(({ key, body }) => Object.freeze({ key, body: JSON.stringify({ query: body }) }));

/** Sees all rows, and figures alone. */
export const wholeAsker = { role: "executive" } as const;
