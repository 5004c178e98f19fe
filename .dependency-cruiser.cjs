// The layers of the house as rules. Each rule's comment is its sentence in ARCHITECTURE.md, word for word;
// test/house/layers.test.ts holds the two lists equal and shows that every rule can fail.

const PACKAGE = "(^|/)node_modules/";
const PRODUCTION = "^(src|etl|bin|migrations)/|^codegen\\.ts$";

/** A path that matches any of these npm packages; a name that ends in `/` is a scope. */
const packages = (...names) =>
  `${PACKAGE}(@types/)?(${names.map((name) => (name.endsWith("/") ? name : `${name}/`)).join("|")})`;

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

/** Inside a room: its own files, the rooms named, Node's modules and packages; nothing else of this repository. */
const room = (name, comment, path, ...allowed) =>
  forbid(
    name,
    comment,
    { path },
    { pathNot: [path, ...allowed, PACKAGE], dependencyTypesNot: ["core"], couldNotResolve: false },
  );

/** Inside a pure room: its own files and the rooms named; no package, no Node module. */
const pureRoom = (name, comment, path, ...allowed) =>
  forbid(name, comment, { path }, { pathNot: [path, ...allowed], couldNotResolve: false });

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    pureRoom(
      "kernel-imports-nothing",
      "`src/kernel/` imports nothing: no room, no package, no module of Node.",
      "^src/kernel/",
    ),
    room("warehouse-imports-kernel", "`src/warehouse/` imports `kernel/`.", "^src/warehouse/", "^src/kernel/"),
    pureRoom(
      "model-imports-kernel-and-entities",
      "`src/model/` imports `kernel/` and `warehouse/entities/`, and no package: it is plain data.",
      "^src/model/",
      "^src/(kernel|warehouse/entities)/",
    ),
    room(
      "access-imports-kernel-and-model",
      "`src/access/` imports `kernel/` and `model/`.",
      "^src/access/",
      "^src/(kernel|model)/",
    ),
    pureRoom(
      "intelligence-imports-kernel",
      "`src/intelligence/` imports `kernel/`, and no package: it is functions over numbers.",
      "^src/intelligence/",
      "^src/kernel/",
    ),
    room(
      "query-imports-kernel-warehouse-and-model",
      "`src/query/` imports `kernel/`, `warehouse/` and `model/`.",
      "^src/query/",
      "^src/(kernel|warehouse|model)/",
    ),
    forbid(
      "compile-is-pure",
      "`src/query/compile/` turns plain data into SQL text: of `query/execute` and `warehouse/` it imports types only, the entities and the names of their tables excepted.",
      { path: "^src/query/compile/" },
      {
        path: "^src/(query/execute[/.]|warehouse/)",
        pathNot: "^src/warehouse/(entities/|entityTables\\.ts$)",
        dependencyTypesNot: ["type-only"],
      },
    ),
    room(
      "graph-imports-kernel-model-access-and-query",
      "`src/graph/` imports `kernel/`, `model/`, `access/` and `query/`.",
      "^src/graph/",
      "^src/(kernel|model|access|query)/",
    ),
    room(
      "server-imports-all-but-model",
      "`src/server/` imports every room of `src/` but `model/`.",
      "^src/server/",
      "^src/(kernel|warehouse|access|intelligence|query|graph)/",
    ),
    room(
      "etl-imports-kernel-warehouse-model-and-intelligence",
      "`etl/` imports `kernel/`, `warehouse/`, `model/` and `intelligence/`, and, as the one exception, `query/compile/`: a stored rollup is filled by the same compiled measure that a query uses ([0004](docs/decisions/0004-measures-compiled-once.md)).",
      "^etl/",
      "^src/(kernel|warehouse|model|intelligence|query/compile)/",
    ),
    forbid(
      "migrations-import-only-typeorm",
      "`migrations/` imports typeorm and itself, nothing else: a migration is frozen and must not change when the code does.",
      { path: "^migrations/" },
      { pathNot: ["^migrations/", packages("typeorm")], couldNotResolve: false },
    ),
    forbid(
      "migrations-import-only-types",
      "What `migrations/` imports from a package are types.",
      { path: "^migrations/" },
      { path: PACKAGE, dependencyTypesNot: ["type-only"] },
    ),
    forbid(
      "nothing-imports-a-root",
      "`bin/` and `codegen.ts` are the composition roots: they import any room, and nothing but a test imports them.",
      { pathNot: "^(bin|test)/" },
      { path: "^bin/|^codegen\\.ts$" },
    ),
    forbid(
      "schema-is-output",
      "`schema/` is generated from the code: no production code imports it.",
      { path: PRODUCTION },
      { path: "^schema/" },
    ),
    forbid(
      "clients-know-only-the-api",
      "`web/` and `powerbi/` know the API and `schema/`, never the code behind it.",
      { path: "^(web|powerbi)/" },
      { path: PRODUCTION },
    ),
    forbid(
      "nothing-imports-a-test",
      "`test/` and `bench/` import anything; nothing outside them imports them.",
      { pathNot: "^(test|bench)/" },
      { path: "^(test|bench)/" },
    ),
    forbid(
      "only-warehouse-etl-and-execute-know-the-driver",
      "Only `warehouse/`, `etl/` and `query/execute` import `pg`, `pg-copy-streams` or `typeorm` (`migrations/` its types).",
      { path: PRODUCTION, pathNot: "^(src/warehouse/|src/query/execute[/.]|etl/|migrations/)" },
      { path: packages("pg", "pg-copy-streams", "typeorm") },
    ),
    forbid(
      "only-graph-and-server-know-graphql",
      "Only `graph/` and `server/` import `graphql`, `type-graphql`, `graphql-*`, `@apollo/*` or `dataloader`.",
      { path: PRODUCTION, pathNot: "^src/(graph|server)/" },
      { path: packages("graphql", "type-graphql", "graphql-[^/]+", "@apollo/", "@graphql-tools/", "dataloader") },
    ),
    forbid(
      "only-server-knows-http-and-tokens",
      "Only `server/` imports `fastify`, its plugins or `jose`.",
      { path: PRODUCTION, pathNot: "^src/server/" },
      { path: packages("fastify", "@fastify/", "@as-integrations/", "jose") },
    ),
    forbid(
      "production-needs-no-dev-dependency",
      "Production code imports no development dependency.",
      { path: PRODUCTION },
      { dependencyTypes: ["npm-dev"] },
    ),
    forbid("every-import-resolves", "Every import resolves.", {}, { couldNotResolve: true }),
    forbid("no-circles", "There are no circles, circles of types included.", {}, { circular: true }),
    forbid("no-orphans", "There are no orphans: every file imports or is imported.", { orphan: true }, {}),
  ],
  options: {
    // Type-only imports count: a circle of types is a circle.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "(^|/)(node_modules|dist)/" },
    // a peer's packages are installed with the bench alone
    exclude: { path: "^(bench/)?(dist|coverage)/|^bench/peers/[^/]+\\.mjs$" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      mainFields: ["module", "main", "types", "typings"],
    },
  },
};
