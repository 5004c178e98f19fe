// What a person at a terminal gets for an error: a line that says what is wrong, and a line that says what to do. The first has no
// full stop, so that a path or a name at its end can be copied; the second is a sentence and has one, wherever the error comes from.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { escapeControls } from "../src/server/escapeControls.ts";

export function formatError(error: unknown, { withStack }: { withStack: boolean }): string {
  const known = error instanceof Consumer360Error;
  const code = known ? error.code : "INTERNAL";
  const remedy = known ? error.remedy : "This is a fault of ours; LOG_LEVEL=debug shows where it happened.";
  // whoever started this program reads it by the beginning of its lines: no file's name may begin one
  const words = [
    `consumer360: ${code} ${withoutStops(messageOf(error))}`,
    ...(remedy === undefined ? [] : [withStop(remedy)]),
  ].map((text) => text.replaceAll(/\n(?=consumer360)/g, "\\n"));
  return `${escapeControls([...words, ...(withStack ? [stackOf(error)] : [])].join("\n"))}\n`;
}

/** Some errors of the network have no message of their own, only a code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof Consumer360Error) return error.message;
  return (error.message || ("code" in error ? String(error.code) : error.name)).replaceAll(/\s*\n\s*/g, " | ");
}

/** Of a message with a list, each line alike. */
export function withoutStops(message: string): string {
  return message.replaceAll(/(?<!\.)\.$/gm, "");
}

/** What follows a remedy on further lines is shown as it is. */
function withStop(remedy: string): string {
  const [sentence = "", ...details] = remedy.split("\n");
  return [/[.!?:…]$/.test(sentence) ? sentence : `${sentence}.`, ...details].join("\n");
}

function stackOf(error: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error && parts.length < 5; at = at.cause)
    parts.push(at.stack ?? at.message);
  return parts.join("\ncaused by ");
}
