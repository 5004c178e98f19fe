// The files that the arguments of a load name: paths as they are, patterns as the files that they match, in an order that a person
// would choose.
import { realpath, stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { Consumer360Error } from "../../src/kernel/errors.ts";

/** Standard input. */
export const standardInput = "-";

/**
 * `2011-2.csv` comes before `2011-10.csv`; arguments keep their order. Throws FILE_NOT_FOUND for a pattern that matches nothing and
 * FILE_REPEATED for a file that is named twice, also by way of a link.
 */
export async function expandPaths(args: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const arg of args) paths.push(...(await expand(arg)));
  const seen = new Map<string, string>();
  for (const path of paths) {
    const real = path === standardInput ? path : await realpath(path).catch(() => resolve(path));
    const other = seen.get(real);
    if (other !== undefined) {
      throw new Consumer360Error(
        "FILE_REPEATED",
        other === path ? `${path} is named twice` : `${path} is the same file as ${other}`,
        { remedy: "Name each file once: its lines would be there twice" },
      );
    }
    seen.set(real, path);
  }
  return paths;
}

/** A name with letters of patterns in it is a path where such a file is there. */
async function expand(arg: string): Promise<string[]> {
  if (arg === standardInput || !isDynamicPattern(arg)) return [arg];
  const isThere = await stat(arg).then(
    () => true,
    () => false,
  );
  if (isThere) return [arg];
  // a pattern separates folders by slashes, on every system
  const pattern = process.platform === "win32" ? arg.replaceAll("\\", "/") : arg;
  const found = await glob(pattern, { absolute: isAbsolute(arg), onlyFiles: true, expandDirectories: false });
  if (found.length === 0) {
    throw new Consumer360Error("FILE_NOT_FOUND", `no file matches ${arg}`, {
      remedy: "Check the pattern; hidden files need a dot in it",
    });
  }
  return found.sort(new Intl.Collator("en", { numeric: true }).compare);
}
