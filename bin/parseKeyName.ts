// `--name`: what a key is called. The name goes into logs and the audit as it is.
import { InvalidArgumentError } from "commander";

export function parseKeyName(text: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError("A name has up to 63 letters, digits, dots, hyphens and underscores, no blanks.");
}
