// The record of who asked what: a line for each request to the graph and, where it is set, a row of a table. A request never waits for its
// record, and a table that cannot be written takes nothing from the lines.
import type { AuditRecord } from "../warehouse/openAccessRecords.ts";
import { formatAuditLine } from "./formatAuditLine.ts";
import { type Log, levels, lineOf, type Stream } from "./openLog.ts";

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
/** Records a minute of requests that no credential let in: anyone can make such requests, so that they must not fill the table. */
const mostUnknown = 600;
const minute = 60_000;

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
  let unknown = 0;
  let minuteOfUnknown: NodeJS.Timeout | undefined;
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
  function isOneTooMany({ subject, outcome }: AuditRecord): boolean {
    if (subject !== null && !outcome.includes("UNAUTHENTICATED")) return false;
    minuteOfUnknown ??= setTimeout(endMinute, minute).unref();
    unknown += 1;
    return unknown > mostUnknown;
  }
  function endMinute(): void {
    clearTimeout(minuteOfUnknown);
    minuteOfUnknown = undefined;
    const left = unknown - mostUnknown;
    unknown = 0;
    if (left > 0)
      log.error(
        `${counted(left)} of requests without a valid credential, beyond ${mostUnknown} a minute, ${left === 1 ? "is" : "are"} not in the audit's table, only in the log.`,
      );
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
      stream.write(production ? jsonOf(record) : formatAuditLine(record));
      if (table === null || isOneTooMany(record)) return;
      if (waiting.length < mostWaiting) waiting.push(record);
      else lost += 1;
      if (waiting.length >= batch) void flush();
      else timer ??= setTimeout(flush, delay).unref();
    },
    async close() {
      isClosing = true;
      while (waiting.length > 0 || writing !== undefined || lost > 0) await flush();
      clearTimeout(timer);
      endMinute();
    },
  });
}

/** In the form of the server's own lines, with the record under `audit`. */
const jsonOf = (record: AuditRecord) =>
  lineOf({ level: levels.info, time: Date.parse(record.at), msg: "audit", audit: record });

const counted = (count: number) => `${count.toLocaleString("en-US")} ${count === 1 ? "record" : "records"}`;
