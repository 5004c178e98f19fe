// Shows that each name means one thing, and that whatever is named also says in words what it is.
import type { Declarations } from "./declarations.ts";
import { unscoredSegments } from "./segmentSchemes.ts";

/** Fields of the graph's rows that stand beside the members. */
const rowFields = ["previous", "yearAgo"];

/** Throws an Error that names the declaration at fault. */
export function proveNames(model: Declarations): void {
  proveMemberNames(model);
  proveMemberTexts(model);
  proveApart("rollups", model.rollups);
  for (const { name, description } of model.rollups) proveDescription(`The rollup ${name}`, description);
  for (const { entity, description } of model.views) proveDescription(`The view ${entity.name}`, description);
  for (const { name, rules } of model.schemes) {
    const segments = [...rules, ...unscoredSegments];
    for (const segment of segments) {
      const who = `The segment ${segment.key} of the scheme ${name}`;
      proveLabel(who, segment.name);
      proveDescription(who, segment.description);
    }
    proveApart(`segments of the scheme ${name}`, segments);
  }
}

type Named = Readonly<{ who: string; label: string; description: string; names: readonly string[] }>;

function membersOf({ measures, dimensions }: Declarations): Named[] {
  return [
    ...Object.entries(measures).map(([name, { label, description }]) => ({
      who: `The measure ${name}`,
      label,
      description,
      names: [name],
    })),
    ...Object.entries(dimensions).map(([name, { label, description, shownAs }]) => ({
      who: `The dimension ${name}`,
      label,
      description,
      names: [...new Set([name, shownAs ?? name])],
    })),
  ];
}

/**
 * Declared and shown names alike, whatever the case of their letters: an enum's value is the name with underscores, so two names that
 * differ as enums differ here, and tools that do not tell cases apart can tell these.
 */
function proveMemberNames(model: Declarations): void {
  const taken = new Map(rowFields.map((field) => [field.toLowerCase(), `the field ${field} of the graph's rows`]));
  for (const { who, names } of membersOf(model))
    for (const name of names) {
      if (!/^[a-z][a-zA-Z0-9]*$/.test(name))
        throw new Error(
          `${who} is called ${JSON.stringify(name)}: a name is letters and digits, the first a small letter.`,
        );
      const other = taken.get(name.toLowerCase());
      if (other !== undefined) throw new Error(`${who} is called ${name}, as is ${other.replace(/^The/, "the")}.`);
      taken.set(name.toLowerCase(), who);
    }
}

function proveMemberTexts(model: Declarations): void {
  const labels = new Map<string, string>();
  for (const { who, label, description } of membersOf(model)) {
    proveLabel(who, label);
    proveDescription(who, description);
    const other = labels.get(label.toLowerCase());
    if (other !== undefined) throw new Error(`${who} has the label ${label}, as has ${other.replace(/^The/, "the")}.`);
    labels.set(label.toLowerCase(), who);
  }
}

function proveLabel(who: string, label: string): void {
  if (!/^\p{Lu}\S*( \S+)*$/u.test(label) || /[.,:;]$/.test(label))
    throw new Error(
      `${who} has the label ${JSON.stringify(label)}: a heading begins with a capital and has no full stop.`,
    );
}

function proveDescription(who: string, description: string): void {
  if (!/^\p{Lu}[^\n]*\.$/u.test(description) || / {2}/.test(description))
    throw new Error(
      `${who} has the description ${JSON.stringify(description)}: sentences begin with a capital and end in a full stop.`,
    );
}

function proveApart(what: string, named: readonly Readonly<{ name: string }>[]): void {
  const twice = named.map(({ name }) => name).find((name, index, all) => all.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two ${what} are called ${JSON.stringify(twice)}.`);
}
