// `--claim countries=France,Germany`: the lists that a token carries for the policy. Repeated, the lists are joined.
import { InvalidArgumentError } from "commander";
import { registeredClaims } from "../src/access/principal.ts";

export type Claims = Readonly<Record<string, readonly string[]>>;

/**
 * Values are separated by commas, blanks around them dropped; a value with a comma in it needs the other form,
 * a JSON array of texts: `--claim 'countries=["X, Y"]'`.
 */
export function parseClaims(text: string, before: Claims = {}): Claims {
  const equals = text.indexOf("=");
  const name = text.slice(0, Math.max(0, equals)).trim();
  if (name === "") throw new InvalidArgumentError("A claim is written name=value,value.");
  if (registeredClaims.includes(name)) throw new InvalidArgumentError(`The claim ${name} is set by the token itself.`);
  const values = parseList(text.slice(equals + 1).trim());
  const known = Object.hasOwn(before, name) ? (before[name] ?? []) : [];
  return Object.freeze({ ...before, [name]: Object.freeze([...known, ...values]) });
}

function parseList(text: string): string[] {
  if (text === "") return [];
  if (text.startsWith("[")) return parseJson(text);
  const values = text.split(",").map((value) => value.trim());
  if (values.includes("")) throw new InvalidArgumentError("A value is empty: check the commas.");
  return values;
}

function parseJson(text: string): string[] {
  try {
    const values: unknown = JSON.parse(text);
    if (Array.isArray(values) && values.every((value) => typeof value === "string" && value !== "")) return values;
  } catch {
    // said below
  }
  throw new InvalidArgumentError("A value that begins with [ must be a JSON array of texts.");
}
