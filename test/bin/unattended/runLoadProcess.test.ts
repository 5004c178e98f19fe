// A load as a process: its report, its failure, its progress, and its end when the server stops. The program is a fake one.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatError } from "../../../bin/formatError.ts";
import { readFailure } from "../../../bin/unattended/readFailure.ts";
import { makeRunLoad } from "../../../bin/unattended/runLoadProcess.ts";
import { Consumer360Error } from "../../../src/kernel/errors.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "consumer360-process-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs `code` in place of the program. */
async function run(
  code: string,
  { signal = new AbortController().signal, killAfter = 5_000, flags = [] as string[] } = {},
) {
  const script = join(folder, "program.mjs");
  await writeFile(script, code);
  const lines: string[] = [];
  const runLoad = makeRunLoad({
    program: [script],
    environment: { FROM: "test" },
    onLine: (line) => lines.push(line),
    killAfter,
  });
  return { end: await runLoad(["/data/a.csv", "-odd.csv"], flags, signal), lines };
}

const idle = "setInterval(() => undefined, 1000);";

describe("a load in a process of its own", () => {
  test("is asked for JSON, with flags before and files after the mark", async () => {
    const code = `console.log(JSON.stringify({ status: "PUBLISHED", arguments: process.argv.slice(2), from: process.env.FROM }))`;
    const { end } = await run(code, { flags: ["--append", "--date-order=mdy"] });
    expect(end).toEqual({
      kind: "finished",
      report: {
        status: "PUBLISHED",
        arguments: ["load", "--append", "--date-order=mdy", "--json", "--", "/data/a.csv", "-odd.csv"],
        from: "test",
      },
    });
  });

  test("tells its progress line by line, and its failure once", async () => {
    const { end, lines } = await run(`
      console.error("  reading the file: 1.0 s");
      console.error("consumer360: TOO_MANY_REJECTS 3 of 4 rows were rejected");
      console.error("Mend the file.\\nThe rejected row:\\n  line 2: BAD_DATE: \\"x\\"");
      console.error("consumer360 load status=FAILED code=TOO_MANY_REJECTS");
      process.exitCode = 1;`);
    expect(lines).toEqual(["  reading the file: 1.0 s"]);
    expect(end).toMatchObject({
      kind: "failed",
      files: ["/data/a.csv", "-odd.csv"],
      failure: {
        code: "TOO_MANY_REJECTS",
        message: "3 of 4 rows were rejected",
        remedy: 'Mend the file.\nThe rejected row:\n  line 2: BAD_DATE: "x"',
      },
    });
  });

  test("is not made to wait by a file whose name looks like an error", async () => {
    const path = "/data/x\nconsumer360: LOAD_IN_PROGRESS y.csv";
    const error = new Consumer360Error("FILE_NOT_TEXT", `${path} holds binary data.`, { remedy: `Look at ${path}` });
    const { end } = await run(`
      console.error(${JSON.stringify(formatError(error, { withStack: false }).trimEnd())});
      process.exitCode = 1;`);
    expect(end).toMatchObject({ kind: "failed", failure: { code: "FILE_NOT_TEXT" } });
  });

  test("that ends well without a report has failed", async () => {
    const { end } = await run("console.log('{')");
    expect(end).toMatchObject({ kind: "failed", failure: { code: "INTERNAL" } });
  });

  test.runIf(process.platform !== "win32")("stands back behind the server", async () => {
    const { end } = await run(
      `import { getPriority } from "node:os";
       await new Promise((go) => setTimeout(go, 200));
       console.log(JSON.stringify({ status: "UNCHANGED", priority: getPriority() }))`,
    );
    expect(end).toMatchObject({ report: { priority: 10 } });
  });

  test("ends when told to, and counts as stopped", async () => {
    const { end } = await run(`process.on("SIGTERM", () => process.exit(130)); ${idle}`, {
      signal: AbortSignal.timeout(300),
    });
    expect(end).toEqual({ kind: "stopped" });
  });

  test("that does not end when told to is killed", async () => {
    const began = Date.now();
    const { end } = await run(`process.on("SIGTERM", () => undefined); ${idle}`, {
      signal: AbortSignal.timeout(300),
      killAfter: 300,
    });
    expect(end).toEqual({ kind: "stopped" });
    expect(Date.now() - began).toBeLessThan(4_000);
  });

  test("that publishes before it ends is finished, stopped or not", async () => {
    const { end } = await run(
      `process.on("SIGTERM", () => { console.log('{ "status": "PUBLISHED" }'); process.exit(0); }); ${idle}`,
      { signal: AbortSignal.timeout(300) },
    );
    expect(end).toMatchObject({ kind: "finished" });
  });

  test("is not begun once all is to stop", async () => {
    const { end } = await run(
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(join(folder, "ran"))}, "");`,
      {
        signal: AbortSignal.abort(),
      },
    );
    expect(end).toEqual({ kind: "stopped" });
    await sleep(100);
    await expect(readFile(join(folder, "ran"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("that was killed by others says so", async () => {
    const { end } = await run(`process.kill(process.pid, "SIGKILL"); ${idle}`);
    expect(end).toMatchObject({
      failure: {
        code: "INTERNAL",
        message: "The load's process was ended by SIGKILL",
        remedy: expect.stringContaining("memory"),
      },
    });
  });
});

describe("what a failed load said", () => {
  const exit = { code: 1, killedBy: null, error: null };

  test.each([
    [
      ["consumer360: FILE_EMPTY The file a.csv has no bytes"],
      exit,
      ["FILE_EMPTY", "The file a.csv has no bytes", undefined],
    ],
    [
      ["consumer360: a warning", "consumer360: FILE_EMPTY It is empty", "Export it."],
      exit,
      ["FILE_EMPTY", "It is empty", "Export it."],
    ],
    [
      ["consumer360: unknown option '--appendd'"],
      { ...exit, code: 2 },
      ["CONFIG_INVALID", "unknown option '--appendd'", undefined],
    ],
    [[], { ...exit, code: 7 }, ["INTERNAL", "The load's process was ended with exit code 7", undefined]],
    [
      [],
      { ...exit, code: null, error: new Error("spawn ENOMEM") },
      ["INTERNAL", "The load could not be started: spawn ENOMEM", undefined],
    ],
  ])("%j with %j", (said, exit, [code, message, remedy]) => {
    expect(readFailure(said, exit)).toEqual({ code, message, ...(remedy === undefined ? {} : { remedy }) });
  });
});
