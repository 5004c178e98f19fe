// Moving a file aside with its reports: whole or not at all, and never over one that is there.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { settleFile } from "../../../bin/unattended/settleFile.ts";

const reports = { ".report.json": "{}\n", ".report.txt": "Fine.\n" };
const at = new Date("2026-11-30T14:15:16.789Z");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-settle-"));
  await mkdir(join(folder, "incoming"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function settle(name: string, text = "rows", done = join(folder, "done")): Promise<string> {
  const path = join(folder, "incoming", name);
  await writeFile(path, text);
  return basename(await settleFile(path, { folder: done, reports, at }));
}
const listed = (place: string) => readdir(join(folder, place)).then((names) => names.sort());

describe("a file that is put aside", () => {
  test("has its reports beside it", async () => {
    expect(await settle("a.csv")).toBe("a.csv");
    expect(await listed("done")).toEqual(["a.csv", "a.csv.report.json", "a.csv.report.txt"]);
    expect(await readFile(join(folder, "done", "a.csv.report.txt"), "utf8")).toBe("Fine.\n");
    expect(await listed("incoming")).toEqual([]);
  });

  test("gets another name where its own is taken, by a file or by a report", async () => {
    await settle("a.csv.gz", "first");
    expect(await settle("a.csv.gz", "second")).toBe("a.20261130T141516Z.csv.gz");
    expect(await settle("a.csv.gz", "third")).toBe("a.20261130T141516Z-2.csv.gz");
    const texts = ["a.csv.gz", "a.20261130T141516Z.csv.gz", "a.20261130T141516Z-2.csv.gz"].map((name) =>
      readFile(join(folder, "done", name), "utf8"),
    );
    expect(await Promise.all(texts)).toEqual(["first", "second", "third"]);
    await writeFile(join(folder, "done", "b.report.txt"), "somebody's");
    expect(await settle("b")).toBe("b.20261130T141516Z");
    expect(await readFile(join(folder, "done", "b.report.txt"), "utf8")).toBe("somebody's");
  });

  test.each(["no ending", "sales (1).csv", "Ünïcödé 😀.csv", "-rf.csv", "a.b.c.d.csv"])(
    "keeps the name %s",
    async (name) => {
      expect(await settle(name)).toBe(name);
    },
  );

  test("with a name as long as may be keeps what tells its kind", async () => {
    const name = `${"ü".repeat(125)}.csv`;
    const settled = await settle(name);
    expect(settled).toMatch(/^ü+\.csv$/);
    expect(Buffer.byteLength(`${settled}.report.json`)).toBeLessThanOrEqual(255);
    expect((await listed("done")).length).toBe(3);
  });

  test.runIf(process.platform === "linux")("is copied whole to another drive", async () => {
    const elsewhere = await mkdtemp("/dev/shm/consumer360-settle-").catch(() => null);
    if (elsewhere === null || (await stat(elsewhere)).dev === (await stat(folder)).dev) return;
    try {
      const path = join(folder, "incoming", "a.csv");
      await writeFile(path, "rows");
      await utimes(path, 1_000_000, 1_000_000);
      await symlink(elsewhere, join(folder, "done"));
      await settleFile(path, { folder: join(folder, "done"), reports, at });
      expect(await listed("done")).toEqual(["a.csv", "a.csv.report.json", "a.csv.report.txt"]);
      expect((await stat(join(elsewhere, "a.csv"))).mtimeMs).toBe(1_000_000_000);
      expect(await listed("incoming")).toEqual([]);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  test("stays where it is, and leaves nothing behind, where it cannot be moved", async () => {
    const path = join(folder, "incoming", "a.csv");
    await mkdir(join(folder, "done"));
    await expect(settleFile(path, { folder: join(folder, "done"), reports, at })).rejects.toMatchObject({
      code: "ENOENT",
    });
    expect(await listed("done")).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)("stays where it is where nothing may be written", async () => {
    await mkdir(join(folder, "done"));
    await chmod(join(folder, "done"), 0o500);
    await expect(settle("a.csv")).rejects.toMatchObject({ code: "EACCES" });
    expect(await listed("incoming")).toEqual(["a.csv"]);
  });

  test("is not moved into a folder made in place of a drive that is gone", async () => {
    await writeFile(join(folder, "incoming", "a.csv"), "rows");
    const gone = join(folder, "gone", "done");
    await expect(settleFile(join(folder, "incoming", "a.csv"), { folder: gone, reports, at })).rejects.toMatchObject({
      code: "ENOENT",
    });
  });
});
