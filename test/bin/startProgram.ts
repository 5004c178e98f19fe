// The command line as a process of its own. Node 20 does not run TypeScript, so the program is transpiled to plain modules first.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));
const rooms = ["bin", "etl", "migrations", "src"];

/** Writes the program as JavaScript to `directory`, as the build would; answers with the script to run. */
export async function transpileProgram(directory: string): Promise<string> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  // NodeNext would look for a package.json beside each file, which one file alone does not have
  const compilerOptions = { ...options, module: ts.ModuleKind.ESNext, noEmit: false };
  for (const room of rooms) {
    const files = await readdir(join(root, room), { recursive: true });
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const fileName = join(root, room, file);
      const { outputText } = ts.transpileModule(await readFile(fileName, "utf8"), { compilerOptions, fileName });
      const target = join(directory, room, file.replace(/\.ts$/, ".js"));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, outputText);
    }
  }
  for (const shared of ["node_modules", "policy"]) await symlink(join(root, shared), join(directory, shared));
  await writeFile(join(directory, "package.json"), '{ "type": "module", "version": "1.2.3" }');
  return join(directory, "bin", "consumer360.js");
}

export type Program = Readonly<{
  child: ChildProcess;
  out: () => string;
  err: () => string;
  /** Resolves once standard output holds `text`; rejects where the program ends before. */
  printed(text: string): Promise<void>;
  /** The exit code. */
  ended: Promise<number | null>;
}>;

export function startProgram(script: string, args: readonly string[], env: Record<string, string>): Program {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [script, ...args], {
    env: { PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    child,
    out: () => out,
    err: () => err,
    ended,
    async printed(text) {
      while (!out.includes(text)) {
        const over = await Promise.race([once(child.stdout, "data").then(() => false), ended.then(() => true)]);
        if (over && !out.includes(text)) throw new Error(`The program ended without ${JSON.stringify(text)}:\n${err}`);
      }
    },
  };
}
