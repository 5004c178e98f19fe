// The three ways to name the 125 cells of RFM scores. A scheme is an ordered list of rules; `proveSegmentSchemes` shows that
// each cell gets exactly one name. GUEST (lines without a customer) and UNSCORED (customers without a SALE) exist in every scheme.

export const schemeNames = ["CLASSIC", "EXECUTIVE", "DETAILED"] as const;
export type SchemeName = (typeof schemeNames)[number];

export const segmentKeys = [
  "CHAMPIONS",
  "LOYAL_CUSTOMERS",
  "POTENTIAL_LOYALISTS",
  "AT_RISK",
  "CHURN_RISK",
  "HIGH_VALUE",
  "POTENTIAL",
  "NEW_CUSTOMERS",
  "PROMISING",
  "NEED_ATTENTION",
  "ABOUT_TO_SLEEP",
  "CANT_LOSE_THEM",
  "HIBERNATING",
  "GUEST",
  "UNSCORED",
] as const;
export type SegmentKey = (typeof segmentKeys)[number];

/** Bounds of a score, both included. */
type Between = readonly [low: number, high: number];
export type ScoreName = "recency" | "frequency" | "monetary";

export type SegmentRule = Readonly<{
  key: SegmentKey;
  name: string;
  description: string;
  when: Readonly<Partial<Record<ScoreName, Between>>>;
}>;

export type SegmentScheme = Readonly<{
  name: SchemeName;
  /** Where true no two rules may share a cell; where false the first match counts. */
  exclusive: boolean;
  rules: readonly SegmentRule[];
  /** The keys of the rules from the best segment to the worst, where that is not the order of the rules. */
  bestFirst?: readonly SegmentKey[];
}>;

const atLeast = (low: number): Between => [low, 5];
const atMost = (high: number): Between => [1, high];

const classic: SegmentScheme = {
  name: "CLASSIC",
  exclusive: false,
  rules: [
    {
      key: "CHAMPIONS",
      name: "Champions",
      description: "Bought recently, buy often and spend most: recency, frequency and monetary scores of 4 or 5.",
      when: { recency: atLeast(4), frequency: atLeast(4), monetary: atLeast(4) },
    },
    {
      key: "LOYAL_CUSTOMERS",
      name: "Loyal Customers",
      description: "Buy regularly and not long ago: recency and frequency scores of 3 or more, and no Champion.",
      when: { recency: atLeast(3), frequency: atLeast(3) },
    },
    {
      key: "POTENTIAL_LOYALISTS",
      name: "Potential Loyalists",
      description: "Bought recently but seldom yet: a recency score of 4 or 5 and a frequency score below 3.",
      when: { recency: atLeast(4) },
    },
    {
      key: "AT_RISK",
      name: "At Risk",
      description:
        "Used to buy often and have not for a while: a frequency score of 3 or more and a recency score below 3.",
      when: { frequency: atLeast(3) },
    },
    {
      key: "CHURN_RISK",
      name: "Churn Risk",
      description: "Bought seldom and not recently: everyone whom no other rule of the scheme names.",
      when: {},
    },
  ],
};

const executive: SegmentScheme = {
  name: "EXECUTIVE",
  exclusive: false,
  bestFirst: ["HIGH_VALUE", "POTENTIAL", "CHURN_RISK"],
  rules: [
    {
      key: "CHURN_RISK",
      name: "Churn Risk",
      description: "Have not bought for long: a recency score of 1 or 2.",
      when: { recency: atMost(2) },
    },
    {
      key: "HIGH_VALUE",
      name: "High Value",
      description: "Active and among the best two fifths by revenue: a monetary score of 4 or 5.",
      when: { monetary: atLeast(4) },
    },
    { key: "POTENTIAL", name: "Potential", description: "Active, with revenue still to win: everyone else.", when: {} },
  ],
};

const detailed: SegmentScheme = {
  name: "DETAILED",
  exclusive: true,
  rules: [
    {
      key: "CHAMPIONS",
      name: "Champions",
      description: "Bought very recently and buy very often: recency 5, frequency 4 or 5.",
      when: { recency: [5, 5], frequency: [4, 5] },
    },
    {
      key: "LOYAL_CUSTOMERS",
      name: "Loyal Customers",
      description: "Buy very often, the last time not long ago: recency 3 or 4, frequency 4 or 5.",
      when: { recency: [3, 4], frequency: [4, 5] },
    },
    {
      key: "POTENTIAL_LOYALISTS",
      name: "Potential Loyalists",
      description: "Bought recently and more than once: recency 4 or 5, frequency 2 or 3.",
      when: { recency: [4, 5], frequency: [2, 3] },
    },
    {
      key: "NEW_CUSTOMERS",
      name: "New Customers",
      description: "Bought very recently, and hardly more than once: recency 5, frequency 1.",
      when: { recency: [5, 5], frequency: [1, 1] },
    },
    {
      key: "PROMISING",
      name: "Promising",
      description: "Bought recently, and hardly more than once: recency 4, frequency 1.",
      when: { recency: [4, 4], frequency: [1, 1] },
    },
    {
      key: "NEED_ATTENTION",
      name: "Need Attention",
      description: "In the middle on both counts: recency 3, frequency 3.",
      when: { recency: [3, 3], frequency: [3, 3] },
    },
    {
      key: "ABOUT_TO_SLEEP",
      name: "About to Sleep",
      description: "Bought seldom, and some while ago: recency 3, frequency 1 or 2.",
      when: { recency: [3, 3], frequency: [1, 2] },
    },
    {
      key: "CANT_LOSE_THEM",
      name: "Can't Lose Them",
      description: "Bought more often than anyone and have stopped: recency 1 or 2, frequency 5.",
      when: { recency: [1, 2], frequency: [5, 5] },
    },
    {
      key: "AT_RISK",
      name: "At Risk",
      description: "Used to buy often and have not for long: recency 1 or 2, frequency 3 or 4.",
      when: { recency: [1, 2], frequency: [3, 4] },
    },
    {
      key: "HIBERNATING",
      name: "Hibernating",
      description: "Bought seldom and long ago: recency 1 or 2, frequency 1 or 2.",
      when: { recency: [1, 2], frequency: [1, 2] },
    },
  ],
};

