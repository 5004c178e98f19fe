// `--subject`: whom a token is for. Limits and the audit tell askers apart by it.
import { InvalidArgumentError } from "commander";

const longest = 255;

export function parseSubject(text: string): string {
  if (text !== "" && text.length <= longest) return text;
  throw new InvalidArgumentError(`A subject has 1 to ${longest} characters.`);
}
