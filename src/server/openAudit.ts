// The record of who asked what: a line for each request to the graph and, where it is set, a row of a table. A request never waits for its
// record, and a table that cannot be written takes nothing from the lines.
import { hostname } from "node:os";
import type { AuditRecord } from "../warehouse/openAccessRecords.ts";
import { formatAuditLine } from "./formatAuditLine.ts";
import type { Log, Stream } from "./openLog.ts";

export type Audit = Readonly<{
  record(record: AuditRecord): void;
  /** Writes what is left to the table. Never throws. */
  close(): Promise<void>;
}>;

/** Records of one statement; with as many the table is written to at once. */
const batch = 200;
/** Milliseconds after which the table is written to in any case. */
const delay = 1000;
/** Records that wait for the table: what comes beyond them is missing there. */
const mostWaiting = 10_000;

export function openAudit({
  production,
  table,
  log,
  stream = process.stderr,
}: {
  /** Lines for machines, one JSON object each; elsewhere for people. */
  production: boolean;
  /** Writes records to the table; null: to the log alone. */
  table: ((records: readonly AuditRecord[]) => Promise<void>) | null;
  /** Gets what went wrong with the table. The lines of the audit go to `stream` whatever the log's level. */
  log: Pick<Log, "error">;
  stream?: Stream;
}): Audit {
  const waiting: AuditRecord[] = [];
  let lost = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let isClosing = false;

  async function write(to: NonNullable<typeof table>): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const records = waiting.splice(0, batch);
      try {
        await to(records);
      } catch (error) {
        // who stops does not wait for a table that is away
        if (isClosing) records.push(...waiting.splice(0));
        const reason = error instanceof Error ? error.message : String(error);
        log.error(
          `${counted(records.length)} could not be written to the audit's table, and stand in the log alone: ${reason}`,
        );
      }
    }
    if (lost > 0)
      log.error(`${counted(lost)} came faster than the audit's table is written, and stand in the log alone.`);
    lost = 0;
  }
  function flush(): Promise<void> {
    if (table === null) return Promise.resolve();
    writing ??= write(table).finally(() => {
      writing = undefined;
    });
    return writing;
  }

  return Object.freeze({
    record(record) {
      stream.write(production ? lineOf(record) : formatAuditLine(record));
      if (table === null) return;
      if (waiting.length < mostWaiting) waiting.push(record);
      else lost += 1;
      if (waiting.length >= batch) void flush();
      else timer ??= setTimeout(flush, delay).unref();
    },
    async close() {
      isClosing = true;
      while (waiting.length > 0 || writing !== undefined || lost > 0) await flush();
      clearTimeout(timer);
    },
  });
}

/** In the form of the server's own lines, with the record under `audit`. */
function lineOf(record: AuditRecord): string {
  const line = {
    level: 30,
    time: Date.parse(record.at),
    pid: process.pid,
    hostname: hostname(),
    msg: "audit",
    audit: record,
  };
  return `${JSON.stringify(line)}\n`;
}

const counted = (count: number) => `${count.toLocaleString("en-US")} ${count === 1 ? "record" : "records"}`;
