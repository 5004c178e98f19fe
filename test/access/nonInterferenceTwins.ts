// Two warehouses that differ in what some scope may not see, published alike, and one graph that both are asked through: what it
// answers, byte for byte, with whatever errors and receipt.
import { ApolloServer } from "@apollo/server";
import type { GraphQLSchema } from "graphql";
import { expect } from "vitest";
import { followUp } from "../../etl/followUp/followUp.ts";
import type { LoadOptions } from "../../etl/loadOptions.ts";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { makeFormatError } from "../../src/graph/formatError.ts";
import type { GraphContext } from "../../src/graph/GraphContext.ts";
import { graphPlugin } from "../../src/graph/graphPlugin.ts";
import { makeGraphContext, type Reads } from "../../src/graph/makeGraphContext.ts";
import type { Scope } from "../../src/model/scope.ts";
import { ask } from "../../src/query/ask.ts";
import { askRecords } from "../../src/query/askRecords.ts";
import { readAccount } from "../../src/query/readAccount.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import type { RandomDocument } from "./nonInterferenceDocuments.ts";

export type Side = "left" | "right";

export type Published = Readonly<{
  text: string;
  options?: Partial<LoadOptions>;
  /** By customer. */
  names?: ReadonlyMap<string, string>;
}>;

type Given = Readonly<Record<string, unknown>>;
export type Answered = Readonly<{
  bytes: string;
  data: unknown;
  codes: readonly unknown[];
  sources: readonly string[];
}>;

export type Twins = Readonly<{
  schema: GraphQLSchema;
  warehouses: Readonly<Record<Side, TestWarehouse>>;
  /** Publishes both, under one snapshot id, which it gives back, and as if at one time. */
  publish(files: Readonly<Record<Side, Published>>): Promise<number>;
  /** Publishes one of them alone. */
  publishOne(side: Side, file: Published): Promise<number>;
  answer(side: Side, query: string, scope: Scope, variables?: Given, asking?: Reads["ask"]): Promise<Answered>;
  close(): Promise<void>;
}>;

/** The same on both sides, so that cursors and made-up names can be compared. */
const keys = { cursors: Buffer.alloc(32, "cursors"), pseudonyms: Buffer.alloc(32, "pseudonyms") };

export async function makeTwins(): Promise<Twins> {
  const left = await makeTestWarehouse();
  const right = await makeTestWarehouse();
  const warehouses = { left, right };
  const schema = await buildGraphSchema();
  const server = new ApolloServer<GraphContext>({
    schema,
    plugins: [graphPlugin()],
    hideSchemaDetailsFromClientErrors: true,
    formatError: makeFormatError(() => {}),
  });

  async function publishOne(side: Side, { text, options, names }: Published): Promise<number> {
    const warehouse = warehouses[side];
    const { snapshotId } = await warehouse.loadText(text, {
      again: true,
      reading: { dateOrder: "mdy" },
      maxRejects: 1,
      snapshotsKept: 3,
      ...options,
    });
    await followUp({ url: warehouse.url });
    await warehouse.owner.query("UPDATE snapshot SET published_at = '2020-01-01T00:00:00Z'");
    await warehouse.owner.query(
      "INSERT INTO dim_customer (customer_key, snapshot_id, name) SELECT unnest($1::text[]), $2, unnest($3::text[])",
      [[...(names?.keys() ?? [])], snapshotId, [...(names?.values() ?? [])]],
    );
    return snapshotId;
  }

  return {
    schema,
    warehouses,
    publishOne,
    async publish(files) {
      const ids = await Promise.all([publishOne("left", files.left), publishOne("right", files.right)]);
      expect(ids[0]).toBe(ids[1]);
      return ids[0];
    },
    async answer(side, query, scope, variables = {}, asking = ask) {
      const contextValue = makeGraphContext({
        scope,
        warehouse: warehouses[side].read,
        keys,
        reads: { ask: asking, askRecords, readSnapshot, readAccount },
      });
      const { body, http } = await server.executeOperation({ query, variables }, { contextValue });
      if (body.kind !== "single") throw new Error("Not a single answer.");
      const { data, errors = [], extensions } = body.singleResult;
      const receipt = extensions?.receipt as { sources: readonly string[] } | undefined;
      return {
        bytes: JSON.stringify([http.status, body.singleResult]),
        data,
        codes: errors.map((error) => error.extensions?.code),
        sources: receipt?.sources ?? [],
      };
    },
    async close() {
      await Promise.all([left.close(), right.close()]);
    },
  };
}

