// The facts of the whole population that hidden rows may change, one by one: each really does change, and nothing that does not name it
// changes with it.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoadOptions } from "../../etl/loadOptions.ts";
import { mostPlaces } from "../../src/model/rollups.ts";
import type { Scope } from "../../src/model/scope.ts";
import { adminScope } from "../support/testWarehouse.ts";
import { drawOf, randomDocument } from "./nonInterferenceDocuments.ts";
import {
  changeHidden,
  changes,
  type FileOptions,
  fileOf,
  keeps,
  type ShopRow,
  type Step,
  scoringOf,
  shops,
} from "./nonInterferenceRows.ts";
import { type Answered, firstDifference, inWords, makeTwins, nothingSeen, type Twins } from "./nonInterferenceTwins.ts";
import { wordsFor } from "./nonInterferenceWords.ts";

const manager: Scope = Object.freeze({
  ...adminScope,
  operator: false,
  role: "manager",
  fingerprint: "manager",
  countries: ["France", "Germany"],
});
const ofSegments: Scope = Object.freeze<Scope>({
  ...adminScope,
  operator: false,
  role: "of segments",
  fingerprint: "of segments",
  segments: ["AT_RISK", "CHURN_RISK"],
});

let twins: Twins;
beforeAll(async () => {
  twins = await makeTwins();
});
afterAll(() => twins?.close());

type Trial = Readonly<{ rows: readonly ShopRow[]; steps: readonly Step[]; seeds: readonly number[] }>;
/** The same ones each time. */
const trials: readonly Trial[] = fc.sample(
  fc.record({ rows: shops, steps: changes, seeds: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }) }),
  { seed: 41, numRuns: 3 },
);

type World = Readonly<{ rows: readonly ShopRow[]; file?: FileOptions; keepsScores: boolean }>;
type Exception = Readonly<{
  /** What the same shop becomes by changes to hidden rows alone. */
  becomes(trial: Trial): World;
  /** Fields, arguments and enum values that say the fact, or figures that rest on it. */
  said: readonly string[];
  /** What a receipt may say differently. */
  receipt?: readonly string[];
  /** Questions, each answered differently for one of the shops at least, and under which scope. */
  changed: readonly (readonly [question: string, scope?: Scope])[];
}>;

const isHidden = ({ country }: ShopRow) => !manager.countries?.includes(country);

