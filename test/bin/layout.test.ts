// `consumer360 layout` as it is run, and what the flags that say how to read a file mean.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ReadingFlags, readingOptions, readingOptionsOf } from "../../bin/readingOptions.ts";
import { startProgram, transpileProgram } from "./startProgram.ts";

let folder: string;
let script: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-layout-"));
  script = await transpileProgram(join(folder, "program"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function outcome(...args: string[]) {
  const program = startProgram(script, ["layout", ...args], { CONSUMER360_HOME: join(folder, "home") });
  return { code: await program.ended, out: program.out(), err: program.err() };
}

describe("layout", () => {
  it("list names the layouts with their columns", async () => {
    const { code, out } = await outcome("list");
    expect(code).toBe(0);
    for (const name of ["online-retail:", "online-retail-ii:", "orders:"]) expect(out).toContain(name);
    expect(out).toMatch(/customerName +customer_name +the customer's name/);
    expect(out).toContain('returns: invoices that begin with "C"');
    expect(JSON.parse((await outcome("list", "--json")).out)).toHaveLength(3);
  });

  it("check shows what a mapping says and how a file is read with it", async () => {
    const mapping = join(folder, "till.json");
    const file = join(folder, "till.csv");
    const columns = { invoice: "Bon", orderedAt: "Tag", product: "Artikel", quantity: "Menge", lineTotal: "Summe" };
    await writeFile(mapping, JSON.stringify({ columns, constants: { country: "Austria" } }));
    await writeFile(
      file,
      "Bon;Tag;Artikel;Menge;Summe;Kasse\n1;31.12.2010;Brot;2;3,98;1\n2;31.12.2010;Brot;x;3,98;1\n",
    );
    expect(await outcome("check", mapping)).toMatchObject({
      code: 0,
      out: expect.stringContaining('always "Austria"'),
    });
    const { code, out } = await outcome("check", mapping, file);
    expect(code).toBe(0);
    expect(out).toMatch(/delimiter +semicolon/);
    expect(out).toMatch(/decimals +comma/);
    expect(out).toContain("EXTRA_COLUMNS: Columns that were not loaded: Kasse.");
    expect(out).toMatch(/2 +1 +2010-12-31 00:00:00 +1 +Austria +Brot +2 +3.98/);
    expect(out).toContain('line 3, Menge: BAD_QUANTITY: "2;31.12.2010;Brot;x;3,98;1"');
  });

  it("check tells all faults, and a file that does not fit", async () => {
    const mapping = join(folder, "wrong.json");
    await writeFile(mapping, JSON.stringify({ columns: { invoice: 1, quantity: "q" } }));
    const { code, out, err } = await outcome("check", mapping);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("consumer360: LAYOUT_INVALID");
    expect(err).toContain("\n  columns.invoice is no text");
    expect(err).toContain("\n  columns.orderedAt is missing");
    const other = join(folder, "other.csv");
    await writeFile(other, "a,b\n1,2\n");
    expect(await outcome("check", "orders", other)).toMatchObject({
      code: 1,
      err: expect.stringContaining("LAYOUT_UNKNOWN"),
    });
  });
});

describe("the flags that say how to read", () => {
  const read = (...args: string[]): Promise<unknown> => {
    const command = new Command().exitOverride().configureOutput({ writeErr() {} });
    for (const option of readingOptions()) command.addOption(option);
    command.parse(args, { from: "user" });
    return readingOptionsOf(command.opts<ReadingFlags>());
  };
  const nothing = {
    layout: undefined,
    dateOrder: undefined,
    encoding: undefined,
    delimiter: undefined,
    decimalComma: undefined,
    sheet: undefined,
  };
  it("say nothing where they are not given", async () => expect(await read()).toEqual(nothing));
  it("are taken as they are", async () => {
    expect(await read("--decimal-comma")).toEqual({ ...nothing, decimalComma: true });
    expect(await read("--no-decimal-comma")).toEqual({ ...nothing, decimalComma: false });
    for (const [text, delimiter] of [
      ["tab", "\t"],
      ["\\t", "\t"],
      [";", ";"],
      ["pipe", "|"],
    ] as const)
      expect(await read("--delimiter", text)).toEqual({ ...nothing, delimiter });
    expect(
      await read("--layout", "orders", "--date-order", "dmy", "--encoding", "utf-16le", "--sheet", "2011"),
    ).toEqual({
      ...nothing,
      layout: expect.objectContaining({ name: "orders" }),
      dateOrder: "dmy",
      encoding: "utf-16le",
      sheet: "2011",
    });
  });
  it("are refused where they mean nothing", () => {
    expect(() => read("--delimiter", "x")).toThrow(/comma, semicolon, tab, pipe/);
    expect(() => read("--date-order", "dym")).toThrow(/mdy, dmy, ymd/);
  });
});