export type Seen = { documents: number; answered: number; refused: number; pages: number; values: number };

export type Difference = Readonly<{ scope: Scope; query: string; variables: Given; left: string; right: string }>;

export type Comparison = Readonly<{
  /** Answers in place of the query floor. */
  asking?: Reads["ask"];
  /** An answer without what may differ. */
  leavingOut?: (bytes: string) => string;
}>;

export const nothingSeen = (): Seen => ({ documents: 0, answered: 0, refused: 0, pages: 0, values: 0 });

/** The first difference between the answers of both sides to the document and to the pages after it; null where there is none. */
export async function firstDifference(
  twins: Twins,
  { text: query, slots }: RandomDocument,
  scope: Scope,
  seen: Seen,
  { asking, leavingOut = (bytes) => bytes }: Comparison = {},
): Promise<Difference | null> {
  const variables: Record<string, unknown> = {};
  seen.documents += 1;
  for (let page = 0; page < 4; page += 1) {
    const ask = (side: Side) => twins.answer(side, query, scope, variables, asking);
    const [left, right] = await Promise.all([ask("left"), ask("right")]);
    if (!asking && left.codes.includes("INTERNAL")) throw new Error(`Not answered at all: ${query} ${left.bytes}`);
    const found = { left: leavingOut(left.bytes), right: leavingOut(right.bytes) };
    const isSame = found.left === found.right || (left.codes.length > 0 && (await meets(ask, leavingOut)));
    if (!isSame) return { scope, query, variables, ...found };
    seen.values += countValues(left.data);
    if (page > 0) seen.pages += 1;
    else if (left.codes.length === 0) seen.answered += 1;
    else seen.refused += 1;
    const next = slots
      .map(({ variable, path }) => [variable, at(left.data, path)] as const)
      .find(([variable, cursor]) => typeof cursor === "string" && cursor !== variables[variable]);
    if (!next) return null;
    variables[next[0]] = next[1];
  }
  return null;
}

export function inWords({ scope, query, variables, left, right }: Difference): string {
  const at = [...left].findIndex((letter, nth) => letter !== right[nth]);
  const around = (bytes: string) => bytes.slice(Math.max(0, at - 150), at + 150);
  return [
    `${scope.role} is answered differently:`,
    query,
    JSON.stringify(variables),
    `before: …${around(left)}…`,
    `after:  …${around(right)}…`,
  ].join("\n");
}

/**
 * Whether both sides give one same answer when asked again and again: where several fields of a document fail, which of them is the first
 * to end the whole is a matter of time.
 */
async function meets(ask: (side: Side) => Promise<Answered>, leavingOut: (bytes: string) => string): Promise<boolean> {
  const given = { left: new Set<string>(), right: new Set<string>() };
  for (let time = 0; time < 10; time += 1) {
    for (const side of ["left", "right"] as const) given[side].add(leavingOut((await ask(side)).bytes));
    if ([...given.left].some((bytes) => given.right.has(bytes))) return true;
  }
  return false;
}

/** The first value that is found under the keys; in a list, in any of its items. */
function at(value: unknown, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => at(item, path)).find((found) => typeof found === "string");
  const [key, ...rest] = path;
  if (key === undefined) return value;
  return typeof value === "object" && value !== null ? at((value as Record<string, unknown>)[key], rest) : undefined;
}

function countValues(value: unknown): number {
  if (value === null || value === undefined || value === 0 || value === "0" || value === false) return 0;
  if (typeof value !== "object") return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + countValues(each), 0);
}
