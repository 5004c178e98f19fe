// A page of 5,000 lines by whoever may see all of them, as objects and column-wise: rows a second, and the server's peak memory.
import { pageLength, pageQueries } from "../answers/questions.ts";
import { askOnce } from "../firing/askOnce.ts";
import { type Contestant, fireInTurn, ratios } from "../firing/fireInTurn.ts";
import type { Detail, Findings, Outcome } from "../Outcome.ts";
import { spreadOf } from "../report/spreadOf.ts";
import type { Bench } from "../setting/openBench.ts";
import { servedWarehouse } from "../setting/servedWarehouse.ts";
import { serverNode } from "../setting/serverNode.ts";
import { poolSize, startProduct } from "../setting/startProduct.ts";

const spans = {
  full: { rounds: 5, seconds: 6, warmUp: 1, connections: poolSize },
  quick: { rounds: 2, seconds: 3, warmUp: 0.5, connections: poolSize },
} as const;

const memoryKey = {
  key: "bulk.page.memory",
  title: `peak memory of the server, pages of ${pageLength} lines`,
} as const;
const columnsKey = { key: "bulk.page.columns", title: "a page column-wise against the page of objects" } as const;

export async function measurePage(bench: Bench): Promise<Findings> {
  const { database, name: file } = await servedWarehouse(bench);
  const node = (await serverNode())?.path ?? process.execPath;
  const product = await startProduct(bench, { node, database, cache: 0 });
  try {
    const headers = await product.headersOf({ role: "admin" });
    const contestants: Contestant[] = [];
    for (const [name, query] of Object.entries(pageQueries)) {
      const body = JSON.stringify({ query });
      const { code } = await askOnce(product.url, headers, body);
      if (code === null) contestants.push({ name, url: product.url, headers, bodies: [body] });
    }
    const title = `a page of ${pageLength} lines, all rows seen`;
    const [samples = []] = await fireInTurn(
      bench,
      [{ title, contestants }],
      spans[bench.options.quick ? "quick" : "full"],
    );
    const memory = await product.memory();
    const hasColumns = contestants.some(({ name }) => name === "columns");
    const outcomes: Outcome[] = [
      memory === null
        ? { kind: "skipped", ...memoryKey, because: "the system does not tell it" }
        : {
            kind: "measured",
            ...memoryKey,
            meaning: `The most resident memory that the server had (VmHWM) while ${poolSize} connections asked for pages of ${file} by whoever sees all rows.`,
            unit: "MB",
            better: "lower",
            samples: [memory.peak],
          },
      hasColumns
        ? {
            kind: "measured",
            ...columnsKey,
            meaning:
              "Rows a second of `factSalesColumns` divided by those of `factSales { nodes { … } }`, the same rows and columns.",
            unit: "×",
            better: "higher",
            samples: ratios(samples, "columns", "objects"),
          }
        : { kind: "skipped", ...columnsKey, because: "the schema has no factSalesColumns" },
    ];
    const details = contestants.map(({ name }): Detail => {
      const rate = spreadOf(samples.map((sample) => (sample[name]?.perSecond ?? Number.NaN) * pageLength)).median;
      return { what: `${title}, ${name}`, value: `${Math.round(rate)} rows/s` };
    });
    return { outcomes, details };
  } finally {
    await product.stop();
  }
}
