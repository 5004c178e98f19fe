// Sends several statements as one message and reads their answers as one: one packet there, one back, and nothing of the driver's work for
// each statement. The first that fails ends the rest, as PostgreSQL's extended protocol has it.
import type pg from "pg";
import { arrayText } from "./arrayText.ts";
import { type KeptStatements, makeKeptStatements, type StoredColumn } from "./keptStatements.ts";
import type { Statement, StoredRow } from "./statement.ts";
import { storedTypes } from "./storedTypes.ts";

export type Together = Readonly<{
  /** Of the statements that succeeded, in their order. */
  answers: readonly StoredRow[][];
  /** Why the next one did not; null where all did. */
  failure: Readonly<{ cause: unknown }> | null;
}>;

/** A statement on its way, and what came of it so far. */
type Sent = {
  readonly statement: Statement;
  /** Whether it had to be prepared. */
  readonly isNew: boolean;
  readonly kept: { columns: readonly StoredColumn[] | null };
  readonly rows: StoredRow[];
};

/** What the driver lets a query of one's own say to the server, and tells it of the answers; its types do not tell of it. */
type Connection = Readonly<{
  stream: { cork(): void; uncork(): void };
  parse(message: { name: string; text: string }): void;
  bind(message: { statement: string; values: readonly (string | null)[] }): void;
  describe(message: { type: "P" }): void;
  execute(message: object): void;
  close(message: { type: "S"; name: string }): void;
  sync(): void;
}>;
type Described = Readonly<{ fields: readonly Readonly<{ name: string; dataTypeID: number }>[] }>;

const keptBy = new WeakMap<pg.PoolClient, KeptStatements>();

/** Never rejects. After a failure nothing of the connection's transaction has ended. */
export function sendTogether(client: pg.PoolClient, statements: readonly Statement[]): Promise<Together> {
  const kept = keptBy.get(client) ?? makeKeptStatements();
  keptBy.set(client, kept);
  return new Promise((resolve) => {
    const sent: Sent[] = [];
    let answered = 0;
    /** What went wrong here with what came: nothing may be thrown into the driver. */
    let broken: Together["failure"] = null;
    const end = (failure: Together["failure"]) =>
      resolve({ answers: sent.slice(0, answered).map(({ rows }) => rows), failure });
    const current = () => sent[answered] as Sent;
    function next(): void {
      // one without columns is not described either
      current().kept.columns ??= [];
      answered += 1;
    }
    const query = {
      submit(connection: Connection): void {
        connection.stream.cork();
        // first, so that nothing that fails is before it; what is not there is closed all the same
        for (const name of kept.takeDropped()) connection.close({ type: "S", name });
        for (const statement of statements) sent.push(send(connection, kept, statement));
        connection.sync();
        connection.stream.uncork();
      },
      handleRowDescription({ fields }: Described): void {
        current().kept.columns = fields.map(({ name, dataTypeID }) => ({ name, decode: decoderOf(dataTypeID) }));
      },
      handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
        try {
          const { kept: of, rows } = current();
          rows.push(rowOf(of.columns ?? [], fields));
        } catch (cause) {
          broken ??= { cause };
        }
      },
      handleCommandComplete: next,
      handleEmptyQuery: next,
      handleReadyForQuery: () => (broken ? resolve({ answers: [], failure: broken }) : end(null)),
      handleError(cause: unknown): void {
        for (const { statement, isNew } of sent.slice(answered + 1)) if (isNew) kept.forget(statement.text);
        // one that was prepared before may be what is wrong
        if (sent[answered]) kept.forget(current().statement.text);
        end({ cause });
      },
    };
    client.query(query as unknown as pg.Submittable);
  });
}

function send(connection: Connection, keptStatements: KeptStatements, statement: Statement): Sent {
  const { text, keepsPlan, isPrepared } = statement;
  const rows: StoredRow[] = [];
  const values = statement.values.map(textOf);
  if (keepsPlan !== true && isPrepared !== true) {
    connection.parse({ name: "", text });
    connection.bind({ statement: "", values });
    connection.describe({ type: "P" });
    connection.execute({});
    return { statement, isNew: false, kept: { columns: null }, rows };
  }
  const { kept, isNew } = keptStatements.nameOf(text);
  if (isNew) connection.parse({ name: kept.name, text });
  connection.bind({ statement: kept.name, values });
  if (kept.columns === null) connection.describe({ type: "P" });
  connection.execute({});
  return { statement, isNew, kept, rows };
}

function textOf(value: Statement["values"][number]): string | null {
  if (typeof value === "string" || value === null) return value;
  return typeof value === "object" ? arrayText(value) : String(value);
}

const asItIs = storedTypes.getTypeParser(25);

function decoderOf(type: number): StoredColumn["decode"] {
  const decode = storedTypes.getTypeParser(type) as (text: string) => unknown;
  return decode === asItIs ? null : decode;
}

function rowOf(columns: readonly StoredColumn[], fields: readonly (string | null)[]): StoredRow {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < columns.length; at += 1) {
    const { name, decode } = columns[at] as StoredColumn;
    const text = fields[at] ?? null;
    row[name] = text === null || decode === null ? text : decode(text);
  }
  return row;
}
