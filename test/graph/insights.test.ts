// The executive's page: each figure is what its own document answers, for every role that may ask; nothing is said of too few customers, or
// of what a scope does not keep; and the real file's concentration.
import { describe, expect, test } from "vitest";
import { followUp } from "../../etl/followUp/followUp.ts";
import { insightKinds, leastCustomers } from "../../src/model/insightRules.ts";
import type { Scope } from "../../src/model/scope.ts";
import { drawOf } from "../access/nonInterferenceDocuments.ts";
import { scope } from "../oracle/shopLines.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { adminScope } from "../support/testWarehouse.ts";
import { roles } from "./shopGraph.ts";
import { useGraph } from "./useGraph.ts";

type Insight = Readonly<
  Record<"kind" | "severity" | "unit" | "comparedWith" | "sentence" | "request" | "figureAt", string> & {
    subject: string | null;
    figure: number;
    comparison: number | null;
    comparisonAt: string | null;
  }
>;
const selection =
  "{ insights { kind severity subject unit figure comparison comparedWith sentence request figureAt comparisonAt } }";

type Ask = ReturnType<typeof useGraph>["dataOf"];
const insightsOf = async (dataOf: Ask, of: Scope) => (await dataOf(selection, of)).insights as Insight[];

/** Runs each insight's document as the same viewer, and lays its figures beside those that were told. */
async function reproduce(dataOf: Ask, insights: readonly Insight[], of: Scope): Promise<void> {
  const valueAt = (data: unknown, path: string) =>
    path.split(".").reduce((value, step) => (value as Record<string, unknown>)[step], data);
  for (const { request, figure, figureAt, comparison, comparisonAt, kind } of insights) {
    const [root] = Object.values(await dataOf(request, of));
    expect(Number(valueAt(root, figureAt)), `${kind} ${figureAt}`).toBe(figure);
    if (comparisonAt !== null) expect(Number(valueAt(root, comparisonAt)), `${kind} ${comparisonAt}`).toBe(comparison);
  }
}

/** Whether cohorts differ, and whether a model could be trusted, hangs on the figures. */
const mayBeMissing: readonly string[] = ["COHORT_KEPT", "COHORT_LOST", "REVENUE_AT_RISK"];

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/** Two countries, one of which falls off in April; cohorts of three months; a product that comes back; May is not over. */
function trade(months: readonly number[]): string {
  const draw = drawOf(9);
  const rows = months.flatMap((month) =>
    Array.from({ length: 300 }, (_, nth) => {
      const customer = `C${draw(40 * month)}`;
      const country = Number(customer.slice(1)) % 2 === 0 ? "France" : "Spain";
      const price = country === "France" && month === 4 ? 2 : 10 + draw(20);
      const day = `${month}/${1 + draw(month === 5 ? 9 : 28)}/2024 10:00`;
      const sold = `${month}${1000 + nth},P${draw(6)},Thing,${1 + draw(4)},${day},${price}.25,${customer},${country}`;
      const back = `C${month}${1000 + nth},P0,Thing,-1,${day},9.25,${customer},${country}`;
      return nth % 9 === 0 ? [sold, back] : [sold];
    }).flat(),
  );
  return `${[header, ...rows].join("\n")}\n`;
}

describe("a business of five months", () => {
  const { answer, dataOf, warehouse } = useGraph(async (filled) => {
    const options = { reading: { dateOrder: "mdy" as const } };
    await filled.loadText(trade([1, 2, 3]), options);
    await filled.loadText(trade([4, 5]), { ...options, append: true });
    await followUp({ url: filled.url });
  });

  const france = scope("france", ["France"], null);
  test.each([
    ["admin", adminScope],
    ["executive", roles.executive],
    ["analyst", roles.analyst],
    ["one country", france],
    ["two segments", roles.crm],
  ] as const)("each figure is what its document answers, for the %s", async (_, of) => {
    const insights = await insightsOf(dataOf, of);
    expect(insights.length).toBeGreaterThan(3);
    await reproduce(dataOf, insights, of);
  });

  test("every kind of insight is there, with its words", async () => {
    const insights = await insightsOf(dataOf, adminScope);
    const kinds = new Set(insights.map(({ kind }) => kind));
    expect(insightKinds.filter((kind) => !kinds.has(kind) && !mayBeMissing.includes(kind))).toEqual([]);
    const of = (kind: string) => insights.filter((insight) => insight.kind === kind);
    expect(of("COUNTRY_MOVED").map(({ subject, severity }) => [subject, severity])).toContainEqual([
      "France",
      "WARNING",
    ]);
    expect(of("PRODUCT_RETURNS").map(({ subject }) => subject)).toEqual(["P0"]);
    const [last] = of("LAST_MONTH");
    expect(last).toMatchObject({ severity: "NOTICE", subject: "2024-05" });
    expect(last?.sentence).toMatch(
      /^2024-05 brought [\d,]+ GBP so far: the data ends on 2024-05-09, after 9 of 31 days\./,
    );
    for (const { sentence } of insights) expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
  });

  test("who sees one country is told of no other", async () => {
    const insights = await insightsOf(dataOf, france);
    expect(insights.some(({ subject, sentence }) => `${subject}${sentence}`.includes("Spain"))).toBe(false);
    expect(insights.some(({ kind }) => kind === "COUNTRY_MOVED")).toBe(true);
  });

  test("costs as many statements whatever there is to say", async () => {
    const [whole, part] = [await answer(selection), await answer(selection, france)];
    expect([whole.codes, part.codes]).toEqual([[], []]);
    expect(whole.statements).toBe(part.statements);
  });

  test("a role with a smallest cell has its three tables, and is refused", async () => {
    const partner: Scope = {
      ...adminScope,
      customerLevel: false,
      operator: false,
      minimumCustomers: 5,
      fingerprint: "p",
    };
    expect((await answer("{ insights { kind } }", partner)).codes).toEqual(["FORBIDDEN"]);
  });

  test("nothing is said of too few customers", async () => {
    const rows = Array.from(
      { length: leastCustomers - 1 },
      (_, nth) => `1${nth},P1,Thing,1,1/2/2024 10:00,9.25,D${nth},Malta`,
    );
    await warehouse().loadText(`${[header, ...rows].join("\n")}\n`, { reading: { dateOrder: "mdy" } });
    await followUp({ url: warehouse().url });
    expect(await insightsOf(dataOf, adminScope)).toEqual([]);
  });
});

