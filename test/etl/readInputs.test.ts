// Where files come from: patterns, pipes, and text in UTF-16 however it is cut into chunks.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createUtf16Decoder, findUtf16 } from "../../etl/read/createUtf16Decoder.ts";
import { expandPaths } from "../../etl/read/expandPaths.ts";
import { inspectFile } from "../../etl/read/inspectFile.ts";
import { spoolInput } from "../../etl/read/spoolInput.ts";
import { header, judgeFile, makeTestDirectory, type TestDirectory } from "./judgeTestFile.ts";

let directory: TestDirectory;
beforeAll(async () => {
  directory = await makeTestDirectory();
});
afterAll(() => directory.remove());

describe("expandPaths", () => {
  beforeAll(async () => {
    await mkdir(join(directory.path, "in", "deep"), { recursive: true });
    for (const name of ["2011-10.csv", "2011-2.csv", "2011-1.csv.gz", "[a].csv", "deep/2011-3.csv", "x.txt"])
      await writeFile(join(directory.path, "in", name), "x");
    await symlink(join(directory.path, "in", "x.txt"), join(directory.path, "in", "link.txt"));
  });
  const at = (name: string) => join(directory.path, "in", name);

  it("orders what a pattern matches as a person would, and keeps the order of the arguments", async () => {
    expect(await expandPaths([at("2011-10.csv"), "-", "none.csv"])).toEqual([at("2011-10.csv"), "-", "none.csv"]);
    expect(await expandPaths([at("x.txt"), at("2011-*")])).toEqual([
      at("x.txt"),
      at("2011-1.csv.gz"),
      at("2011-2.csv"),
      at("2011-10.csv"),
    ]);
    expect(await expandPaths([at("**/2011-{2,3}.csv")])).toEqual([at("2011-2.csv"), at("deep/2011-3.csv")]);
    expect(await expandPaths([at("[a].csv")])).toEqual([at("[a].csv")]);
  });

  it("tells a pattern that matches nothing, and a file that is named twice", async () => {
    await expect(expandPaths([at("2012-*.csv")])).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      message: expect.stringContaining("2012-*.csv"),
    });
    await expect(expandPaths([at("*.csv"), at("2011-2.csv")])).rejects.toMatchObject({
      code: "FILE_REPEATED",
      message: expect.stringContaining("named twice"),
    });
    await expect(expandPaths([at("x.txt"), at("link.txt")])).rejects.toMatchObject({
      code: "FILE_REPEATED",
      message: expect.stringMatching(/link.txt is the same file as .*x.txt/),
    });
    await expect(expandPaths(["-", "-"])).rejects.toMatchObject({ code: "FILE_REPEATED" });
  });
});

describe("spoolInput", () => {
  it("keeps a stream as a file, and takes it away again", async () => {
    const content = Buffer.from(`${header}\n1,a,x,1,2010-12-31,1,7,UK\n`);
    const spooled = await spoolInput(Readable.from([content.subarray(0, 20), content.subarray(20)]), directory.path);
    expect(spooled.bytes).toBe(content.length);
    const evidence = await inspectFile(spooled.path, { name: "standard input" });
    expect(evidence).toMatchObject({
      name: "standard input",
      rows: 1,
      sha256: createHash("sha256").update(content).digest("hex"),
    });
    await spooled.remove();
    expect(existsSync(spooled.path)).toBe(false);
  });

  it("leaves nothing where the stream breaks or is empty", async () => {
    const before = await readdir(directory.path);
    await expect(spoolInput(Readable.from([]), directory.path)).rejects.toMatchObject({ code: "FILE_EMPTY" });
    const breaking = Readable.from(
      (async function* () {
        yield "x";
        throw Object.assign(new Error("no room"), { code: "ENOSPC" });
      })(),
    );
    await expect(spoolInput(breaking, directory.path)).rejects.toMatchObject({
      code: "FILE_UNREADABLE",
      remedy: expect.stringContaining("Make room"),
    });
    expect(await readdir(directory.path)).toEqual(before);
  });
});

describe("UTF-16", () => {
  const decode = (bytes: Buffer, encoding: "utf-16le" | "utf-16be", chunkBytes: number) => {
    const decoder = createUtf16Decoder(encoding);
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += chunkBytes)
      parts.push(Buffer.from(decoder.feed(bytes.subarray(at, at + chunkBytes))));
    return Buffer.concat([...parts, decoder.end()]);
  };

  it("is decoded as Node decodes it, whatever the chunks", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (text, chunkBytes, isBig) => {
          const bytes = Buffer.from(text, "utf16le");
          if (isBig) bytes.swap16();
          expect(decode(bytes, isBig ? "utf-16be" : "utf-16le", chunkBytes).toString()).toBe(text);
        },
      ),
    );
  });

  it("is found by its mark, or by the zeros beside ASCII", () => {
    const text = Buffer.from(`${header}\n`, "utf16le");
    expect(findUtf16(text)).toBe("utf-16le");
    expect(findUtf16(Buffer.from(text).swap16())).toBe("utf-16be");
    expect(findUtf16(Buffer.from("\ufeffअ", "utf16le"))).toBe("utf-16le");
    expect(findUtf16(Buffer.from("\ufeffअ", "utf16le").swap16())).toBe("utf-16be");
    for (const other of [header, `a\0b${header}`, "", "\ufeffx"]) expect(findUtf16(Buffer.from(other))).toBeNull();
  });

  it("with half a pair, or half a unit at its end, costs that row alone", async () => {
    const rows = [
      header,
      "1,a,x,1,2010-12-31,1,7,UK",
      "2,a,x\ud83d,1,2010-12-31,1,7,UK",
      "3,a,😀,1,2010-12-31,1,7,UK",
      "",
    ];
    const bytes = Buffer.concat([Buffer.from(rows.join("\n"), "utf16le"), Buffer.from([0x41])]);
    for (const chunkBytes of [3, 1000]) {
      const { rejects, text } = await judgeFile(await directory.write(bytes), {
        chunkBytes,
        columns: ["invoice", "description"],
      });
      expect(text).toBe("1,x\n3,😀\n");
      expect(rejects).toMatchObject([
        { line: 3, code: "BAD_BYTES", raw: "2,a,x\\xED\\xA0\\xBD,1,2010-12-31,1,7,UK" },
        { line: 5, code: "FIELD_COUNT", raw: "\\xFF" },
      ]);
    }
  });
});