export const segmentSchemes: Readonly<Record<SchemeName, SegmentScheme>> = Object.freeze({
  CLASSIC: classic,
  EXECUTIVE: executive,
  DETAILED: detailed,
});

/** The two keys that stand outside RFM, in every scheme, last. */
export const unscoredSegments: readonly Omit<SegmentRule, "when">[] = Object.freeze([
  {
    key: "GUEST",
    name: "Guest",
    description: "Lines sold without a customer: they count in sales, never in customers.",
  },
  {
    key: "UNSCORED",
    name: "Unscored",
    description: "Customers without a single SALE line (returns or adjustments only): they have no RFM scores.",
  },
]);

/** Every key of a scheme, in the scheme's order, GUEST and UNSCORED last. */
export function keysOf(scheme: SchemeName): SegmentKey[] {
  return [...segmentSchemes[scheme].rules, ...unscoredSegments].map((rule) => rule.key);
}

export type Scores = Readonly<Record<ScoreName, number>>;

/** The keys of a scheme's rules, from the best segment to the worst. */
export function bestFirst({ rules, bestFirst: declared }: SegmentScheme): readonly SegmentKey[] {
  return declared ?? rules.map((rule) => rule.key);
}

/** What a scheme says of a key of its own, of GUEST or of UNSCORED. */
export function describedSegment(scheme: SchemeName, key: SegmentKey): Omit<SegmentRule, "when"> {
  const described = [...segmentSchemes[scheme].rules, ...unscoredSegments].find((rule) => rule.key === key);
  if (!described) throw new Error(`The scheme ${scheme} has no segment ${key}.`);
  return described;
}

function matches(rule: SegmentRule, scores: Scores): boolean {
  return Object.entries(rule.when).every(([score, [low, high]]) => {
    const value = scores[score as ScoreName];
    return value >= low && value <= high;
  });
}

/** All 125 cells of three scores from 1 to 5. */
function cells(): Scores[] {
  const five = [1, 2, 3, 4, 5];
  return five.flatMap((recency) =>
    five.flatMap((frequency) => five.map((monetary) => ({ recency, frequency, monetary }))),
  );
}

/** The segment of a cell. */
export function segmentOf(scheme: SchemeName, scores: Scores): SegmentKey {
  const rule = segmentSchemes[scheme].rules.find((candidate) => matches(candidate, scores));
  if (!rule) throw new Error(`Segment scheme ${scheme} has no rule for the cell ${JSON.stringify(scores)}.`);
  return rule.key;
}

/**
 * The keys of `scheme` that customers of the given CLASSIC segments can have: what a scope over CLASSIC keys may see of another
 * scheme. In the scheme's order; GUEST and UNSCORED only where they are given.
 */
export function reachableKeys(scheme: SchemeName, classicKeys: readonly SegmentKey[]): SegmentKey[] {
  const seen = new Set<SegmentKey>(classicKeys.filter((key) => key === "GUEST" || key === "UNSCORED"));
  for (const cell of cells()) if (classicKeys.includes(segmentOf("CLASSIC", cell))) seen.add(segmentOf(scheme, cell));
  return keysOf(scheme).filter((key) => seen.has(key));
}

/** Throws where a scheme leaves a cell without a name, names one twice although exclusive, or repeats a key. */
export function proveSegmentSchemes(schemes: readonly SegmentScheme[] = Object.values(segmentSchemes)): void {
  for (const scheme of schemes) {
    const keys = scheme.rules.map((rule) => rule.key);
    if (new Set(keys).size !== keys.length) throw new Error(`Segment scheme ${scheme.name} names a key twice.`);
    if (bestFirst(scheme).toSorted().join() !== keys.toSorted().join())
      throw new Error(`Segment scheme ${scheme.name} does not rank each of its segments once.`);
    for (const cell of cells()) {
      const found = scheme.rules.filter((rule) => matches(rule, cell)).map((rule) => rule.key);
      const place = `the cell R${cell.recency} F${cell.frequency} M${cell.monetary}`;
      if (found.length === 0) throw new Error(`Segment scheme ${scheme.name} has no rule for ${place}.`);
      if (scheme.exclusive && found.length > 1)
        throw new Error(`Segment scheme ${scheme.name} names ${place} more than once: ${found.join(", ")}.`);
    }
    for (const rule of scheme.rules)
      if (!cells().some((cell) => scheme.rules.find((candidate) => matches(candidate, cell)) === rule))
        throw new Error(`Segment scheme ${scheme.name} can never reach ${rule.key}.`);
  }
}