describe("a cohort of which nobody came back", () => {
  const rows = [1, 2, 3].flatMap((month) =>
    Array.from({ length: 40 }, (_, nth) => {
      const line = (of: number, day: number) =>
        `${month}${of}${nth},P1,Thing,1,${of}/${day}/2024 10:00,9.25,D${month}${nth},Malta`;
      // Half of two cohorts come back in the month after; of the first one nobody does.
      return month > 1 && nth % 2 === 0 ? [line(month, 15), line(month + 1, 3)] : [line(month, 15)];
    }).flat(),
  );
  const { dataOf } = useGraph((filled) =>
    filled.loadText(`${[header, ...rows, "99,P1,Thing,1,4/30/2024 10:00,1,D1999,Malta"].join("\n")}\n`, {
      reading: { dateOrder: "mdy" },
    }),
  );

  test("is the one that lost most, against all cohorts, it among them", async () => {
    const insights = await insightsOf(dataOf, adminScope);
    const lost = insights.filter(({ kind }) => kind === "COHORT_LOST");
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ subject: "2024-01", severity: "WARNING", figure: 0 });
    // 40 customers came back of 120: a third of 40
    expect(lost[0]?.comparison).toBeCloseTo(40 / 3, 9);
    await reproduce(dataOf, insights, adminScope);
  });
});

describe("data of two months, of which the first began late", () => {
  const rows = Array.from({ length: 60 }, (_, nth) => {
    const date = nth < 25 ? `1/${29 + (nth % 3)}` : `2/${1 + (nth % 29)}`;
    return `7${nth},P1,Thing,1,${date}/2024 10:00,${nth < 25 ? 1 : 9},E${nth},Malta`;
  });
  const { dataOf } = useGraph((filled) =>
    filled.loadText(`${[header, ...rows, "99,P1,Thing,1,2/29/2024 10:00,9,E99,Malta"].join("\n")}\n`, {
      reading: { dateOrder: "mdy" },
    }),
  );

  test("nothing is compared with it", async () => {
    const insights = await insightsOf(dataOf, adminScope);
    expect(insights.filter(({ kind }) => kind === "COUNTRY_MOVED")).toEqual([]);
    const [last] = insights.filter(({ kind }) => kind === "LAST_MONTH");
    expect(last).toMatchObject({ subject: "2024-02", comparison: null, comparisonAt: null });
  });
});

const realFile = "data/online-retail.latin1.crlf.csv.gz";
describeWithShared("the real file", [realFile], () => {
  const { dataOf } = useGraph(async (filled) => {
    await filled.load(sharedFile(realFile));
  });

  test("the top fifth hold 74.6 % of identified gross revenue, the ten best 17.3 %, and all is reproduced", async () => {
    const insights = await insightsOf(dataOf, roles.executive);
    await reproduce(dataOf, insights, roles.executive);
    for (const { severity, sentence } of insights) console.info(`Insight: ${severity} ${sentence}`);
    const shares = insights.filter(({ kind }) => kind === "CONCENTRATION").map(({ figure }) => figure.toFixed(3));
    expect(shares).toEqual(["0.746", "0.173"]);
    const [risk] = insights.filter(({ kind }) => kind === "REVENUE_AT_RISK");
    expect(risk?.figure).toBeGreaterThan(0);
    expect(risk?.figure).toBeLessThan(risk?.comparison ?? 0);
  });
});
