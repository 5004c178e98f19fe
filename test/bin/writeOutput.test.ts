// Where a file's rows go, and that the file is there whole or not at all.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { Command, CommanderError } from "commander";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { chooseOutput, type Output } from "../../bin/chooseOutput.ts";
import { writeOutput } from "../../bin/writeOutput.ts";

const folders: string[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-output-"));
  folders.push(folder);
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true, force: true }))));

const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
const choose = (output: string | undefined, force = false, isTerminal = false) =>
  chooseOutput({ ...(output === undefined ? {} : { output }), force }, "rfm.csv", command, isTerminal);

async function* chunks(...texts: string[]) {
  yield* texts;
}

async function* failing() {
  yield "half of it\n";
  await sleep(20);
  throw new Error("the warehouse went away");
}

const refusal = async (choice: Promise<Output>): Promise<string> => {
  const error: unknown = await choice.catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(CommanderError);
  return (error as CommanderError).message;
};

describe("where to", () => {
  test("standard output, unless it is a terminal or a file is named", async () => {
    expect(await choose(undefined)).toEqual({ kind: "standard" });
    expect(await choose("-", false, true)).toEqual({ kind: "standard" });
    expect(await refusal(choose(undefined, false, true))).toContain("--output rfm.csv");
  });

  test("a file, or the usual name in a folder", async () => {
    const path = join(folder, "mine.csv");
    expect(await choose(path)).toEqual({ kind: "file", path, mode: null });
    expect(await choose(folder)).toEqual({ kind: "file", path: join(folder, "rfm.csv"), mode: null });
    expect(await choose("/dev/null")).toEqual({ kind: "device", path: "/dev/null" });
  });

  test("not over a file that is there, unless told to, and not into a folder that is not", async () => {
    const path = join(folder, "rfm.csv");
    await writeFile(path, "before");
    await chmod(path, 0o640);
    expect(await refusal(choose(path))).toBe(`consumer360: ${path} is there already; --force writes over it`);
    expect(await refusal(choose(folder))).toContain("--force");
    expect(await choose(folder, true)).toEqual({ kind: "file", path, mode: 0o640 });
    expect(await refusal(choose(join(folder, "none", "rfm.csv")))).toContain("there is no directory");
    expect(await refusal(choose(join(folder, "none/")))).toContain("there is no directory");
    await mkdir(join(folder, "deep", "rfm.csv"), { recursive: true });
    expect(await refusal(choose(join(folder, "deep")))).toContain("is a directory");
  });
});

describe("a file", () => {
  const file = (name: string, mode: number | null = null): Output => ({ kind: "file", path: join(folder, name), mode });

  test("is written whole, or as gzip, and nothing else stays behind", async () => {
    expect(await writeOutput(chunks("a\n", "b\n"), file("x.csv"))).toBe(true);
    await writeOutput(chunks("a\n", "b\n"), file("x.csv.gz"));
    expect(await readFile(join(folder, "x.csv"), "utf8")).toBe("a\nb\n");
    expect(gunzipSync(await readFile(join(folder, "x.csv.gz"))).toString()).toBe("a\nb\n");
    expect((await readdir(folder)).toSorted()).toEqual(["x.csv", "x.csv.gz"]);
  });

  test("is not there where it could not be written to its end, and the former one stays", async () => {
    await expect(writeOutput(failing(), file("x.csv"))).rejects.toThrow("the warehouse went away");
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, "x.csv"), "before");
    await expect(writeOutput(failing(), file("x.csv", 0o644))).rejects.toThrow("the warehouse went away");
    expect(await readFile(join(folder, "x.csv"), "utf8")).toBe("before");
    expect(await readdir(folder)).toEqual(["x.csv"]);
  });

  test("is not there where it is broken off", async () => {
    const stopped = new AbortController();
    async function* endless() {
      for (;;) {
        yield "row\n";
        await sleep(5);
      }
    }
    const work = writeOutput(endless(), file("x.csv"), stopped.signal);
    await sleep(50);
    stopped.abort();
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("that came in between is not written over; one that was to be replaced is, with its permissions", async () => {
    await writeFile(join(folder, "x.csv"), "somebody else's");
    await expect(writeOutput(chunks("a"), file("x.csv"))).rejects.toMatchObject({
      code: "OUTPUT_UNWRITABLE",
      message: expect.stringContaining("another program has just made it"),
    });
    expect(await readFile(join(folder, "x.csv"), "utf8")).toBe("somebody else's");
    await writeOutput(chunks("a"), file("x.csv", 0o600));
    expect(await readFile(join(folder, "x.csv"), "utf8")).toBe("a");
    expect((await stat(join(folder, "x.csv"))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["x.csv"]);
  });

  test("behind a link is replaced, and the link stays", async () => {
    await writeFile(join(folder, "real.csv"), "before");
    await symlink(join(folder, "real.csv"), join(folder, "link.csv"));
    await writeOutput(chunks("after"), await choose(join(folder, "link.csv"), true));
    expect(await readFile(join(folder, "real.csv"), "utf8")).toBe("after");
  });

  test("in a folder that is gone is said to be unwritable", async () => {
    const gone: Output = { kind: "file", path: join(folder, "gone", "x.csv"), mode: null };
    await expect(writeOutput(chunks("a"), gone)).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
  });

  test("may be a named pipe, whose reader is waited for as long as nobody gives up", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(await choose(pipe)).toEqual({ kind: "pipe", path: pipe });
    const read = sleep(50).then(() => readFile(pipe, "utf8"));
    expect(await writeOutput(chunks("a\n", "b\n"), await choose(pipe))).toBe(true);
    expect(await read).toBe("a\nb\n");
    const stopped = new AbortController();
    const work = writeOutput(chunks("a\n"), await choose(pipe), stopped.signal);
    await sleep(150);
    stopped.abort();
    await expect(work).rejects.toMatchObject({ name: "AbortError" });
  });

  test.skipIf(!existsSync("/dev/full"))("on a device that is full is said to have no room", async () => {
    const full: Output = { kind: "device", path: "/dev/full" };
    await expect(writeOutput(chunks("a"), full)).rejects.toMatchObject({
      code: "OUTPUT_UNWRITABLE",
      message: expect.stringContaining("no room"),
    });
  });
});
