// What moved between two snapshots: each way and cause counted here by hand, customer by customer, from the warehouse's own scores by
// another way than the statement's; reconciled under scopes; nothing of what a scope does not keep at either end.
import { describe, expect, test } from "vitest";
import { followUp } from "../../etl/followUp/followUp.ts";
import { daysBetween, type IsoDate } from "../../src/kernel/calendar.ts";
import { toDecimal } from "../../src/kernel/decimal.ts";
import type { Scope } from "../../src/model/scope.ts";
import { cutsInDays, scoreCustomer } from "../../src/model/scoreCustomer.ts";
import { type SchemeName, schemeNames, segmentOf } from "../../src/model/segmentSchemes.ts";
import { drawOf } from "../access/nonInterferenceDocuments.ts";
import { scope, shopScopes } from "../oracle/shopLines.ts";
import { movementsBetween, reconcileMovements } from "../support/reconcileMovements.ts";
import { adminScope } from "../support/testWarehouse.ts";
import { roles } from "./shopGraph.ts";
import { useGraph } from "./useGraph.ts";

const countries = ["France", "Belgium", "Spain"];
const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/** Orders of a month by some of 40 customers, most of them in one country, some guests', some returns. */
function month(nth: number, orders: number): string {
  const draw = drawOf(nth + 3);
  const rows = Array.from({ length: orders }, (_, at) => {
    const who = draw(40);
    const customer = draw(9) === 0 ? "" : `C${who}`;
    const country = draw(12) === 0 ? countries[draw(3)] : countries[who % 3];
    const isReturn = draw(8) === 0;
    const invoice = `${isReturn ? "C" : ""}${nth}${String(at).padStart(3, "0")}`;
    const day = `${nth}/${1 + draw(28)}/2024 10:00`;
    return `${invoice},P${draw(5)},Thing,${isReturn ? -1 : 1 + draw(9)},${day},${1 + draw(30)}.255,${customer},${country}`;
  });
  return `${[header, ...rows].join("\n")}\n`;
}

const options = { snapshotsKept: 9, reading: { dateOrder: "mdy" as const, decimalComma: false } };
const { answer, dataOf, warehouse } = useGraph(async (filled) => {
  await filled.loadText(month(1, 60), options);
  await filled.loadText(month(2, 40), { ...options, append: true });
  await filled.loadText(month(3, 40), { ...options, append: true, freezeCutPoints: true });
  // Replaces all: who is not in it is gone.
  await filled.loadText(month(3, 40), { ...options });
});
const pairs = [
  [1, 2],
  [2, 3],
  [1, 3],
  [3, 4],
] as const;

test("is null until it has been computed", async () => {
  expect(await dataOf("{ segmentMovements { from } }")).toEqual({ segmentMovements: null });
  await followUp({ url: warehouse().url });
});

type Standing = Readonly<{
  customer: string;
  key: string;
  last: string | null;
  orders: number;
  amount: string;
}>;

/** As the load scored them, over all lines. */
async function standings(id: number, scheme: SchemeName): Promise<Map<string, Standing>> {
  const { rows } = await warehouse().owner.query(
    `SELECT customer_key AS customer, ${scheme.toLowerCase()} AS key, last_order_on::text AS last,
       coalesce(frequency, 0) AS orders, coalesce(monetary, 0)::text AS amount
     FROM rfm_segments WHERE snapshot_id = $1`,
    [id],
  );
  return new Map(rows.map((row) => [row.customer, row]));
}

async function cutsAt(id: number) {
  const { rows } = await warehouse().owner.query(
    `SELECT as_of::text AS "asOf", recency_cuts::text[] AS recency, frequency_cuts AS frequency, monetary_cuts::text[] AS monetary
     FROM snapshot WHERE snapshot_id = $1`,
    [id],
  );
  const { asOf, recency, frequency, monetary } = rows[0];
  return { asOf: asOf as IsoDate, cuts: cutsInDays(asOf, { recency, frequency, monetary: monetary.map(toDecimal) }) };
}

async function countedByHand(from: number, to: number, scheme: SchemeName): Promise<Map<string, number>> {
  const [before, after] = [await standings(from, scheme), await standings(to, scheme)];
  const [former, later] = [await cutsAt(from), await cutsAt(to)];
  const byFormer = ({ last, orders, amount }: Standing) =>
    last === null || orders === 0
      ? "UNSCORED"
      : segmentOf(
          scheme,
          scoreCustomer(
            { recencyDays: daysBetween(last as IsoDate, later.asOf), orders, amount: toDecimal(amount) },
            former.cuts,
          ),
        );
  const counts = new Map<string, number>();
  for (const customer of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(customer), after.get(customer)];
    const cause = (): string | null => {
      if (!was || !is) return "BEHAVIOUR";
      if (was.key === is.key) return null;
      if (byFormer(is) === was.key) return "THRESHOLD";
      return byFormer(is) === byFormer(was) ? "AGEING" : "BEHAVIOUR";
    };
    const way = [was?.key ?? null, is?.key ?? null, cause()].join(" ");
    counts.set(way, (counts.get(way) ?? 0) + 1);
  }
  return counts;
}

describe.each(schemeNames)("%s", (scheme) => {
  test.each(pairs)("from %i to %i every way and cause is what is counted by hand", async (from, to) => {
    const { moves } = await movementsBetween(warehouse(), { from, to, scheme }, adminScope);
    const found = moves
      .filter((move) => move.from !== "GUEST")
      .map((move) => [[move.from, move.to, move.cause].join(" "), move.customers] as const);
    expect(new Map(found)).toEqual(await countedByHand(from, to, scheme));
  });

  test.each(pairs)("from %i to %i the moves add up to both ends, under every scope", async (from, to) => {
    const scopes: readonly Scope[] = [
      ...Object.values(shopScopes),
      scope("belgium", ["Belgium"], null),
      scope("champions of two", ["France", "Spain"], ["CHAMPIONS", "LOYAL_CUSTOMERS", "GUEST", "UNSCORED"]),
    ];
    for (const each of scopes) await reconcileMovements(warehouse(), { from, to, scheme }, each);
  });
});

