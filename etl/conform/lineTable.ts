// The table that rows are copied into: lines as `fact_sales` holds them, whose kind, type and amount the server computes from what was
// read while it copies. A whole load of one file fills the partition itself; any other fills a stage beside it.
import type { LayoutMarks } from "../layouts/layout.ts";
import type { Run } from "../record/loadSession.ts";
import { lineKindCase, lineTypeCase } from "./classifyLine.ts";

export const stageTable = "load_stage";

export const forever = 2_147_483_647;

export const partitionOf = (generation: number) => `fact_sales_g${generation}`;

/** Files, by their number in the load, that share their marks. */
export type MarkedFiles = Readonly<{ files: readonly number[]; marks: LayoutMarks }>;

export type LineTable = Readonly<{
  name: string;
  /** A stage tells files and lines apart, and keeps what a line table has no place for. */
  isStage: boolean;
  marked: readonly MarkedFiles[];
  /** Whether some file states a line's total instead of its unit price; a stage alone can hold it. */
  hasLineTotal: boolean;
  /** Whether its rows are corrected ones, which are added to their invoices; a stage alone can hold which rejected ones they were. */
  isCorrection: boolean;
  snapshotId: number;
  generation: number;
}>;

/** A unit price that is computed from a line's total has as many places as a price can have. */
const pricePlaces = 10;

/** Made in the load's own transaction: a load that dies leaves nothing of it. */
export async function createLineTable(run: Run, table: LineTable): Promise<void> {
  const { name, isStage, marked, hasLineTotal, isCorrection, snapshotId, generation } = table;
  const price = hasLineTotal ? "coalesce(price, line_total / nullif(quantity, 0), 0)" : "unit_price";
  const kind = byMarks(marked, (marks) => lineKindCase(marks, price));
  const type = byMarks(marked, lineTypeCase);
  const computed = (expression: string) => `GENERATED ALWAYS AS (${expression}) STORED`;
  const unitPrice = hasLineTotal
    ? computed(`coalesce(price, trim_scale(round(line_total / nullif(quantity, 0), ${pricePlaces})), 0)`)
    : "";
  const amount = hasLineTotal ? "coalesce(line_total, quantity * price)" : "quantity * unit_price";
  const beside = isStage
    ? [
        "file integer NOT NULL",
        "line bigint NOT NULL",
        'customer_name text COLLATE "C"',
        ...(hasLineTotal ? ["price numeric", "line_total numeric"] : []),
        ...(isCorrection
          ? ["reject_load integer NOT NULL", 'reject_file text COLLATE "C" NOT NULL', "reject_line bigint NOT NULL"]
          : []),
      ]
    : [`CONSTRAINT ${name}_generation CHECK (generation = ${generation})`];
  await run(`CREATE ${isStage ? "UNLOGGED " : ""}TABLE ${name} (
    customer_key text COLLATE "C" NOT NULL,
    guest boolean NOT NULL,
    ordered_at timestamp(0) NOT NULL,
    invoice text COLLATE "C" NOT NULL,
    country text COLLATE "C" NOT NULL,
    line_no integer NOT NULL,
    generation integer NOT NULL DEFAULT ${generation},
    born integer NOT NULL DEFAULT ${snapshotId},
    died integer NOT NULL DEFAULT ${forever},
    product text COLLATE "C" NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric NOT NULL ${unitPrice},
    amount numeric NOT NULL ${computed(amount)},
    kind text COLLATE "C" NOT NULL ${computed(kind)},
    line_type text COLLATE "C" NOT NULL ${computed(type)},
    description text COLLATE "C",
    category text COLLATE "C",
    ${beside.join(",\n    ")})`);
  // Nobody is granted the table; should someone be, by mistake, it still shows nothing.
  await run(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`);
}

function byMarks(marked: readonly MarkedFiles[], expression: (marks: LayoutMarks) => string): string {
  const [first, ...others] = marked;
  if (!first) throw new Error("A load without a file has no lines.");
  if (others.length === 0) return expression(first.marks);
  const branches = others.map(({ files, marks }) => `WHEN file IN (${files.join(", ")}) THEN ${expression(marks)}`);
  return `CASE ${branches.join(" ")} ELSE ${expression(first.marks)} END`;
}
