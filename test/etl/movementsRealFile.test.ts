// Three successive appends of the real file, month by month: what moved adds up to both snapshots, to the penny, under each scope. Skipped
// where the file is not at hand.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { followUp } from "../../etl/followUp/followUp.ts";
import { schemeNames } from "../../src/model/segmentSchemes.ts";
import { scope } from "../oracle/shopLines.ts";
import { reconcileMovements } from "../support/reconcileMovements.ts";
import { describeWithShared, sharedFile } from "../support/sharedFiles.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

const realFile = "data/online-retail.latin1.crlf.csv.gz";

/** The rows of each part: all before September 2011, then September, October and November. */
function parts(): readonly Buffer[] {
  const [header = "", ...rows] = gunzipSync(readFileSync(sharedFile(realFile)))
    .toString("latin1")
    .split("\r\n");
  const months = new Map<string, string[]>();
  for (const row of rows) {
    const [, month, year] = /,(\d+)\/\d+\/(\d{4}) \d+:\d\d,/.exec(row) ?? [];
    if (month === undefined) continue;
    const part = year === "2011" && Number(month) > 8 ? month : "before";
    const there = months.get(part);
    if (there) there.push(row);
    else months.set(part, [header, row]);
  }
  return ["before", "9", "10", "11"].map((part) => Buffer.from(`${months.get(part)?.join("\r\n")}\r\n`, "latin1"));
}

describeWithShared("three successive appends of the real file", [realFile], () => {
  let warehouse: TestWarehouse;
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    const options = { reading: { dateOrder: "mdy" as const }, snapshotsKept: 9 };
    for (const [at, part] of parts().entries()) await warehouse.loadText(part, { ...options, append: at > 0 });
    await followUp({ url: warehouse.url });
  }, 300_000);
  afterAll(() => warehouse?.close());

  const scopes = [
    adminScope,
    scope("france and germany", ["France", "Germany"], null),
    scope("win back", null, ["AT_RISK", "CHURN_RISK"]),
  ];
  test.each([
    [1, 2],
    [2, 3],
    [3, 4],
    [1, 4],
  ])("from %i to %i", async (from, to) => {
    for (const scheme of schemeNames)
      for (const each of scopes) {
        const { moves } = await reconcileMovements(warehouse, { from, to, scheme }, each);
        expect(moves.length).toBeGreaterThan(5);
        if (each !== adminScope || scheme !== "CLASSIC") continue;
        const by = (cause: string | null) =>
          moves.filter((move) => move.cause === cause).reduce((sum, { customers }) => sum + customers, 0);
        console.info(
          `Real file, ${from} to ${to}: behaviour ${by("BEHAVIOUR")}, ageing ${by("AGEING")}, threshold ${by("THRESHOLD")}, stayed ${by(null)}.`,
        );
        // Everybody's way is told to who sees everything.
        for (const move of moves) if (move.cause === null) expect(move.from).toBe(move.to);
      }
  });
});
