// The table that rows are copied into: lines as `fact_sales` holds them. A whole load of one file fills the partition itself; any other
// fills a stage beside it.
import type { Run } from "../record/loadSession.ts";

export const stageTable = "load_stage";

export const forever = 2_147_483_647;

export const partitionOf = (generation: number) => `fact_sales_g${generation}`;

export type LineTable = Readonly<{
  name: string;
  /** A stage tells files and lines apart, and keeps what a line table has no place for. */
  isStage: boolean;
  /** Whether its rows are corrected ones, which are added to their invoices; a stage alone can hold which rejected ones they were. */
  isCorrection: boolean;
  snapshotId: number;
  generation: number;
}>;

/** Made in the load's own transaction: a load that dies leaves nothing of it. */
export async function createLineTable(run: Run, table: LineTable): Promise<void> {
  const { name, isStage, isCorrection, snapshotId, generation } = table;
  const beside = isStage
    ? [
        "file integer NOT NULL",
        "line bigint NOT NULL",
        'customer_name text COLLATE "C"',
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
    unit_price numeric NOT NULL,
    amount numeric NOT NULL,
    kind text COLLATE "C" NOT NULL,
    line_type text COLLATE "C" NOT NULL,
    description text COLLATE "C",
    category text COLLATE "C",
    ${beside.join(",\n    ")})`);
  // Nobody is granted the table; should someone be, by mistake, it still shows nothing.
  await run(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`);
}