test("each cause occurs, and none is a threshold where cut-points were frozen", async () => {
  const causes = async (from: number, to: number) => {
    const found = await Promise.all(
      schemeNames.map((scheme) => movementsBetween(warehouse(), { from, to, scheme }, adminScope)),
    );
    return new Set(found.flatMap(({ moves }) => moves.map(({ cause }) => cause)));
  };
  expect(await causes(1, 2)).toEqual(new Set([null, "BEHAVIOUR", "AGEING", "THRESHOLD"]));
  expect((await causes(2, 3)).has("THRESHOLD")).toBe(false);
  expect((await causes(2, 3)).has("AGEING")).toBe(true);
});

test("a customer who leaves the segments that a scope keeps is gone for it, and why is not told", async () => {
  const { moves } = await movementsBetween(warehouse(), { from: 1, to: 2, scheme: "CLASSIC" }, roles.crm);
  const whole = await movementsBetween(warehouse(), { from: 1, to: 2, scheme: "CLASSIC" }, adminScope);
  const kept: readonly (string | null)[] = ["AT_RISK", "CHURN_RISK"];
  const left = whole.moves.filter((move) => kept.includes(move.from) && !kept.includes(move.to));
  expect(left.length).toBeGreaterThan(1);
  const gone = moves.filter(({ to }) => to === null);
  expect(gone.reduce((sum, { customers }) => sum + customers, 0)).toBe(
    left.reduce((sum, { customers }) => sum + customers, 0),
  );
  for (const move of moves) {
    expect([...kept, null]).toContain(move.from);
    expect([...kept, null]).toContain(move.to);
    if (move.from === null || move.to === null) expect(move.cause).toBeNull();
    // nothing of what they are worth elsewhere
    if (move.to === null) expect([move.grossRevenueAfter, move.netRevenueAfter]).toEqual(["0", "0"]);
    if (move.from === null) expect([move.grossRevenueBefore, move.netRevenueBefore]).toEqual(["0", "0"]);
  }
});

describe("in the graph", () => {
  const selection =
    "scheme from to fromAsOf toAsOf cutPointsFrozen before { customers grossRevenue netRevenue } after { customers grossRevenue netRevenue } moves { kind from to cause customers grossRevenueBefore grossRevenueAfter netRevenueBefore netRevenueAfter }";

  test("the default is from the snapshot before to the published one, in one statement", async () => {
    const { data, codes, statements } = await answer(`{ segmentMovements { ${selection} } }`);
    expect([codes, statements]).toEqual([[], 1]);
    expect(data).toMatchObject({ segmentMovements: { from: "3", to: "4", scheme: "CLASSIC", cutPointsFrozen: false } });
    const { segmentMovements, kpis } = await dataOf(
      `{ segmentMovements { ${selection} } kpis { grossRevenue netRevenue } }`,
    );
    expect((segmentMovements as { after: unknown }).after).toMatchObject(kpis as object);
    const { moves } = segmentMovements as { moves: { kind: string; from: string | null; to: string | null }[] };
    for (const { kind, from, to } of moves)
      expect(kind).toBe(from === null ? "NEW" : to === null ? "GONE" : from === to ? "STAYED" : "MOVED");
    expect(new Set(moves.map(({ kind }) => kind))).toEqual(new Set(["STAYED", "MOVED", "GONE"]));
  });

  test.each([
    ['from: "77"', "SNAPSHOT_EXPIRED"],
    ['to: "77", from: "1"', "SNAPSHOT_EXPIRED"],
    ['from: "first"', "SNAPSHOT_EXPIRED"],
    ['to: "2"', "SNAPSHOT_EXPIRED"],
  ])("of a snapshot that is not there: %s", async (args, code) => {
    expect((await answer(`{ segmentMovements(${args}) { from } }`)).codes).toEqual([code]);
  });

  test("a snapshot that was rolled back is compared with nothing", async () => {
    const { owner } = warehouse();
    const compared = (from: number, to: number) =>
      answer(`{ segmentMovements(from: "${from}", to: "${to}") { moves { customers } } }`);
    expect((await compared(3, 4)).codes).toEqual([]);
    await owner.query("UPDATE published_snapshot SET snapshot_id = 3");
    try {
      for (const [from, to] of [
        [3, 4],
        [4, 3],
        [1, 4],
      ] as const) {
        const { data, codes } = await compared(from, to);
        expect([data, codes], `${from} and ${to}`).toEqual([{ segmentMovements: null }, ["SNAPSHOT_EXPIRED"]]);
      }
      expect((await compared(1, 3)).codes).toEqual([]);
    } finally {
      await owner.query("UPDATE published_snapshot SET snapshot_id = 4");
    }
  });

  test("a snapshot that was cleaned away is expired, not empty", async () => {
    await warehouse().loadText(month(4, 10), { ...options, append: true, snapshotsKept: 2 });
    await followUp({ url: warehouse().url });
    expect((await answer('{ segmentMovements(from: "1") { from } }')).codes).toEqual(["SNAPSHOT_EXPIRED"]);
    expect(await dataOf("{ segmentMovements { from to } }")).toEqual({ segmentMovements: { from: "4", to: "5" } });
  });
});
