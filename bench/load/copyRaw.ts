// The yardstick: the same file copied as it is into an unlogged table of eight text columns, by psql's \copy where there is one.
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { BenchFile } from "../setting/benchFiles.ts";
import type { Bench } from "../setting/openBench.ts";
import { runProgram } from "../setting/runProgram.ts";

export type RawCopy = Readonly<{
  /** Of the whole process where it is psql's, connecting included; else from connecting to the end. */
  wall: number;
  /** Of the statement alone: reading the file, sending it, storing it. */
  seconds: number;
  rows: number;
}>;

export const copierOf = ({ psql }: Bench) =>
  psql === null ? "COPY FROM STDIN through pg-copy-streams" : "psql's \\copy";

const columns = ["invoice", "product", "description", "quantity", "ordered_at", "unit_price", "customer", "country"];
const table = "raw_copy";

/** Into a table made anew, in a database of the peers'. */
export async function copyRaw(bench: Bench, url: string, file: BenchFile): Promise<RawCopy> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`DROP TABLE IF EXISTS ${table}`);
    await client.query(`CREATE UNLOGGED TABLE ${table} (${columns.map((name) => `${name} text`).join(", ")})`);
    await bench.server.settle();
    const times = await (bench.psql === null ? copyByStream(url, file) : copyByPsql(bench, bench.psql, url, file));
    const { rows } = await client.query(`SELECT count(*) AS rows FROM ${table}`);
    return { ...times, rows: Number(rows[0]?.rows) };
  } finally {
    await client.end();
  }
}

type Times = Omit<RawCopy, "rows">;

const options = ({ encoding }: BenchFile) => `WITH (FORMAT csv, HEADER, ENCODING '${encoding}')`;

async function copyByPsql(bench: Bench, psql: string, url: string, file: BenchFile): Promise<Times> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const { stdout, seconds: wall } = await runProgram(
    psql,
    [
      ...["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"],
      ...["--command", "\\timing on"],
      ...["--command", `\\copy ${table} from '${file.path.replaceAll("'", "''")}' ${options(file)}`],
    ],
    {
      signal: bench.signal,
      env: {
        PGHOST: hostname,
        PGPORT: port,
        PGUSER: decodeURIComponent(username),
        PGPASSWORD: decodeURIComponent(password),
        PGDATABASE: pathname.slice(1),
        LC_ALL: "C",
      },
    },
  );
  const [, milliseconds] = /Time: ([\d.]+) ms/.exec(stdout) ?? [];
  if (milliseconds === undefined) throw new Error(`psql did not say how long it took: ${stdout}`);
  return { wall, seconds: Number(milliseconds) / 1000 };
}

async function copyByStream(url: string, file: BenchFile): Promise<Times> {
  const began = performance.now();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const copying = performance.now();
  await pipeline(
    createReadStream(file.path, { highWaterMark: 128 * 1024 }),
    client.query(copyFrom(`COPY ${table} FROM STDIN ${options(file)}`)),
  );
  const seconds = (performance.now() - copying) / 1000;
  await client.end();
  return { wall: (performance.now() - began) / 1000, seconds };
}
