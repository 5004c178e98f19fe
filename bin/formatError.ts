// What a person at a terminal gets for an error: a line that says what is wrong, and a line that says what to do.
import { Consumer360Error } from "../src/kernel/errors.ts";

export function formatError(error: unknown, { withStack }: { withStack: boolean }): string {
  const known = error instanceof Consumer360Error;
  const code = known ? error.code : "INTERNAL";
  const remedy = known ? error.remedy : "This is a fault of ours; LOG_LEVEL=debug shows where it happened.";
  const lines = [
    `consumer360: ${code} ${messageOf(error)}`,
    ...(remedy === undefined ? [] : [remedy]),
    ...(withStack ? [stackOf(error)] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** Some errors of the network have no message of their own, only a code. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Consumer360Error) return error.message;
  return (error.message || ("code" in error ? String(error.code) : error.name)).replaceAll(/\s*\n\s*/g, " | ");
}

function stackOf(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error && parts.length < 5; at = at.cause)
    parts.push(at.stack ?? at.message);
  return parts.join("\ncaused by ");
}
