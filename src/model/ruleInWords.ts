// The rule of a segment in words, made from its declaration: what the scores must be, and what that means by a snapshot's cut-points.
import { addDays, type IsoDate } from "../kernel/calendar.ts";
import type { RfmCuts } from "./scoreCustomer.ts";
import {
  type SchemeName,
  type ScoreName,
  type SegmentKey,
  segmentSchemes,
  unscoredSegments,
} from "./segmentSchemes.ts";

type Between = readonly [low: number, high: number];

const scoreNames: readonly ScoreName[] = ["recency", "frequency", "monetary"];

/** `currency`: beside every amount. */
export function ruleInWords(
  scheme: SchemeName,
  key: SegmentKey,
  { cuts, asOf, currency }: Readonly<{ cuts: RfmCuts; asOf: IsoDate; currency: string }>,
): string {
  const outside = unscoredSegments.find((rule) => rule.key === key);
  if (outside) return outside.description;
  const { rules, exclusive } = segmentSchemes[scheme];
  const at = rules.findIndex((rule) => rule.key === key);
  const rule = rules[at];
  if (!rule) throw new Error(`The scheme ${scheme} has no segment ${key}.`);
  const tests = scoreNames.flatMap((name) => {
    const between = rule.when[name];
    return between ? [`${name} score ${boundsInWords(between)} (${meaningOf(name, between)})`] : [];
  });
  const before = exclusive ? [] : rules.slice(0, at).map(({ name }) => name);
  const rest = before.length === 0 ? "" : `; not ${listed(before)}, whose rules come first`;
  return tests.length === 0 ? `Everyone else${rest}.` : `${capital(tests.join(", "))}${rest}.`;

  function meaningOf(name: ScoreName, [low, high]: Between): string {
    const [above, upTo] = [cutAt(name, low - 2), cutAt(name, high - 1)];
    switch (name) {
      case "recency":
        return joined(above && `last order after ${above}`, upTo && `last order on or before ${upTo}`);
      case "frequency":
        return joined(above && `more than ${above} orders`, upTo && `at most ${upTo} orders`);
      case "monetary":
        return joined(above && `more than ${above} ${currency}`, upTo && `at most ${upTo} ${currency}`);
    }
  }

  /** The cut-point of this place as it is said; null beyond the first and the last. */
  function cutAt(name: ScoreName, place: number): string | null {
    const found = { recency: cuts.recencyDays, frequency: cuts.orders, monetary: cuts.amount }[name][place];
    if (found === undefined) return null;
    return name === "recency" ? addDays(asOf, -Number(found)) : String(found);
  }
}

const joined = (...parts: (string | null)[]) => parts.filter((part) => part !== null).join(" and ") || "any";

function boundsInWords([low, high]: Between): string {
  if (low === high) return String(low);
  if (high === 5) return `${low} or more`;
  if (low === 1) return `${high} or less`;
  return `${low} to ${high}`;
}

const listed = (names: readonly string[]) =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
