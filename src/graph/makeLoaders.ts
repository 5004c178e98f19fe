// Gathers what many rows of a list ask one by one into one statement, so that the number of statements does not grow with the list.
import DataLoader from "dataloader";
import { isStorable } from "../kernel/storableText.ts";
import { type DimensionName, segmentDimensions } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";
import type { SchemeName } from "../model/segmentSchemes.ts";
import type {
  BoughtTogether,
  CustomerAttributes,
  Line,
  MetricRow,
  Outlook,
  ProductAttributes,
} from "../query/answer.ts";
import type { RejectRecord } from "../query/decodeRecords.ts";
import type { Page } from "../query/request.ts";
import type { Ask } from "./Ask.ts";
import type { Sealed } from "./sealCursors.ts";

type CustomerKey = Readonly<{ id: string; measures: readonly MeasureName[]; dimensions: readonly DimensionName[] }>;
type SegmentsKey = Readonly<{ scheme: SchemeName; measures: readonly MeasureName[] }>;
export type SalesKey = Readonly<{ id: string; page: Page; count: boolean }>;

type PairsKey = Readonly<{ product: string; first: number }>;
type RejectsKey = Readonly<{ loadRunId: number; page: Page; count: boolean; raw: boolean }>;

export type Loaders = Readonly<{
  /** A customer's figures over all lines of the scope; null where the scope has no line of this id. */
  customers: Pick<DataLoader<CustomerKey, MetricRow | null>, "load">;
  /** Scores, segments and name of a customer. */
  attributes: Pick<DataLoader<string, CustomerAttributes | null>, "load">;
  /** What is expected of a customer; null where the scope does not see all of its lines. */
  outlooks: Pick<DataLoader<string, Outlook | null>, "load" | "prime">;
  /** The figures of all segments of a scheme. */
  segments: Pick<DataLoader<SegmentsKey, readonly MetricRow[]>, "load">;
  /** A page of a customer's lines. */
  sales: Pick<DataLoader<SalesKey, Sealed<Line>>, "load">;
  /** What a product is called, and its category. */
  products: Pick<DataLoader<string, ProductAttributes | null>, "load">;
  /** What is bought with a product; null where it has not been computed yet. */
  pairs: Pick<DataLoader<PairsKey, readonly BoughtTogether[] | null>, "load">;
  /** A page of a load's rejected rows. */
  rejects: Pick<DataLoader<RejectsKey, Sealed<RejectRecord>>, "load">;
}>;

export function makeLoaders(ask: Ask): Loaders {
  const customers = new DataLoader<CustomerKey, MetricRow | null, string>(
    async (keys) => {
      const { rows } = await ask({
        kind: "metrics",
        measures: union(keys.map((key) => key.measures)),
        dimensions: union(keys.map((key) => key.dimensions)),
        ofCustomers: true,
        where: { customer: { in: unique(keys.map((key) => key.id).filter(isStorable)) } },
      });
      const byId = new Map(rows.map((row) => [row.customer, row]));
      return keys.map((key) => byId.get(key.id) ?? null);
    },
    { cacheKeyFn: JSON.stringify },
  );

  const attributes = new DataLoader<string, CustomerAttributes | null>((ids) =>
    ask({ kind: "customerAttributes", ids }),
  );

  const outlooks = new DataLoader<string, Outlook | null>((ids) => ask({ kind: "outlooks", ids }));

  const segments = new DataLoader<SegmentsKey, readonly MetricRow[], string>(
    (keys) =>
      inGroups(
        keys,
        (key) => key.scheme,
        async (group, { scheme }) => {
          const { rows } = await ask({
            kind: "metrics",
            measures: union(group.map((key) => key.measures)),
            dimensions: [segmentDimensions[scheme]],
          });
          return group.map(() => rows);
        },
      ),
    { cacheKeyFn: JSON.stringify },
  );

  const sales = new DataLoader<SalesKey, Sealed<Line>, string>(
    (keys) =>
      inGroups(
        keys,
        ({ page, count }) => JSON.stringify([page.first, page.after ?? null, count]),
        (group, { page, count }) => ask({ kind: "customerLines", ids: group.map((key) => key.id), page, count }),
      ),
    { cacheKeyFn: JSON.stringify },
  );

  const products = new DataLoader<string, ProductAttributes | null>((codes) =>
    ask({ kind: "productAttributes", products: codes }),
  );

  const pairs = new DataLoader<PairsKey, readonly BoughtTogether[] | null, string>(
    (keys) =>
      inGroups(
        keys,
        ({ first }) => String(first),
        (group, { first }) => ask({ kind: "productPairs", products: group.map(({ product }) => product), first }),
      ),
    { cacheKeyFn: JSON.stringify },
  );

  const rejects = new DataLoader<RejectsKey, Sealed<RejectRecord>, string>(
    (keys) =>
      inGroups(
        keys,
        ({ page, count, raw }) => JSON.stringify([page.first, page.after ?? null, count, raw]),
        (group, { page, count, raw }) =>
          ask({ kind: "rejects", loadRunIds: group.map((key) => key.loadRunId), page, count, raw }),
      ),
    { cacheKeyFn: JSON.stringify },
  );

  return Object.freeze({ customers, attributes, outlooks, segments, sales, products, pairs, rejects });
}

/** One batch for each group of keys; the values come back in the order of the keys. */
async function inGroups<Key, Value>(
  keys: readonly Key[],
  groupOf: (key: Key) => string,
  load: (group: readonly Key[], first: Key) => Promise<readonly Value[]>,
): Promise<(Value | Error)[]> {
  const groups = new Map<string, Key[]>();
  for (const key of keys) groups.set(groupOf(key), [...(groups.get(groupOf(key)) ?? []), key]);
  const loaded = new Map<Key, Value | Error>();
  const batches = [...groups.values()].map(async (group) => {
    const [first] = group;
    if (first === undefined) return;
    // One group's refusal is no other group's.
    const values = await load(group, first).catch((cause: unknown) => group.map(() => asError(cause)));
    group.forEach((key, at) => {
      const value = values[at];
      loaded.set(key, value === undefined ? new Error("A batch came back shorter than it was asked.") : value);
    });
  });
  await Promise.all(batches);
  return keys.map((key) => {
    const value = loaded.get(key);
    return value === undefined ? new Error("A key was left out of its batch.") : value;
  });
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function union<Name>(lists: readonly (readonly Name[])[]): Name[] {
  return unique(lists.flat());
}
