// Reads the YAML of files that decide who sees what. Strict, since a slip in them is a leak: no tags, no aliases, no key twice;
// and every fault is kept with its line and its remedy, so that all of them are mended in one go.
import {
  type Document,
  isAlias,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { Consumer360Error } from "../kernel/errors.ts";

type Fault = Readonly<{ line: number; message: string; remedy: string }>;

/** Notes a fault at a node of the file. */
export type Report = (node: unknown, message: string, remedy: string) => void;

export type YamlFile = Readonly<{
  root: unknown;
  report: Report;
  /** The line where a node begins, from 1. */
  lineOf(node: unknown): number;
  /** Whether the document ends with YAML's end mark `...`, which a file that was cut off lacks. */
  hasEndMark: boolean;
  /** Throws POLICY_INVALID with all faults in the order of their lines, each with its remedy, if there is one. */
  refuseFaults(): void;
}>;

/** `fileName` is what errors call the file. Throws POLICY_INVALID where `text` is not plain YAML. */
export function readYaml(text: string, fileName: string): YamlFile {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, schema: "core", uniqueKeys: false });
  const faults: Fault[] = [];
  const lineAt = (offset: number) => Math.max(1, lineCounter.linePos(offset).line);
  const lineOf = (node: unknown) => lineAt(offsetOf(node));
  const report: Report = (node, message, remedy) => faults.push({ line: lineOf(node), message, remedy });
  const refuseFaults = () => {
    if (faults.length > 0) throw invalid(fileName, faults);
  };

  for (const { pos, message } of [...document.errors, ...document.warnings].filter(
    ({ code }) => code !== "MULTIPLE_DOCS",
  )) {
    const remedy = "The file must be one plain YAML document without tags.";
    faults.push({ line: lineAt(pos[0]), message: `${message.replaceAll(/\s+/g, " ")}.`, remedy });
  }
  const further = furtherText(text, document.range[2]);
  if (further !== null)
    faults.push({
      line: lineAt(further),
      message: "the file goes on after its end.",
      remedy: "The file must be one plain YAML document; after its end mark `...` only comments may stand.",
    });
  standInForMissingValues(document);
  refuseTagsAndAliases(document, report);
  const canReadOn = faults.length === 0;
  refuseDoubledKeys(document, report, lineOf);
  if (!canReadOn) refuseFaults();
  const hasEndMark = document.directives?.docEnd === true;
  return Object.freeze({ root: document.contents, report, lineOf, hasEndMark, refuseFaults });
}

/** Where something other than comments stands after the end of the document; null where nothing does. */
function furtherText(text: string, end: number): number | null {
  const found = /^[^\S\n]*[^\s#]/m.exec(text.slice(end));
  return found === null ? null : end + found.index;
}

/** `{mask}` has a key without any node for its value; a null at the key's place has a line. */
function standInForMissingValues(document: Document.Parsed): void {
  visit(document, {
    Pair: (_, pair) => {
      if (pair.value !== null) return;
      const missing = new Scalar(null);
      missing.range = (isScalar(pair.key) ? pair.key.range : null) ?? null;
      pair.value = missing;
    },
  });
}

function refuseTagsAndAliases(document: Document.Parsed, report: Report): void {
  visit(document, {
    Alias: (_, alias) => report(alias, `the alias *${alias.source} is not allowed.`, "Write the value out."),
    Value: (_, node) => {
      if (node.tag !== undefined) report(node, `the tag ${node.tag} is not allowed.`, "Write the value without tags.");
    },
  });
}

function refuseDoubledKeys(document: Document.Parsed, report: Report, lineOf: (node: unknown) => number): void {
  visit(document, {
    Map: (_, { items }) => {
      const lines = new Map<unknown, number>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const first = lines.get(key.value);
        if (first === undefined) lines.set(key.value, lineOf(key));
        else report(key, `the key ${quote(key.value)} stands twice, first in line ${first}.`, "Make them one.");
      }
    },
  });
}

