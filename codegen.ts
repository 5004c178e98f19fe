// Writes `schema/` and `docs/measures.md`: what the code means, as files that a reviewer reads and a client builds on. `--check` compares
// instead of writing, and fails where a file is stale. All of it derives from the declarations; nothing in it is written by hand.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeRoles } from "./src/access/describeRoles.ts";
import { loadPolicy } from "./src/access/loadPolicy.ts";
import type { Policy } from "./src/access/policy.ts";
import { scopeOf } from "./src/access/scopeOf.ts";
import { describeFields } from "./src/graph/describeFields.ts";
import { listFieldVisibility, printGraphSchema } from "./src/graph/printGraphSchema.ts";
import { describeModel } from "./src/model/describeModel.ts";
import { compileViews } from "./src/query/compile/compileViews.ts";
import { describeMeasures } from "./src/query/describeMeasures.ts";
import { ownerTables, tableName, viewEntities } from "./src/warehouse/entityTables.ts";
import { policiesHeading, printRowPolicies } from "./src/warehouse/rowPolicies.ts";

type Generated = Readonly<{ path: string; make: () => Promise<string> | string }>;

/** Where `package.json` lies: beside this file as a source, one folder up once it is compiled. */
function findRoot(from: string): string {
  if (existsSync(join(from, "package.json"))) return from;
  if (dirname(from) === from) throw new Error("package.json is nowhere above this file.");
  return findRoot(dirname(from));
}

const root = findRoot(dirname(fileURLToPath(import.meta.url)));

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Another generated file is another line here. */
const generated: readonly Generated[] = [
  { path: "schema/schema.graphql", make: printGraphSchema },
  { path: "schema/catalog.json", make: () => json(describeModel(tableName)) },
  { path: "docs/measures.md", make: () => `${describeMeasures()}\n` },
  { path: "schema/visibility.json", make: async () => json(await listFieldVisibility()) },
  {
    path: "schema/views.sql",
    make: () => `-- The published views, compiled from src/model/views.ts.\n\n${compileViews()}`,
  },
  {
    path: "schema/policies.sql",
    make: () =>
      `${policiesHeading}\n${printRowPolicies({ ownerTables: ownerTables.map(tableName), views: viewEntities.map(tableName) })}`,
  },
  { path: "schema/roles.md", make: async () => roles(await loadPolicy(join(root, "policy", "demo.yaml"))) },
];

/** What each role of the demo's policy sees: its rows, then its fields. */
async function roles(policy: Policy): Promise<string> {
  const scopes = policy.roles.map(({ name }) => scopeOf(policy, { role: name, claims: {} }));
  return [
    "# What each role may see\n",
    "Made from `policy/demo.yaml` and the classes of the graph's fields; a change of either shows here.\n",
    "## Rows\n",
    describeRoles(policy),
    "Smallest cell: of how many customers every figure is made at least (guests count as nobody); such a role has figures by month, by country and by segment, and no others.\n",
    "## Fields\n",
    "`yes`: shown. `null`: comes back as null. `refused`: FORBIDDEN, or no way leads there. The rows behind a figure are always those of the role.\n",
    describeFields(await listFieldVisibility(), scopes),
  ].join("\n");
}

async function main(args: readonly string[]): Promise<number> {
  const checking = args.includes("--check");
  const stale: string[] = [];
  for (const { path, make } of generated) {
    const file = join(root, path);
    const text = await make();
    const written = await readFile(file, "utf8").catch(() => null);
    if (written === text) continue;
    stale.push(path);
    if (checking) continue;
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (!checking) {
    console.log(stale.length === 0 ? "All generated files are up to date." : `Written: ${stale.join(", ")}.`);
    return 0;
  }
  for (const path of stale) console.error(`${path} is stale: run \`npm run codegen\` and commit what it writes.`);
  return stale.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
