// One record of the audit as a line that people read: who, as what, which fields, how much of it, and what came of it.
import type { AuditRecord } from "../warehouse/openAccessRecords.ts";

export function formatAuditLine({ asked, ...record }: AuditRecord): string {
  const { fields = [] } = (asked ?? {}) as { fields?: readonly string[] };
  const who =
    record.subject === null
      ? "nobody known"
      : `${plain(record.subject)}${record.role === null ? "" : ` as ${plain(record.role)}`}`;
  const words = [
    `${who} asked ${fields.length === 0 ? "nothing" : fields.join(", ")}`,
    `${record.rows} ${record.rows === 1 ? "row" : "rows"}`,
    `${record.durationMs.toFixed(1)} ms`,
    ...(record.personal.length === 0 ? [] : [`personal: ${record.personal.join(", ")}`]),
    ...(record.outcome.length === 0 ? [] : [record.outcome.join(", ")]),
  ];
  return `${record.at} audit ${record.requestId ?? "-"} ${words.join("; ")}\n`;
}

/** What comes out of a token may hold anything, line breaks too. */
function plain(text: string): string {
  return /^[\w:.@|-]{1,255}$/.test(text) ? text : JSON.stringify(text.slice(0, 255));
}
