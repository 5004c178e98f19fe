// Pages of single lines put together are the whole, in order and in scope; and a cursor that somebody made up is refused or read,
// never an error of the database.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DimensionName } from "../../src/model/dimensions.ts";
import type { Line, LinesAnswer } from "../../src/query/answer.ts";
import { type Asker, ask } from "../../src/query/ask.ts";
import { encodeCursor, questionHash } from "../../src/query/cursor.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import type { CustomerLinesRequest, LinesRequest, MetricsRequest, Request } from "../../src/query/request.ts";
import type { SnapshotFacts } from "../../src/query/snapshotFacts.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { keepsLine } from "./evaluate.ts";
import { readShopLines, type ShopLine, shopFile, shopScopes } from "./shopLines.ts";

let warehouse: TestWarehouse;
let snapshot: SnapshotFacts;
beforeAll(async () => {
  warehouse = await makeTestWarehouse();
  await warehouse.load(shopFile);
  snapshot = await readSnapshot(warehouse.read);
});
afterAll(() => warehouse.close());

const asker = (scope = adminScope): Asker => ({ warehouse: warehouse.read, snapshot, scope });
const named = Object.values(shopScopes).map((scope) => [scope.role, scope] as const);

/** What a line is, whichever side it comes from. */
const plain = (line: Line | ShopLine) =>
  JSON.stringify([
    "at" in line ? line.customer : line.customerId,
    "at" in line ? line.at : line.orderedAt,
    line.invoice,
    line.country,
    line.product,
    line.quantity,
    "at" in line ? Number(line.amount) / 1000 : Number(line.amount),
    line.kind,
    line.lineType,
    "at" in line ? line.segment : line.segmentKey,
  ]);

async function readAll(request: LinesRequest, first: number, as: Asker): Promise<Line[]> {
  const lines: Line[] = [];
  for (let after: string | undefined; ; ) {
    const page: LinesAnswer = await ask({ ...request, page: { first, after } }, as);
    lines.push(...page.rows);
    if (!page.hasNextPage) return lines;
    expect(page.rows.length).toBe(first);
    after = page.cursors.at(-1);
  }
}

describe("lines", () => {
  it.each(named)("page by page are those of the scope %s", async (_, scope) => {
    const wanted = readShopLines().filter((line) => keepsLine(scope, line));
    const request: LinesRequest = { kind: "lines", page: { first: 1000 }, count: true };
    const whole = await ask(request, asker(scope));
    expect(whole.totalCount).toBe(wanted.length);
    expect(whole.hasNextPage).toBe(false);
    expect(whole.rows.map(plain).sort()).toEqual(wanted.map(plain).sort());
    expect(new Set(whole.rows.map((line) => line.id)).size).toBe(wanted.length);
    for (const first of [7, 50]) expect(await readAll(request, first, asker(scope))).toEqual(whole.rows);
  });

  it("are filtered like figures", async () => {
    const where = { country: { eq: "France" }, cohortMonth: { eq: "2024-01" }, lineType: { eq: "PRODUCT" } } as const;
    const found = await ask({ kind: "lines", where, page: { first: 1000 }, count: true }, asker());
    const [figures] = (await ask({ kind: "metrics", measures: ["lines"], dimensions: [], where }, asker())).rows;
    expect(found.rows.length).toBe(figures?.lines);
    expect(found.totalCount).toBe(figures?.lines);
    expect(found.rows.length).toBeGreaterThan(5);
  });

  it("keep their ids under every scope", async () => {
    const all = (await ask({ kind: "lines", page: { first: 1000 } }, asker())).rows;
    const some = (await ask({ kind: "lines", page: { first: 1000 } }, asker(shopScopes.both))).rows;
    const ids = new Set(all.map((line) => `${line.id} ${plain(line)}`));
    for (const line of some) expect(ids).toContain(`${line.id} ${plain(line)}`);
  });
});

describe("the lines of customers", () => {
  const ids = ["12004", "12001", "12018", "nobody", "500010", "500006", "12001", "12005"];

  it.each(named)("page by page are those of the scope %s, latest first", async (_, scope) => {
    const found = new Map<string, string[]>();
    const kept = readShopLines().filter((line) => keepsLine(scope, line));
    for (const id of ids) {
      const lines: string[] = [];
      for (let after: string | undefined; ; ) {
        const request: CustomerLinesRequest = {
          kind: "customerLines",
          ids: [id],
          page: { first: 4, after },
          count: true,
        };
        const [page] = await ask(request, asker(scope));
        expect(page?.totalCount).toBe(kept.filter((line) => line.customer === id).length);
        lines.push(...(page?.rows ?? []).map((line) => line.orderedAt));
        if (!page?.hasNextPage) break;
        after = page.cursors.at(-1);
      }
      found.set(id, lines);
      const wanted = kept.filter((line) => line.customer === id).map((line) => line.at);
      expect(lines, id).toEqual(wanted.sort().reverse());
    }
    const together = await ask({ kind: "customerLines", ids, page: { first: 100 } }, asker(scope));
    expect(together.map((page) => page.rows.map((line) => line.orderedAt))).toEqual(ids.map((id) => found.get(id)));
  });
});

