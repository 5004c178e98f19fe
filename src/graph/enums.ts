// The graph's enums. Their values are the model's lists, in the model's order; only their descriptions are written here.
import { registerEnumType } from "type-graphql";
import { insightKinds, insightSeverities, insightUnits } from "../model/insightRules.ts";
import { lineKinds, lineTypes } from "../model/lineKinds.ts";
import { moveCauses, moveKinds } from "../model/segmentMoves.ts";
import { schemeNames, segmentKeys } from "../model/segmentSchemes.ts";

type EnumOf<Value extends string> = { readonly [Name in Value]: Name };

function enumOf<Value extends string>(name: string, values: readonly Value[], description: string): EnumOf<Value> {
  const entries = Object.freeze(Object.fromEntries(values.map((value) => [value, value]))) as EnumOf<Value>;
  registerEnumType(entries, { name, description });
  return entries;
}

export const SegmentSchemeEnum = enumOf(
  "SegmentScheme",
  schemeNames,
  "A way to sort customers into segments by their RFM scores. The same key in two schemes is two sets of customers.",
);

export const SegmentKeyEnum = enumOf(
  "SegmentKey",
  segmentKeys,
  "Keys of all schemes. GUEST (lines without a customer) and UNSCORED (customers without a single SALE line) exist in every scheme.",
);

export const LineKindEnum = enumOf(
  "LineKind",
  lineKinds,
  "What happened: goods sold, credited back, written off at no price, or an adjustment of the books.",
);

export const LineTypeEnum = enumOf(
  "LineType",
  lineTypes,
  "What was sold: goods (PRODUCT), or postage, fees, discounts and the like.",
);

export const CustomerTypeEnum = enumOf(
  "CustomerType",
  ["IDENTIFIED", "GUEST"],
  "IDENTIFIED where the line names a customer, GUEST where it does not.",
);

export const DirectionEnum = enumOf("Direction", ["ASC", "DESC"], "Smallest first, or largest first.");

export const customerOrderFields = [
  "ID",
  "LAST_PURCHASE_DATE",
  "RECENCY_DAYS",
  "ORDERS",
  "UNITS",
  "GROSS_REVENUE",
  "NET_REVENUE",
] as const;
export type CustomerOrderFieldName = (typeof customerOrderFields)[number];

export const CustomerOrderFieldEnum = enumOf(
  "CustomerOrderField",
  customerOrderFields,
  "What a list of customers can be ordered by. Customers who are level come in the order of their ids.",
);

export const ChurnBasisEnum = enumOf(
  "ChurnBasis",
  ["MODEL", "RECENCY"],
  "What a list of customers at risk goes by: the chances of a model that was seen to do better than recency, or the days since the last order where there is none.",
);
export type ChurnBasisName = keyof typeof ChurnBasisEnum;

export const ModelNameEnum = enumOf(
  "ModelName",
  ["BG_NBD", "GAMMA_GAMMA"],
  "BG_NBD: when customers order, and whether they have left. GAMMA_GAMMA: what their orders are worth.",
);
export type ModelNameValue = keyof typeof ModelNameEnum;

export const ModelStatusEnum = enumOf(
  "ModelStatus",
  ["OK", "DEGENERATE", "INSUFFICIENT_DATA"],
  "Whether a model can be believed. DEGENERATE: fitted, but to an edge that says nothing of some things, as the reason tells.",
);
export type ModelStatusName = keyof typeof ModelStatusEnum;
export const productOrderFields = [
  "CODE",
  "GROSS_REVENUE",
  "NET_REVENUE",
  "RETURNS_VALUE",
  "ORDERS",
  "CUSTOMERS",
  "UNITS",
] as const;
export type ProductOrderFieldName = (typeof productOrderFields)[number];

export const ProductOrderFieldEnum = enumOf(
  "ProductOrderField",
  productOrderFields,
  "What a list of products can be ordered by. Products that are level come in the order of their codes.",
);

export const MoveKindEnum = enumOf("MoveKind", moveKinds, "What became of customers between two snapshots.");

export const MoveCauseEnum = enumOf(
  "MoveCause",
  moveCauses,
  "Why customers moved: by what they did, by time alone, or because cut-points moved.",
);

export const InsightKindEnum = enumOf("InsightKind", insightKinds, "What an insight is about.");

export const InsightSeverityEnum = enumOf(
  "InsightSeverity",
  insightSeverities,
  "How much an insight matters: good to know, worth a look, or worth doing something about.",
);

export const InsightUnitEnum = enumOf(
  "InsightUnit",
  insightUnits,
  "What a figure counts: a fraction of a whole, money in the warehouse's currency, or customers.",
);
