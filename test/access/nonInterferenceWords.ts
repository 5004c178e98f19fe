// What random documents name, for one asker over one file: what they see, what they do not, and what they are refused anyway.
import type { Scope } from "../../src/model/scope.ts";
import { keysOf } from "../../src/model/segmentSchemes.ts";
import { keysBeside } from "../oracle/shopLines.ts";
import type { Words } from "./nonInterferenceDocuments.ts";
import {
  countries,
  customers,
  days,
  keeps,
  newcomers,
  newProduct,
  products,
  type ShopRow,
  scoringOf,
} from "./nonInterferenceRows.ts";

const personal = [
  ...["customer", "customers", "customersColumns", "churnRisk", "factSales", "factSalesColumns"],
  ...["customersConnection", "customerId"],
];
const beyondFixedTables = [
  "models",
  "revenueAtRisk",
  "metrics",
  "products",
  "segmentMovements",
  "insights",
  "kpis",
  "cohorts",
  "where",
  "medianRecencyDays",
  "newCustomers",
  "previous",
];

export function wordsFor(scope: Scope, rows: readonly ShopRow[]): Words {
  const scoring = scoringOf(rows);
  const kept = rows.filter((row) => keeps(scope, row, scoring));
  const pool = (all: readonly string[], seen: readonly (string | null)[]) => ({
    seen: all.filter((each) => seen.includes(each)),
    others: all.filter((each) => !seen.includes(each)),
  });
  return {
    countries: pool([...countries, "Nowhere"], scope.countries ?? countries),
    segments: {
      CLASSIC: pool(keysOf("CLASSIC"), keysBeside(scope.segments, "segment")),
      EXECUTIVE: pool(keysOf("EXECUTIVE"), keysBeside(scope.segments, "segmentExecutive")),
      DETAILED: pool(keysOf("DETAILED"), keysBeside(scope.segments, "segmentDetailed")),
    },
    customers: pool(
      [...customers, ...newcomers, "nobody"],
      kept.map(({ customer }) => customer),
    ),
    products: pool(
      [...products, newProduct, "nothing"],
      kept.map(({ product }) => product),
    ),
    days: ["2010-11-30", ...days, "2012-03-05"],
    refused: [
      ...(scope.customerLevel && scope.members.includes("personal") ? [] : personal),
      ...(scope.minimumCustomers === null ? [] : beyondFixedTables),
      ...(scope.countries === null && scope.segments === null ? [] : ["boughtWith"]),
      ...(scope.members.includes("commercial")
        ? []
        : ["products", "segmentExplanation", "segmentMovements", "insights"]),
      "account",
    ],
  };
}
