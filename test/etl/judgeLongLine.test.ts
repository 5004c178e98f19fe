// A line of 100 MB, and quotes that never close: refused in bounded memory, and the rows behind them loaded.
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { header, judgeFile, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

const good = "536365,85123A,LANTERN,6,12/31/2010 8:26,2.55,17850,France";
const megabyte = 1024 * 1024;

async function writePacked(parts: Iterable<string>): Promise<string> {
  const path = join(directory.path, "long.csv.gz");
  await pipeline(Readable.from(parts), createGzip({ level: 1 }), createWriteStream(path));
  return path;
}

describe("a line that is too long", () => {
  it("of 100 MB is read past in bounded memory, and its reject says so", async () => {
    function* parts() {
      yield `${header}\n${good}\n`;
      for (let i = 0; i < 100; i++) yield "x".repeat(megabyte);
      yield `\r\n${good}\n`;
    }
    const path = await writePacked(parts());
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 5);
    const { rejects, judgement, text } = await judgeFile(path);
    clearInterval(watch);
    expect(judgement).toMatchObject({ accepted: 2, rejected: 1 });
    expect(rejects).toEqual([
      {
        line: 3,
        column: null,
        code: "ROW_TOO_LONG",
        raw: `${"x".repeat(64 * 1024)}… [cut: the line is ${100 * megabyte} bytes long]`,
      },
    ]);
    expect(text).toMatch(/^2,1,.*\n4,2,.*\n$/);
    expect(most).toBeLessThan(64 * megabyte);
  });

  it("by one byte is refused, and at the limit is not", async () => {
    const row = (bytes: number) => good.replace("LANTERN", "L".repeat(bytes - good.length + "LANTERN".length));
    const path = await directory.write([header, row(megabyte), row(megabyte + 1), good].join("\n"));
    for (const chunkBytes of [1000, 65_536, 10_000_000]) {
      const { rejects, judgement } = await judgeFile(path, { chunkBytes });
      expect(judgement.accepted).toBe(2);
      expect(rejects.map(({ line, code }) => [line, code])).toEqual([[3, "ROW_TOO_LONG"]]);
    }
  });

  it("because a quote never closes costs its own line only", async () => {
    const rows = Array.from({ length: 60_000 }, (_, k) => (k === 10 ? good.replace("LANTERN", '7" LANTERN') : good));
    const path = await directory.write([header, ...rows].join("\r\n"));
    const { rejects, judgement } = await judgeFile(path);
    expect(rejects).toEqual([
      { line: 12, column: null, code: "UNBALANCED_QUOTE", raw: good.replace("LANTERN", '7" LANTERN') },
    ]);
    expect(judgement.accepted).toBe(59_999);
  });
});
