// `consumer360 audit`: who asked what, from the table that AUDIT=table fills, the newest record last. Changes nothing.
import { escapeControls } from "../src/server/escapeControls.ts";
import { formatAuditLine } from "../src/server/formatAuditLine.ts";
import { withRecords } from "./withRecords.ts";

export async function audit({
  last,
  subject,
  since,
  json,
}: {
  last: number;
  subject?: string;
  since?: string;
  json?: boolean;
}): Promise<void> {
  const found = await withRecords(
    (records) => records.readAudit({ most: last, subject, since }),
    "Stopping; nothing was changed.",
  );
  if (json) process.stdout.write(`${escapeControls(JSON.stringify(found, null, 2))}\n`);
  else if (found.length > 0) process.stdout.write(found.map(formatAuditLine).join(""));
  else process.stdout.write("The audit's table has no such records. Servers fill it where AUDIT=table is set.\n");
}
