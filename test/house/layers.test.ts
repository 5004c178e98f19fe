// Holds the layer rules: the same list in ARCHITECTURE.md and in the checker, each rule shown to fail, and the house itself without a breach.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

type Rule = { name: string; comment: string };
type Cruise = { summary: { violations: { from: string; to: string; rule: { name: string } }[]; totalCruised: number } };

const root = fileURLToPath(new URL("../../", import.meta.url));
const config = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as { forbidden: Rule[] };

/** A wrong house: each file, what it imports, and the breaches (rule → what is imported) that this must be called. */
const wrongHouse: Record<string, { text: string; breaches: Record<string, string> }> = {
  // lawful neighbours, which must stay unmentioned
  "src/kernel/sound.ts": { text: "export type Sound = 1;", breaches: {} },
  "src/warehouse/entities/sale.ts": {
    text: `import { Column } from "typeorm"; import type { Sound } from "../../kernel/sound.ts"; export const sale: Sound = Column;`,
    breaches: {},
  },
  "src/query/compile/compile.ts": {
    text: `import { sale } from "../../warehouse/entities/sale.ts"; export const compile = sale;`,
    breaches: {},
  },
  "src/query/compile/bind.ts": {
    text: `import type { openPool } from "../../warehouse/openPool.ts"; export type Open = typeof openPool;`,
    breaches: {},
  },
  "etl/fill.ts": {
    text: `import "pg"; import { compile } from "../src/query/compile/compile.ts"; export const fill = compile;`,
    breaches: {},
  },
  "src/server/lawful.ts": {
    text: `import "node:http"; import "fastify"; import "graphql"; import type { Sound } from "../kernel/sound.ts"; export const lawful: Sound = 1;`,
    breaches: {},
  },
  "src/query/execute/execute.ts": { text: `import "pg"; export const execute = 1;`, breaches: {} },
  "src/model/member.ts": {
    text: `import { sale } from "../warehouse/entities/sale.ts"; export const member = sale;`,
    breaches: {},
  },
  "src/warehouse/openPool.ts": { text: `import "pg"; import "node:fs"; export const openPool = 1;`, breaches: {} },
  "bin/consumer360.ts": { text: `import "../etl/fill.ts"; import "../src/model/member.ts";`, breaches: {} },
  "test/any.test.ts": {
    text: `import "vitest"; import "pg"; import "../bin/consumer360.ts"; import "../src/model/member.ts";`,
    breaches: {},
  },
  "migrations/1-Lawful.ts": {
    text: `import type { Migration } from "typeorm"; export type M = Migration;`,
    breaches: {},
  },
  "schema/catalog.ts": { text: "export const catalog = {};", breaches: {} },

  // one breach after the other
  "src/kernel/reads.ts": {
    text: `import { readFileSync } from "node:fs"; export const reads = readFileSync;`,
    breaches: { "kernel-imports-nothing": "fs" },
  },
  "src/kernel/knowsTheModel.ts": {
    text: `import type { member } from "../model/member.ts"; export type M = typeof member;`,
    breaches: { "kernel-imports-nothing": "src/model/member.ts" },
  },
  "src/kernel/knowsATypeOfTheModel.ts": {
    text: `export type M = typeof import("../model/member.ts").member;`,
    breaches: { "kernel-imports-nothing": "src/model/member.ts" },
  },
  "src/warehouse/knowsTheModel.ts": {
    text: `import type { member } from "../model/member.ts"; export type M = typeof member;`,
    breaches: { "warehouse-imports-kernel": "src/model/member.ts" },
  },
  "src/model/opens.ts": {
    text: `export { openPool } from "../warehouse/openPool.ts";`,
    breaches: { "model-imports-kernel-and-entities": "src/warehouse/openPool.ts" },
  },
  "src/access/asks.ts": {
    text: `export { execute } from "../query/execute/execute.ts";`,
    breaches: { "access-imports-kernel-and-model": "src/query/execute/execute.ts" },
  },
  "src/intelligence/knowsTheModel.ts": {
    text: `export { member } from "../model/member.ts";`,
    breaches: { "intelligence-imports-kernel": "src/model/member.ts" },
  },
  "src/query/knowsTheServer.ts": {
    text: `export { lawful } from "../server/lawful.ts";`,
    breaches: { "query-imports-kernel-warehouse-and-model": "src/server/lawful.ts" },
  },
  "src/query/compile/runs.ts": {
    text: `export { execute } from "../execute/execute.ts";`,
    breaches: { "compile-is-pure": "src/query/execute/execute.ts" },
  },
  "src/query/compile/opens.ts": {
    text: `export { openPool } from "../../warehouse/openPool.ts";`,
    breaches: { "compile-is-pure": "src/warehouse/openPool.ts" },
  },
  "src/graph/knowsTheWarehouse.ts": {
    text: `export { sale } from "../warehouse/entities/sale.ts";`,
    breaches: { "graph-imports-kernel-model-access-and-query": "src/warehouse/entities/sale.ts" },
  },
  "src/server/knowsTheModel.ts": {
    text: `export { member } from "../model/member.ts";`,
    breaches: { "server-imports-all-but-model": "src/model/member.ts" },
  },
  "etl/asks.ts": {
    text: `export { execute } from "../src/query/execute/execute.ts";`,
    breaches: { "etl-imports-kernel-warehouse-model-and-intelligence": "src/query/execute/execute.ts" },
  },
  "migrations/2-Follows.ts": {
    text: `import type { Sound } from "../src/kernel/sound.ts"; export type S = Sound;`,
    breaches: { "migrations-import-only-typeorm": "src/kernel/sound.ts" },
  },
  "migrations/3-Runs.ts": {
    text: `import { Table } from "typeorm"; export const table = Table;`,
    breaches: { "migrations-import-only-types": "node_modules/typeorm/index.js" },
  },
  "migrations/4-RunsToo.ts": {
    text: `import type { Migration } from "typeorm"; import { Table } from "typeorm"; export type M = Migration | typeof Table;`,
    breaches: { "migrations-import-only-types": "node_modules/typeorm/index.js" },
  },
  "codegen.ts": {
    text: `import "./bin/consumer360.ts";`,
    breaches: { "nothing-imports-a-root": "bin/consumer360.ts" },
  },
  "bin/reads.ts": {
    text: `export { catalog } from "../schema/catalog.ts";`,
    breaches: { "schema-is-output": "schema/catalog.ts" },
  },
  "web/shortcut.ts": {
    text: `export { member } from "../src/model/member.ts";`,
    breaches: { "clients-know-only-the-api": "src/model/member.ts" },
  },
  "bin/leans.ts": { text: `import "../test/any.test.ts";`, breaches: { "nothing-imports-a-test": "test/any.test.ts" } },
  "src/query/plan.ts": {
    text: `import type { Client } from "pg"; export type C = Client;`,
    breaches: { "only-warehouse-etl-and-execute-know-the-driver": "node_modules/pg/index.js" },
  },
  "src/query/resolve.ts": {
    text: `import type { Info } from "graphql"; export type I = Info;`,
    breaches: { "only-graph-and-server-know-graphql": "node_modules/graphql/index.js" },
  },
  "src/query/shields.ts": {
    text: `export * from "graphql-shield"; export const gate = await import("@apollo/server");`,
    breaches: {
      "only-graph-and-server-know-graphql": "node_modules/graphql-shield/index.js node_modules/@apollo/server/index.js",
    },
  },
  "src/access/verifies.ts": {
    text: `import { jwtVerify } from "jose"; export const verifies = jwtVerify;`,
    breaches: { "only-server-knows-http-and-tokens": "node_modules/jose/index.js" },
  },
  "src/access/tries.ts": {
    text: `import { test } from "vitest"; export const tries = test;`,
    breaches: { "production-needs-no-dev-dependency": "node_modules/vitest/index.js" },
  },
  "src/access/loses.ts": { text: `import "./gone.ts";`, breaches: { "every-import-resolves": "./gone.ts" } },
  "src/query/first.ts": {
    text: `import type { Second } from "./second.ts"; export type First = Second | 1;`,
    breaches: { "no-circles": "src/query/second.ts" },
  },
  "src/query/second.ts": {
    text: `import type { First } from "./first.ts"; export type Second = First | 2;`,
    breaches: {},
  },
  "etl/alone.ts": { text: "export const alone = 1;", breaches: { "no-orphans": "etl/alone.ts" } },
};

