// Publishes into a warehouse that is being read: a small file appended, the snapshot before taken back, and the new one again.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { product } from "../setting/benchFiles.ts";
import type { Bench } from "../setting/openBench.ts";
import { runProgram } from "../setting/runProgram.ts";

export type Publishes = Readonly<{ appended: number; rolledBack: number }>;

type Line = Readonly<{ customer_key: string; country: string; product: string }>;

const linesOfFile = 200;
const linesOfInvoice = 10;

/** Until the signal; a publish under way is ended first. `owner`: to find out what lines look like. */
export async function publishInTurn(
  bench: Bench,
  url: string,
  owner: pg.Client,
  { until, pause }: Readonly<{ until: AbortSignal; pause: () => Promise<void> }>,
): Promise<Publishes> {
  const { rows: lines } = await owner.query<Line>(
    "SELECT DISTINCT ON (customer_key) customer_key, country, product FROM fact_sales WHERE NOT guest LIMIT $1",
    [linesOfFile],
  );
  const { rows } = await owner.query("SELECT to_char(max(data_through), 'YYYY-MM-DD') AS day FROM snapshot");
  const last = new Date(`${rows[0]?.day}T00:00:00Z`);
  const command = async (...args: string[]): Promise<string> => {
    const { stdout } = await runProgram(process.execPath, [product, ...args, "--json"], {
      cwd: bench.folder,
      env: { DATABASE_URL: url, CONSUMER360_HOME: bench.home },
    });
    return stdout;
  };
  const done = { appended: 0, rolledBack: 0 };
  while (!until.aborted) {
    last.setUTCDate(last.getUTCDate() + 1);
    const file = join(bench.folder, "small.csv");
    await writeFile(file, fileOf(lines, last, done.appended));
    await command("load", file, "--append", "--layout", "online-retail", "--date-order", "mdy");
    done.appended += 1;
    await pause();
    if (until.aborted) break;
    const { from } = JSON.parse(await command("rollback")) as { from: number };
    await pause();
    await command("rollback", "--to", String(from));
    done.rolledBack += 2;
    await pause();
  }
  return done;
}

/** Invoices that nobody has used, of customers that are there, on one day. */
function fileOf(lines: readonly Line[], day: Date, nth: number): string {
  const date = `${day.getUTCMonth() + 1}/${day.getUTCDate()}/${day.getUTCFullYear()}`;
  const rows = lines.map(({ customer_key: customer, country, product: code }, index) => {
    const invoice = 900_000 + nth * linesOfFile + Math.floor(index / linesOfInvoice);
    return [
      invoice,
      code,
      "SOAKED TEA TOWEL",
      1 + (index % 12),
      `${date} ${9 + (index % 8)}:30`,
      "1.25",
      customer,
      `"${country}"`,
    ].join();
  });
  return `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${rows.join("\n")}\n`;
}
