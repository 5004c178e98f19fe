// Holds what an import graph cannot show: who reads the environment, who prints, what draws random numbers, and how files are named, opened and bounded.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The one production file that reads `process.env`. */
const readsEnvironment = ["src/server/readConfig.ts"];
const forbiddenWords = ["utils", "util", "helpers", "helper", "common", "manager", "service"];
const longestFile = 400;

type Source = { path: string; text: string; code: string };

/** The text without its comments, so that a word in a comment is not taken for its use. */
function withoutComments(text: string): string {
  const compilerOptions = { removeComments: true, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(text, { compilerOptions: { ...compilerOptions, verbatimModuleSyntax: true } }).outputText;
}

function sourcesUnder(...folders: string[]): Source[] {
  const here = readdirSync(root);
  const paths = folders.flatMap((folder) =>
    !here.includes(folder)
      ? []
      : folder.endsWith(".ts")
        ? [folder]
        : readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
            .filter((path) => path.endsWith(".ts") && !/(^|[\\/])(node_modules|dist)[\\/]/.test(path))
            .map((path) => join(folder, path).replaceAll("\\", "/")),
  );
  return paths.sort().map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, text, code: withoutComments(text) };
  });
}

/** What is wrong with a production file's code, one line per fault. */
function faultsOf({ path, text, code }: Source): string[] {
  const faults: string[] = [];
  if (
    /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\[|\{[^{}]*\benv\b[^{}]*\}\s*(=\s*process\b|from\s*"(node:)?process")/.test(
      code,
    )
  ) {
    if (!readsEnvironment.includes(path)) faults.push("reads process.env");
  }
  if (/\bconsole\s*\./.test(code) && !/^bin\/|^codegen\.ts$/.test(path)) faults.push("prints with console");
  if (/\bMath\s*\.\s*random\b/.test(code) && /^(src\/(query|model)|etl\/sample)\//.test(path)) {
    faults.push("draws from Math.random");
  }
  if (/^\s*export\s+\*/m.test(code)) faults.push("is a barrel");
  const lines = text.trimEnd().split("\n").length;
  if (!path.startsWith("migrations/") && lines > longestFile) faults.push(`has ${lines} lines`);
  const name = basename(path, ".ts");
  if (
    forbiddenWords.some((word) =>
      new RegExp(`^(${word}|index)$|(${word[0]?.toUpperCase()}${word.slice(1)})$`).test(name),
    )
  ) {
    faults.push("has a name that says nothing");
  }
  return faults;
}

function opensWithComment(text: string): boolean {
  return /^(#!.*\n)?\/\/ \S/.test(text);
}

function named(path: string, text: string): Source {
  return { path, text, code: withoutComments(text) };
}

describe("the house", () => {
  const production = sourcesUnder("src", "etl", "bin", "migrations", "codegen.ts");
  const all = [...production, ...sourcesUnder("test", "bench", "vitest.config.ts")];

  test("production files keep its manners", () => {
    expect(production.length).toBeGreaterThan(0);
    expect(production.flatMap((source) => faultsOf(source).map((fault) => `${source.path} ${fault}`))).toEqual([]);
  });

  test("every file opens by saying what lives there", () => {
    expect(all.filter(({ text }) => !opensWithComment(text)).map(({ path }) => path)).toEqual([]);
  });

  test("no test file has a name that says nothing", () => {
    const words = new RegExp(`^(${forbiddenWords.join("|")}|index)(\\.test)?\\.ts$`);
    expect(all.filter(({ path }) => words.test(basename(path))).map(({ path }) => path)).toEqual([]);
  });

  test.each([
    ["src/query/ask.ts", "reads process.env", "const home = process.env.HOME;"],
    ["bin/consumer360.ts", "reads process.env", "const { env } = process;"],
    ["etl/load.ts", "reads process.env", `import { env } from "node:process";`],
    ["etl/load.ts", "prints with console", "console.log(1);"],
    ["src/model/members.ts", "draws from Math.random", "Math.random();"],
    ["etl/sample/draw.ts", "draws from Math.random", "const draw = Math.random;"],
    ["src/graph/graph.ts", "is a barrel", `export * from "./schema.ts";`],
    ["src/graph/long.ts", "has 401 lines", "let a;\n".repeat(401)],
    ["src/graph/index.ts", "has a name that says nothing", ""],
    ["src/query/sqlHelpers.ts", "has a name that says nothing", ""],
    ["src/server/tokenService.ts", "has a name that says nothing", ""],
  ])("%s %s", (path, fault, text) => {
    expect(faultsOf(named(path, text))).toEqual([fault]);
  });

  test.each([
    ["src/server/readConfig.ts", "export const config = process.env;"],
    ["bin/consumer360.ts", "console.log(1);"],
    ["etl/judge/judge.ts", "Math.random();"],
    ["src/query/ask.ts", "// not process.env, nor console.log\nconst url = 'http://x'; /* Math.random() */"],
    ["src/model/lineKinds.ts", ""],
    ["migrations/1-Long.ts", "let a;\n".repeat(401)],
  ])("%s is in order", (path, text) => {
    expect(faultsOf(named(path, text))).toEqual([]);
  });

  test.each([
    ["// Says what lives here.\n", true],
    ["#!/usr/bin/env node\n// The command line.\n", true],
    [`import "node:fs";\n// Too late.\n`, false],
    ["//\n", false],
  ])("the opening of %j is judged %s", (text, verdict) => {
    expect(opensWithComment(text)).toBe(verdict);
  });
});
