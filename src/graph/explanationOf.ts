// Lays out why a customer is in its segment, from the lines that the viewer may see; withheld where these are not what the published
// scores come from. What is shown hangs on visible lines and published facts alone.
import { daysBetween, type IsoDate } from "../kernel/calendar.ts";
import { type Decimal, toDecimal } from "../kernel/decimal.ts";
import { type Explained, explainSegment } from "../model/explainSegment.ts";
import type { MeasureName } from "../model/measures.ts";
import { ruleInWords } from "../model/ruleInWords.ts";
import { cutsInDays, type RfmValues } from "../model/scoreCustomer.ts";
import { describedSegment, type SchemeName, type SegmentKey } from "../model/segmentSchemes.ts";
import { betterInWords, worseInWords } from "../model/stepInWords.ts";
import type { CustomerAttributes, MetricRow } from "../query/answer.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import { rfmOf } from "./customerTraits.ts";
import type { SegmentExplanation } from "./types/SegmentExplanation.ts";

/** What must be asked of a customer's lines. */
export function explanationMeasures({ monetary }: Pick<SnapshotFacts, "monetary">): MeasureName[] {
  return ["lastPurchaseAt", "orders", monetary];
}

/** Null where the visible lines do not lead to the published scores and segment, and where there is nothing to score. */
export function explanationOf(
  scheme: SchemeName,
  row: MetricRow,
  attributes: Pick<CustomerAttributes, "scores" | "segments">,
  facts: SnapshotFacts,
): SegmentExplanation | null {
  const { scores } = attributes;
  const lastOrderDate = typeof row.lastPurchaseAt === "string" ? (row.lastPurchaseAt.slice(0, 10) as IsoDate) : null;
  if (scores === null || lastOrderDate === null) return null;
  const { asOf, currency } = facts;
  const cutPoints = { recency: facts.recencyCuts, frequency: facts.frequencyCuts, monetary: facts.monetaryCuts };
  const cuts = cutsInDays(asOf, cutPoints);
  const values: RfmValues = {
    recencyDays: daysBetween(lastOrderDate, asOf),
    orders: Number(row.orders ?? 0),
    amount: toDecimal(String(row[facts.monetary] ?? "0")) as Decimal,
  };
  const explained = explainSegment(scheme, values, cuts);
  if (!isPublished(scheme, explained, attributes)) return null;
  const rfm = rfmOf({ scores: explained.scores });
  if (rfm === null) return null;
  const told = (key: SegmentKey) => ({
    key,
    name: describedSegment(scheme, key).name,
    rule: ruleInWords(scheme, key, { cuts, asOf, currency }),
  });
  const { better, worse } = explained;
  return {
    scheme,
    key: explained.key,
    rule: told(explained.key).rule,
    values: { lastOrderDate, recencyDays: values.recencyDays, orders: values.orders, amount: values.amount },
    scores: rfm,
    cutPoints,
    better: better && {
      ...told(better.key),
      missing: better.missing,
      sentence: betterInWords(told(better.key).name, better.missing, currency),
    },
    worse: worse && {
      ...told(worse.key),
      losing: worse.losing,
      sentence: worseInWords(told(worse.key).name, worse.losing, currency),
    },
  };
}

function isPublished(
  scheme: SchemeName,
  { key, scores }: Explained,
  published: Pick<CustomerAttributes, "scores" | "segments">,
): boolean {
  return (
    key === published.segments[scheme] &&
    scores.recency === published.scores?.recency &&
    scores.frequency === published.scores.frequency &&
    scores.monetary === published.scores.monetary
  );
}