describe("a cursor of figures", () => {
  const request: MetricsRequest = {
    kind: "metrics",
    measures: ["grossRevenue"],
    dimensions: ["month", "country"],
    orderBy: [{ member: "averageOrderValue", direction: "DESC" }],
    spine: true,
  };
  const beside = { totals: ["orders"], earlier: [{ periods: 1, years: 0 }], count: true } as const;

  it("goes on, whatever is asked beside the rows", async () => {
    const whole = await ask(request, asker());
    const first = await ask({ ...request, ...beside, page: { first: 5 } }, asker());
    const next = await ask({ ...request, page: { first: 5, after: first.cursors.at(4) } }, asker());
    expect([...first.rows, ...next.rows]).toEqual(whole.rows.slice(0, 10));
  });

  it("goes on in no other list", async () => {
    const first = await ask({ ...request, page: { first: 5 } }, asker());
    const page = { first: 5, after: first.cursors.at(4) };
    const others: Partial<MetricsRequest>[] = [
      { spine: false },
      { dimensions: ["month", "segment"] },
      { where: { month: { gte: "2024-02" } } },
      { having: [{ measure: "orders", gte: "1" }] },
      { orderBy: [{ member: "averageOrderValue", direction: "ASC" }] },
    ];
    for (const other of others)
      await expect(ask({ ...request, ...other, page }, asker()), JSON.stringify(other)).rejects.toMatchObject({
        code: "BAD_USER_INPUT",
      });
    await expect(ask({ ...request, page }, asker(shopScopes.winBack))).rejects.toMatchObject({
      code: "BAD_USER_INPUT",
    });
  });
});

describe("a cursor that somebody made up", () => {
  const odd = [
    ...["", "abc", "NaN", "Infinity", "-Infinity", "infinity", "1e999999", "9".repeat(5000), "0x10", "' OR true --"],
    ...[
      "2024-13-01",
      "2024-02-30",
      "999999999-01-01",
      "today",
      "0000-00-00",
      "24:00",
      "t",
      "2147483648",
      "\u0001",
      "☃",
      null,
    ],
  ];

  async function survives(request: Request, keys: number, scope = adminScope): Promise<void> {
    const question = questionHash(request, scope);
    for (const value of odd)
      for (const position of [Array(keys).fill(value), [value, ...Array(keys - 1).fill(null)]]) {
        const page = { first: 3, after: encodeCursor(snapshot.snapshotId, question, position) };
        const answer = await ask({ ...request, page } as Request, asker(scope)).catch((error: unknown) => error);
        if (answer instanceof Error) expect(answer, String(value)).toMatchObject({ code: "BAD_USER_INPUT" });
      }
  }

  it("is refused or read, for figures ordered by anything", async () => {
    const ofGroups = ["grossRevenue", "orders", "averageOrderValue", "revenueShare", "medianRecencyDays"] as const;
    const ofCustomers = ["lastPurchaseAt", "recencyDays", "latestCountry"] as const;
    for (const member of [...ofGroups, ...ofCustomers]) {
      const dimensions: DimensionName[] = [
        "day",
        (ofGroups as readonly string[]).includes(member) ? "segment" : "customer",
      ];
      const orderBy = [{ member, direction: "DESC" }] as const;
      await survives({ kind: "metrics", measures: ["lines"], dimensions, orderBy }, 3);
    }
    await survives({ kind: "metrics", measures: ["lines"], dimensions: ["month", "cohortMonth", "customer"] }, 2);
    await survives({ kind: "metrics", measures: ["lines"], dimensions: ["year", "weekday", "hour"] }, 3);
    await survives({ kind: "metrics", measures: ["lines"], dimensions: ["week", "hour"], spine: true }, 2);
    await survives({ kind: "metrics", measures: ["lines"], dimensions: ["quarter", "country"] }, 2);
  });

  it("is refused or read, for lines", async () => {
    await survives({ kind: "lines", page: { first: 3 } }, 6);
    await survives({ kind: "customerLines", ids: ["12001", "12002"], page: { first: 3 } }, 4);
  });

  it("shows nothing that lies outside of the scope", async () => {
    const scope = shopScopes.quotedCountry;
    const request: LinesRequest = { kind: "lines", page: { first: 1000 } };
    const question = questionHash(request, scope);
    const before = ["", "2000-01-01 00:00:00", "", "0", "", "false"];
    const after = encodeCursor(snapshot.snapshotId, question, before);
    const found = await ask({ ...request, page: { first: 1000, after } }, asker(scope));
    expect(found.rows).toEqual((await ask(request, asker(scope))).rows);
  });
});