const dependencies = ["pg", "typeorm", "graphql", "graphql-shield", "@apollo/server", "fastify", "jose"];
const wrongRoot = mkdtempSync(join(tmpdir(), "wrong-house-"));
afterAll(() => rmSync(wrongRoot, { recursive: true, force: true }));

/** Runs the checker as `npm run layers` does. */
function check(cwd: string, outputType: "json" | "err"): { status: number | null; stdout: string } {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { layers: string } };
  const [command, ...words] = manifest.scripts.layers.split(" ");
  expect(command).toBe("depcruise");
  const binary = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  // a folder that is not there yet is an error to the checker, a room not yet built to us
  const present = words.filter((word) => !/^[a-z]/.test(word) || existsSync(join(cwd, word)));
  const clients = ["web", "powerbi", "bench", "schema"].filter((folder) => existsSync(join(cwd, folder)));
  const run = spawnSync(process.execPath, [binary, "--output-type", outputType, ...present, ...clients], {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (run.stdout === "") throw new Error(run.stderr);
  return run;
}

/** What the checker calls a breach there, as `from → to: rule`. */
function breachesIn(cwd: string): string[] {
  const { summary } = JSON.parse(check(cwd, "json").stdout) as Cruise;
  expect(summary.totalCruised).toBeGreaterThan(0);
  return summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${rule.name}`).sort();
}

function write(path: string, text: string): void {
  const at = join(wrongRoot, path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
}

function buildWrongHouse(): void {
  for (const [path, { text }] of Object.entries(wrongHouse)) write(path, text);
  for (const name of [...dependencies, "vitest"]) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" }));
    write(`node_modules/${name}/index.js`, "");
  }
  const declared = Object.fromEntries(dependencies.map((name) => [name, "1.0.0"]));
  write(
    "package.json",
    JSON.stringify({ type: "module", dependencies: declared, devDependencies: { vitest: "1.0.0" } }),
  );
  for (const file of [".dependency-cruiser.cjs", "tsconfig.json"]) cpSync(join(root, file), join(wrongRoot, file));
}

describe("the layers", () => {
  test("ARCHITECTURE.md and the checker hold the same rules, in the same words and order", () => {
    const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
    const sentences = [...page.matchAll(/^- (.+) `([a-z-]+)`$/gm)].map(([, comment, name]) => ({ name, comment }));
    expect(sentences).toEqual(config.forbidden.map(({ name, comment }) => ({ name, comment })));
  });

  test("every rule can fail, and calls nothing else a breach", () => {
    buildWrongHouse();
    const expected = Object.entries(wrongHouse).flatMap(([from, { breaches }]) =>
      Object.entries(breaches).flatMap(([rule, to]) => to.split(" ").map((each) => `${from} → ${each}: ${rule}`)),
    );
    expect(breachesIn(wrongRoot)).toEqual(expected.sort());
    const shown = new Set(Object.values(wrongHouse).flatMap(({ breaches }) => Object.keys(breaches)));
    expect([...shown].sort()).toEqual(config.forbidden.map(({ name }) => name).sort());
    expect(check(wrongRoot, "err").status).toBe(expected.length);
  });

  test("this house has no breach", () => {
    expect(breachesIn(root)).toEqual([]);
    expect(check(root, "err").status).toBe(0);
  });
});