const scores = [
  "segmentExplanation",
  "segmentMovements",
  "insights",
  "rfm",
  "rfmCutPoints",
  "segment",
  "segments",
  "segmentKey",
  "segmentExecutive",
  "segmentDetailed",
];
const selected = [
  "churnRisk",
  "revenueAtRisk",
  "outlook",
  "models",
  "SEGMENT",
  "SEGMENT_EXECUTIVE",
  "SEGMENT_DETAILED",
];
const sinceDays = [
  "recencyDays",
  "RECENCY_DAYS",
  "medianRecencyDays",
  "MEDIAN_RECENCY_DAYS",
  "churnRisk",
  "outlook",
  "models",
  "revenueAtRisk",
  "segmentExplanation",
  "segmentMovements",
  "insights",
];
const trailing = ["GrossRevenue", "ReturnsValue", "NetRevenue"].flatMap((name) => [
  `trailing${name}`,
  `TRAILING${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
]);
const spines = ["revenueByMonth", "cohorts", "spine", "previous", "yearAgo"];

const exceptions: Readonly<Record<string, Exception>> = {
  "scores, cut-points, segments and what they select": {
    becomes: ({ rows, steps }) => ({ rows: changeHidden(rows, steps, manager), keepsScores: false }),
    said: [...scores, ...selected],
    changed: [
      ["{ dataset { rfmCutPoints { recency frequency monetary } } }"],
      ["{ customers { nodes { id rfm { code } } } }"],
      ["{ customers { nodes { id segmentKey } } }"],
      ["{ metrics { nodes { segment grossRevenue } } }"],
      ["{ metrics { nodes { segmentDetailed customers } } }"],
      ["{ segments { key customers } }"],
      ["{ churnRisk { nodes { id } } }"],
      ["{ kpis(where: { segment: { in: [CHAMPIONS, LOYAL_CUSTOMERS] } }) { grossRevenue } }"],
      ["{ kpis { grossRevenue customers } }", ofSegments],
    ],
  },
  "descriptions of products": {
    becomes: ({ rows }) => ({
      rows,
      file: { describe: (row) => (isHidden(row) ? `Another ${row.product}` : `${row.product}s`) },
      keepsScores: true,
    }),
    said: ["description", "category"],
    changed: [["{ factSales { nodes { product description } } }"]],
  },
  "the day that figures are seen from, and the range of the data": {
    becomes: ({ rows }) => {
      const hidden = rows.filter(isHidden).map((row) => ({ ...row, invoice: "799", price: "10", quantity: 1 }));
      return {
        rows: [
          ...rows,
          ...hidden.slice(0, 1).map((row) => ({ ...row, day: "2010-10-30" })),
          ...hidden.slice(-1).map((row) => ({ ...row, day: "2012-04-01" })),
        ],
        keepsScores: true,
      };
    },
    said: ["asOf", "dataFrom", "dataThrough", ...sinceDays, ...trailing, ...spines],
    receipt: ["asOf", "dataFrom", "dataThrough"],
    changed: [
      ["{ dataset { asOf } }"],
      ["{ dataset { dataFrom } }"],
      ["{ dataset { dataThrough } }"],
      ["{ customers { nodes { recencyDays } } }"],
      ["{ segments { medianRecencyDays } }"],
      ["{ metrics { nodes { customerId trailingGrossRevenue } } }"],
      ["{ revenueByMonth { month complete } }"],
      ["{ cohorts { month } }"],
      ["{ metrics(spine: true) { nodes { month grossRevenue } } }"],
    ],
  },
  "which rollups are filled": {
    becomes: ({ rows }) => {
      const wide = Array.from({ length: mostPlaces + 1 }, (_, nth) => `Country ${nth}`);
      const [row] = rows.filter(isHidden);
      const added = wide.flatMap((country) => (row ? { ...row, customer: "N1", invoice: "790", country } : []));
      return { rows: [...rows, ...added], keepsScores: true };
    },
    said: [],
    receipt: ["sources"],
    changed: [["{ kpis { grossRevenue orders } }"]],
  },
};

async function publish({ rows }: Trial, world: World): Promise<void> {
  const first = { text: fileOf(rows) };
  const scoresOf = await twins.publish({ left: first, right: first });
  const options: Partial<LoadOptions> = world.keepsScores ? { scoresOf } : {};
  await twins.publish({ left: { ...first, options }, right: { text: fileOf(world.rows, world.file), options } });
}

/** An answer without some of what its receipt says. */
const withoutReceiptOf = (names: readonly string[]) => (bytes: string) => {
  const [status, { extensions, ...rest }] = JSON.parse(bytes);
  const receipt = Object.entries(extensions?.receipt ?? {}).filter(([name]) => !names.includes(name));
  return JSON.stringify([status, rest, receipt]);
};

describe.each(Object.entries(exceptions))("%s", (_, { becomes, said, receipt = [], changed }) => {
  const told = ({ data, sources }: Answered) => JSON.stringify(receipt.includes("sources") ? sources : data);

  it("change with hidden rows, and what does not name them stays the same", async () => {
    const different = new Set<string>();
    const seen = nothingSeen();
    for (const trial of trials) {
      const world = becomes(trial);
      const visible = (rows: readonly ShopRow[]) => rows.filter((row) => keeps(manager, row, scoringOf(rows)));
      expect(visible(world.rows)).toEqual(visible(trial.rows));
      await publish(trial, world);

      for (const [question, scope = manager] of changed) {
        const [left, right] = [
          await twins.answer("left", question, scope),
          await twins.answer("right", question, scope),
        ];
        expect([left.codes, right.codes]).toEqual([[], []]);
        if (told(left) !== told(right)) different.add(question);
      }
      const words = wordsFor(manager, trial.rows);
      for (const seed of trial.seeds) {
        const document = randomDocument(twins.schema, words, drawOf(seed), (name) => said.includes(name));
        const leavingOut = withoutReceiptOf(receipt);
        const difference = await firstDifference(twins, document, manager, seen, { leavingOut });
        if (difference) throw new Error(inWords(difference));
      }
    }
    expect(different).toEqual(new Set(changed.map(([question]) => question)));
    expect(seen.answered / seen.documents).toBeGreaterThan(0.6);
    expect(seen.values).toBeGreaterThan(500);
  });
});

it("a row account changes for operators, and for nobody else", async () => {
  const [{ rows }] = trials as [Trial];
  const files = { left: { text: fileOf(rows) }, right: { text: fileOf(rows, { rejects: 3, extraColumn: true }) } };
  await twins.publish(files);
  const question = "{ dataset { account { read rejected } } }";
  const accounts = [
    await twins.answer("left", question, adminScope),
    await twins.answer("right", question, adminScope),
  ];
  expect(accounts.map(({ data }) => data)).toEqual([
    { dataset: { account: { read: rows.length, rejected: 0 } } },
    { dataset: { account: { read: rows.length + 3, rejected: 3 } } },
  ]);
  for (const scope of [manager, ofSegments, { ...adminScope, operator: false }]) {
    const [left, right] = [await twins.answer("left", question, scope), await twins.answer("right", question, scope)];
    expect(left.bytes).toBe(right.bytes);
    expect(left.bytes).not.toContain("rejected");
  }
});

it("the loads on record are for operators, whoever else asks for whatever of them", async () => {
  const [{ rows }] = trials as [Trial];
  const files = { left: { text: fileOf(rows) }, right: { text: fileOf(rows, { rejects: 2, extraColumn: true }) } };
  await twins.publish(files);
  const question =
    "{ loadRuns(first: 1) { totalCount nodes { account { rejected } warnings { code } rejects { nodes { raw } } } } }";
  const [left, right] = [
    await twins.answer("left", question, adminScope),
    await twins.answer("right", question, adminScope),
  ];
  expect(left.data).toMatchObject({ loadRuns: { nodes: [{ account: { rejected: 0 }, rejects: { nodes: [] } }] } });
  expect(right.data).toMatchObject({ loadRuns: { nodes: [{ account: { rejected: 2 } }] } });
  for (const scope of [manager, ofSegments, { ...adminScope, operator: false }]) {
    const answers = [await twins.answer("left", question, scope), await twins.answer("right", question, scope)];
    expect(answers.map(({ bytes }) => bytes)).toEqual([answers[0]?.bytes, answers[0]?.bytes]);
    expect(answers[0]?.codes).toEqual(["FORBIDDEN"]);
  }
});

// The last one: from here on the two have published unlike often.
it("which snapshot it is changes with every load, and in answers only what names it", async () => {
  const [trial] = trials as [Trial];
  const same = { text: fileOf(trial.rows) };
  await twins.publish({ left: same, right: same });
  await twins.publishOne("right", same);
  const question = "{ dataset { snapshot } customers(first: 1) { pageInfo { endCursor } } }";
  const [left, right] = [await twins.answer("left", question, manager), await twins.answer("right", question, manager)];
  expect(JSON.stringify(left.data)).not.toBe(JSON.stringify(right.data));

  const words = wordsFor(manager, trial.rows);
  const named = ["snapshot", "segmentMovements", "insights", "cursor", "startCursor", "endCursor", "after"];
  const leavingOut = (bytes: string) =>
    withoutReceiptOf(["snapshot"])(bytes).replaceAll(/"endCursor":"[^"]*"/g, '"endCursor":"…"');
  const seen = nothingSeen();
  for (const seed of trials.flatMap(({ seeds }) => seeds)) {
    const { text } = randomDocument(twins.schema, words, drawOf(seed), (name) => named.includes(name));
    const difference = await firstDifference(twins, { text, slots: [] }, manager, seen, { leavingOut });
    if (difference) throw new Error(inWords(difference));
  }
  expect(seen.answered / seen.documents).toBeGreaterThan(0.6);
});
