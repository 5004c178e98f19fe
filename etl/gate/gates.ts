// What stands between a finished load and its publishing: gates by name, each of which finds something or nothing. What one finds refuses
// the load, with the comparison, unless the operator opened that gate by name; then it is a warning on record.
import { Consumer360Error } from "../../src/kernel/errors.ts";
import type { LoadWarning } from "../record/loadRecord.ts";

export const gateNames = [
  /** Nothing was sold, or to nobody. */
  "empty",
  /** A month that was closed is gone. */
  "dropped-months",
  /** A month that was closed has other figures, beyond a tolerance. */
  "moved-months",
  /** Customers are spread over the segments otherwise than before, beyond a tolerance. */
  "segment-shift",
  /** Rows or money do not add up to the last digit. */
  "unreconciled",
] as const;

export type GateName = (typeof gateNames)[number];

export type Finding = Readonly<{
  gate: GateName;
  /** How many months, segments or sums. */
  count: number;
  message: string;
  /** A line for each thing compared: before, after. */
  comparison: readonly string[];
}>;

/** How far closed months and segments may move, as shares: 0.05 is five in a hundred. */
export type Tolerances = Readonly<{
  /** Of a closed month's lines, and of its gross revenue, by which its returns are measured too. */
  months: number;
  /** Of the customers: how many stand in another segment than the former shares would have. */
  segments: number;
}>;

/** Throws PUBLISH_REFUSED where a gate that is not open found something; else what open gates found, as warnings. */
export function passGates(findings: readonly Finding[], allowed: readonly GateName[]): readonly LoadWarning[] {
  const closed = findings.filter(({ gate }) => !allowed.includes(gate));
  if (closed.length > 0) throw refused(closed);
  return findings.map(({ gate, count, message }) => ({
    code: "GATE_OPENED",
    count,
    message: `--allow ${gate}: ${message}`,
  }));
}

function refused(findings: readonly Finding[]): Consumer360Error {
  const names = [...new Set(findings.map(({ gate }) => gate))];
  const open = names.map((name) => `--allow ${name}`).join(" ");
  return new Consumer360Error(
    "PUBLISH_REFUSED",
    `The new snapshot was not published (${names.join(", ")}): ${findings.map(({ message }) => message).join("; ")}.`,
    {
      remedy: [
        `What is published has not changed. Where the file is right all the same, load it with ${open}.`,
        ...findings.flatMap(({ comparison }) => comparison.map((line) => `  ${line}`)),
      ].join("\n"),
    },
  );
}

/** A share as people read it: 0.123 is 12.3 %. */
export const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;
