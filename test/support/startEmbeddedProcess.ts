// A second process that holds the embedded database, as `consumer360 load` does beside `consumer360 start`. Node 20 does
// not run TypeScript, so the room is transpiled to plain modules first.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Writes `src/kernel` and `src/warehouse` with its embedded room as JavaScript to `directory`; answers with the script to run. */
export async function transpileEmbedded(directory: string): Promise<string> {
  for (const room of ["src/kernel", "src/warehouse", "src/warehouse/embedded"]) {
    await mkdir(join(directory, room), { recursive: true });
    for (const file of (await readdir(join(root, room))).filter((name) => name.endsWith(".ts"))) {
      const { outputText } = ts.transpileModule(await readFile(join(root, room, file), "utf8"), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
          rewriteRelativeImportExtensions: true,
        },
      });
      await writeFile(join(directory, room, file.replace(/\.ts$/, ".js")), outputText);
    }
  }
  await symlink(join(root, "node_modules"), join(directory, "node_modules"));
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  const script = join(directory, "hold.js");
  await writeFile(
    script,
    `import { once } from "node:events";
import { acquireEmbeddedPostgres } from "./src/warehouse/embedded/acquireEmbeddedPostgres.js";
const tell = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
try {
  const database = await acquireEmbeddedPostgres({ home: process.argv[2] });
  tell({ url: database.url, started: database.started });
  await once(process.stdin, "data");
  await database.release();
  tell({ released: true });
  process.stdin.destroy();
} catch (error) {
  tell({ code: error.code, message: error.message });
  process.exit(1);
}
`,
  );
  return script;
}

export type EmbeddedProcess = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly started: boolean;
  /** Releases and waits for the process to end by itself. */
  release(): Promise<void>;
};

export async function startEmbeddedProcess(
  script: string,
  home: string,
  environment: Record<string, string> = {},
): Promise<EmbeddedProcess> {
  const child = spawn(process.execPath, [script, home], {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? '{"message":"ended without a word"}');
  const first = await next();
  if (typeof first.url !== "string") throw new Error(`${first.code}: ${first.message}`);
  return {
    child,
    url: first.url,
    started: first.started,
    async release() {
      const ended = once(child, "exit");
      child.stdin.write("\n");
      const last = await next();
      if (last.released !== true) throw new Error(last.message);
      await ended;
    },
  };
}