function invalid(fileName: string, faults: readonly Fault[]): Consumer360Error {
  const inOrder = faults.toSorted((a, b) => a.line - b.line);
  const told = inOrder.map(({ line, message, remedy }) => `${fileName}:${line}: ${message} ${remedy}`);
  return new Consumer360Error("POLICY_INVALID", told.join("\n"));
}

function offsetOf(node: unknown): number {
  return isNode(node) || isAlias(node) ? (node.range?.[0] ?? 0) : 0;
}

/** The pairs of a map whose keys are texts; any other key is a fault. */
export function entriesOf(map: YAMLMap, report: Report, knownNull = false): [string, Pair][] {
  return map.items.flatMap((pair): [string, Pair][] => {
    if (isScalar(pair.key) && typeof pair.key.value === "string") return [[pair.key.value, pair]];
    // YAML's own null, written so where a key of that name is known
    if (knownNull && isScalar(pair.key) && pair.key.source === "null") return [["null", pair]];
    report(pair.key ?? map, "a key is not a text.", "Put the key in quotes.");
    return [];
  });
}

/** The pairs of a map by key, where the key is one of `keys`; any other is a fault. `whose` is what its remedy begins with. */
export function knownEntriesOf<Key extends string>(
  map: YAMLMap,
  keys: readonly Key[],
  whose: string,
  report: Report,
): ReadonlyMap<Key, Pair> {
  const known = new Map<Key, Pair>();
  for (const [name, pair] of entriesOf(
    map,
    report,
    keys.some((key) => key === "null"),
  )) {
    const key = keys.find((candidate) => candidate === name);
    if (key === undefined) report(pair.key, `unknown key ${quote(name)}.`, `${whose} ${list(keys)}.`);
    else known.set(key, pair);
  }
  return known;
}

/** Undefined, and a fault, where the node is no list; items that are not accepted, or have white space at an end, are faults and left out. */
export function readList<Value extends string>(
  key: string,
  node: unknown,
  accepts: (value: unknown) => value is Value,
  choice: string,
  report: Report,
): readonly Value[] | undefined {
  if (!isSeq(node)) {
    report(node, `${key} is not a list.`, `Write ${key} as a list of ${choice}.`);
    return undefined;
  }
  return node.items.flatMap((item) => {
    const value: unknown = isScalar(item) ? item.value : undefined;
    if (accepts(value) && !value.startsWith("$")) {
      if (value === value.trim()) return [value];
      const where = value === value.trimStart() ? "ends" : "begins";
      const remedy = "Names are compared as they are: take the white space away.";
      report(item, `${key} cannot hold ${quote(value)}, which ${where} with ${whiteSpaceOf(value)}.`, remedy);
      return [];
    }
    report(item ?? node, `${key} cannot hold ${quote(value)}.`, `${key} takes ${choice}.`);
    return [];
  });
}

function whiteSpaceOf(value: string): string {
  const at = value === value.trimStart() ? value.at(-1) : value[0];
  return at === " " ? "a space" : "white space";
}

export function readText(key: string, node: unknown, report: Report): string {
  if (isScalar(node) && typeof node.value === "string") return node.value.trim();
  report(node, `${key} is not a text.`, `Put the ${key} in quotes.`);
  return "";
}

export function readBoolean(key: string, node: unknown, report: Report): boolean {
  if (isScalar(node) && typeof node.value === "boolean") return node.value;
  report(node, `${key} is neither true nor false.`, `Set ${key} to true or false.`);
  return false;
}

/** A whole number between two bounds, both included; `or` names what else the key takes. */
export function readWhole(
  key: string,
  node: unknown,
  [low, high]: readonly [number, number],
  report: Report,
  or = "",
): number {
  const value: unknown = isScalar(node) ? node.value : undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= low && value <= high) return value;
  const bounds = high === Number.MAX_SAFE_INTEGER ? `from ${low} on` : `from ${low} to ${high}`;
  report(node, `${key} is ${quote(value)}.`, `Set ${key} to a whole number ${bounds}${or}.`);
  return low;
}

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "this";
  return text.length > 80 ? `${text.slice(0, 77)}…"` : text;
}

export function list(values: readonly string[]): string {
  return values.join(", ");
}
