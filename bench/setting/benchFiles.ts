// The files that are loaded: the real one where it is there, and generated ones, which are kept from run to run.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Bench, dataFolder, repository } from "./openBench.ts";
import { runProgram } from "./runProgram.ts";

export type BenchFile = Readonly<{
  path: string;
  /** As results name it. */
  name: string;
  /** In PostgreSQL's words. */
  encoding: "UTF8" | "WIN1252";
  bytes: number;
}>;

export const smallRows = 500_000;

const realFile = join(repository, "../shared/data/online-retail.latin1.crlf.csv.gz");
export const product = join(repository, "dist/bin/consumer360.js");

/** The real file, unpacked into the run's folder; the small generated one where it is not there. */
export async function usualFile(bench: Bench): Promise<BenchFile> {
  if (!existsSync(realFile)) {
    bench.say("The real file (../shared/data) is not here: the small generated one stands in for it");
    return sampleFile(bench, { rows: smallRows });
  }
  const path = join(bench.folder, "online-retail.csv");
  if (!existsSync(path)) await pipeline(createReadStream(realFile), createGunzip(), createWriteStream(path));
  return { path, name: "Online Retail, the real file", encoding: "WIN1252", bytes: (await stat(path)).size };
}

/** Of a generated file; what is left out is the sample's usual, customers growing with the rows. */
export type SampleSize = Readonly<{ rows: number; customers?: number; months?: number }>;

/** Made when it is first asked for, and whenever the generator has changed. */
export async function sampleFile(bench: Bench, { rows, customers, months }: SampleSize): Promise<BenchFile> {
  const given = Object.entries({ customers, months }).filter(([, value]) => value !== undefined);
  const kind = ["sample", rows, ...given.map(([name, value]) => `${value}-${name}`)].join("-");
  const digest = await generatorDigest();
  const path = join(dataFolder, `${kind}.${digest}.csv`);
  const name = [`generated, ${rows} rows`, ...given.map(([what, value]) => `${value} ${what}`)].join(", ");
  if (!existsSync(path)) {
    await mkdir(dataFolder, { recursive: true });
    for (const there of await readdir(dataFolder))
      if (!there.includes(`.${digest}.`)) await rm(join(dataFolder, there));
    bench.say(`Generating ${name}`);
    const size = [["lines", rows], ...given].flatMap(([what, value]) => [`--${what}`, String(value)]);
    await runProgram(process.execPath, [product, "sample", ...size, "--output", `${path}.part`, "--force"], {
      signal: bench.signal,
    });
    await rename(`${path}.part`, path);
  }
  return { path, name, encoding: "UTF8", bytes: (await stat(path)).size };
}

async function generatorDigest(): Promise<string> {
  const folder = join(repository, "dist/etl/sample");
  const hash = createHash("sha256");
  for (const name of (await readdir(folder)).filter((file) => file.endsWith(".js")).sort())
    hash.update(await readFile(join(folder, name)));
  return hash.digest("hex").slice(0, 12);
}
