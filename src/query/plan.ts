// Decides what a metrics question is answered from: the smallest source that is exact, else the lines. Figures over customers may come
// from another source than the figures of the groups: they are aggregated apart.
import type { DimensionName } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import { rollups } from "../model/rollups.ts";
import { cellSource } from "./compile/cellSource.ts";
import { lineSource } from "./compile/lineSource.ts";
import { innerMeasureOf, partsOf } from "./compile/measureParts.ts";
import { rollupSource } from "./compile/rowRollupSource.ts";
import { isMisfit, type Reading, type Shape, type Source } from "./compile/source.ts";
import type { ValueCondition, Where } from "./request.ts";
import type { SnapshotFacts } from "./snapshotFacts.ts";

/** Smallest first; the lines can answer everything. */
const allSources: readonly Source[] = Object.freeze([
  ...rollups.map((rollup) => (rollup.kind === "cells" ? cellSource(rollup) : rollupSource(rollup))),
  lineSource,
]);

const known = new WeakMap<SnapshotFacts["rollups"], readonly Source[]>();

/** What a snapshot can be answered from: the same list each time. */
export function sourcesOf({ rollups: stored }: Pick<SnapshotFacts, "rollups">): readonly Source[] {
  const found =
    known.get(stored) ??
    Object.freeze(allSources.filter((source) => source === lineSource || stored.includes(source.name)));
  known.set(stored, found);
  return found;
}

export type NotUsed = Readonly<{ source: string; why: string }>;

export type MetricsPlan = Readonly<{
  /** How the figures of the groups are read. */
  figures: Reading;
  /** Figures over customers that are not among them, and how single customers are read for those. */
  overCustomers: Readonly<{ names: readonly MeasureName[]; reading: Reading }> | null;
  /** How every customer's first order is read. */
  orders: Reading;
  /** Smaller sources, and why they could not be taken. */
  notUsed: readonly NotUsed[];
}>;

export type Planned = Readonly<{
  measures: readonly MeasureName[];
  /** Dimensions that are grouped by. */
  dimensions: readonly DimensionName[];
  where?: Where | undefined;
}>;

/** Whether a filter leaves lines of identified customers alone. */
export function onlyIdentified({ customer, customerType }: Where): boolean {
  return customer?.eq !== undefined || customer?.in !== undefined || customerType?.eq === "IDENTIFIED";
}

/** Plans that are kept for a list of sources; the one that was used longest ago goes first. */
const mostPlans = 1000;
const plans = new WeakMap<readonly Source[], Map<string, MetricsPlan>>();

/** A plan hangs on the form of a question, never on the values in it: sources are not even shown these. Questions of one form share it. */
export function planMetrics({ measures, dimensions, where = {} }: Planned, sources: readonly Source[]): MetricsPlan {
  const form = { measures, dimensions, where: formOf(where) };
  const ofSources = plans.get(sources) ?? new Map<string, MetricsPlan>();
  plans.set(sources, ofSources);
  const key = JSON.stringify(form);
  const plan = ofSources.get(key) ?? planAnew(form, sources);
  ofSources.delete(key);
  const [oldest] = ofSources.size >= mostPlans ? ofSources.keys() : [];
  if (oldest !== undefined) ofSources.delete(oldest);
  ofSources.set(key, plan);
  return plan;
}

/** Which conditions there are: for each value an empty one, and for each list none, one or two. */
function formOf(where: Where): Where {
  const blank = ({ in: list, ...others }: ValueCondition): ValueCondition => ({
    ...Object.fromEntries(Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : [[name, ""]]))),
    ...(list && { in: list.slice(0, 2).map(() => "") }),
  });
  return Object.fromEntries(Object.entries(where).map(([name, condition]) => [name, blank(condition)]));
}

type Form = Planned & Readonly<{ where: Where }>;

function planAnew({ measures, dimensions, where }: Form, sources: readonly Source[]): MetricsPlan {
  const { aggregates, overCustomers } = partsOf(measures);
  const shape = (names: readonly MeasureName[]): Shape => ({
    measures: names,
    grouped: dimensions,
    where,
  });
  const notUsed: NotUsed[] = [];

  for (const source of sources) {
    const found = source.read(shape(aggregates));
    if (isMisfit(found)) {
      notUsed.push({ source: source.name, why: found.why });
      continue;
    }
    const ready = overCustomers.filter((name) => holds(source, shape([name])));
    const apart = overCustomers.filter((name) => !ready.includes(name));
    const figures = source.read(shape([...aggregates, ...ready]));
    if (isMisfit(figures)) throw new Error(`${source.name} answers each of these alone, but not together.`);
    return {
      figures,
      overCustomers:
        apart.length === 0 ? null : { names: apart, reading: readCustomers(apart, shape([]), sources, notUsed) },
      orders: ordersOf(sources),
      notUsed,
    };
  }
  throw new Error("The lines can answer every question.");
}

const holds = (source: Source, shape: Shape) => {
  const found = source.read(shape);
  return !isMisfit(found) && shape.measures.every((name) => found.holds(name));
};

/** How single customers are read, whose own figures those over customers are made from. */
function readCustomers(
  names: readonly MeasureName[],
  { grouped, where }: Shape,
  sources: readonly Source[],
  notUsed: NotUsed[],
): Reading {
  const inner = partsOf(names.map(innerMeasureOf)).aggregates;
  const cut = [...new Set<DimensionName>([...grouped, "customer"])];
  const shape: Shape = { measures: inner, grouped: cut, where };
  return firstReading(shape, sources, (source, why) => {
    if (!notUsed.some((other) => other.source === source)) notUsed.push({ source, why: `over customers, ${why}` });
  });
}

/** How the smallest source is read that knows every customer's first order and segment. */
export function ordersOf(sources: readonly Source[]): Reading {
  const shape: Shape = {
    measures: ["firstPurchaseAt"],
    grouped: ["customer", "segment"],
    where: {},
  };
  return firstReading(shape, sources, () => {});
}

function firstReading(shape: Shape, sources: readonly Source[], miss: (source: string, why: string) => void): Reading {
  for (const source of sources) {
    const found = source.read(shape);
    if (!isMisfit(found)) return found;
    miss(source.name, found.why);
  }
  throw new Error("The lines can answer every question.");
}
