// Finds a file that the package ships, whether the code runs from source or from dist/, wherever it was started.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The absolute path of `path` below the package's root: the nearest directory above this file that has a package.json. */
export function findPackageFile(path: string): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, "package.json"))) {
    const above = dirname(directory);
    if (above === directory) throw new Error(`The package's root was not found, so ${path} cannot be.`);
    directory = above;
  }
  return join(directory, path);
}
