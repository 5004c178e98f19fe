// One record of the audit as a line that people read: who, as what, which fields, how much of it, and what came of it.
import type { AuditRecord } from "../warehouse/openAccessRecords.ts";
import { escapeControls } from "./escapeControls.ts";

export function formatAuditLine(record: AuditRecord): string {
  const words = [
    `${whoOf(record)} ${didOf(record)}`,
    `${record.rows} ${record.rows === 1 ? "row" : "rows"}`,
    `${record.durationMs.toFixed(1)} ms`,
    ...(record.personal.length === 0 ? [] : [`personal: ${record.personal.join(", ")}`]),
    ...(record.outcome.length === 0 ? [] : [record.outcome.join(", ")]),
  ];
  return `${record.at} audit ${record.requestId ?? "-"} ${words.join("; ")}\n`;
}

/** With the kind of credential: a token may call its subject what a key is called. An export on the command line has none. */
function whoOf({ subject, credential, role }: AuditRecord): string {
  if (subject === null) return "nobody known";
  const name =
    credential === "key"
      ? `key ${plain(subject.replace(/^key:/, ""))}`
      : `${credential ?? "command line"} ${plain(subject)}`;
  return role === null ? name : `${name} as ${plain(role)}`;
}

function didOf({ asked, document, outcome, reason }: AuditRecord): string {
  const { fields = [] } = (asked ?? {}) as { fields?: readonly string[] };
  const why = reason === null ? "" : ` (${reason})`;
  if (fields.length > 0) return `asked ${fields.join(", ")}${why}`;
  if (document !== null) return `asked what is no query${why}`;
  return outcome.length === 0 ? "left before the question was read" : `was refused before the question was read${why}`;
}

/** What comes out of a token may hold anything, line breaks too. */
function plain(text: string): string {
  return /^[\w:.@|-]{1,255}$/.test(text) ? text : escapeControls(JSON.stringify(text.slice(0, 255)));
}
