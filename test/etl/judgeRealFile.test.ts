// The real file, where it is at hand: every row of it is acceptable.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { judgeFile } from "./judgeTestFile.ts";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));
const path = `${shared}data/online-retail.latin1.crlf.csv.gz`;
const isThere = existsSync(path);
if (!isThere) console.log(`judgeRealFile.test.ts: skipped, because ${path} is not there`);

describe.skipIf(!isThere)("the real file", () => {
  it("is accepted whole", async () => {
    const { evidence, judgement, rejects, text } = await judgeFile(path);
    const profile = JSON.parse(readFileSync(`${shared}reference/online_retail_profile.json`, "utf8"));
    expect(evidence).toMatchObject({
      encoding: "WIN1252",
      badBytes: 0,
      rows: profile.rows,
      extraColumns: [],
      dates: { dayFirst: 0, iso: 0, unreadable: 0 },
    });
    expect(rejects).toEqual([]);
    expect(judgement).toMatchObject({
      accepted: profile.rows,
      rejected: 0,
      bytesRead: evidence.bytes,
      amount: "9747747.934", // 8,911,407.904 + 1,744,214.58 − 611,342.09 − 285,470.40 − 11,062.06
    });
    const guests = text.match(/,t,[^,\n]+\n/g) ?? [];
    expect(guests.length).toBe(profile.cust_missing);
    const lines = text.split("\n");
    expect(lines.length).toBe(profile.rows + 1);
    expect(lines[0]).toBe(
      "2,1,536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,f,United Kingdom",
    );
  });
});
