// A graph over a real warehouse of a test's own, and a way to ask it as any scope that counts the statements of each answer.
import { ApolloServer } from "@apollo/server";
import { afterAll, beforeAll, expect } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { makeFormatError } from "../../src/graph/formatError.ts";
import type { GraphContext } from "../../src/graph/GraphContext.ts";
import { graphPlugin } from "../../src/graph/graphPlugin.ts";
import { makeGraphContext } from "../../src/graph/makeGraphContext.ts";
import type { Receipt } from "../../src/graph/receiptOf.ts";
import type { Scope } from "../../src/model/scope.ts";
import type { QueryTrace } from "../../src/query/answer.ts";
import { ask } from "../../src/query/ask.ts";
import { askRecords } from "../../src/query/askRecords.ts";
import { readAccount } from "../../src/query/readAccount.ts";
import { readSnapshot } from "../../src/query/readSnapshot.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";
import { testKeys } from "./testKeys.ts";

export type Answer = Readonly<{
  data: Record<string, unknown> | null;
  errors: readonly Readonly<{ message: string; code: unknown; remedy: unknown }>[];
  codes: readonly unknown[];
  receipt: Receipt | undefined;
  /** What the query floor told of its statements, whoever asked. */
  traces: readonly QueryTrace[];
  /** Statements about rows, and about what is published. */
  statements: number;
  publishedReads: number;
}>;

/** For one test file: makes the warehouse before its tests, and afterwards holds that nothing went wrong unseen. */
export function useGraph(fill: (warehouse: TestWarehouse) => Promise<unknown>) {
  let warehouse: TestWarehouse;
  let server: ApolloServer<GraphContext>;
  const faults: unknown[] = [];
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await fill(warehouse);
    server = new ApolloServer<GraphContext>({
      schema: await buildGraphSchema(),
      plugins: [graphPlugin()],
      hideSchemaDetailsFromClientErrors: true,
      formatError: makeFormatError((error) => faults.push(error)),
    });
  });
  afterAll(async () => {
    await warehouse?.close();
    expect(faults).toEqual([]);
  });

  async function answer(query: string, scope = adminScope, variables: Record<string, unknown> = {}): Promise<Answer> {
    const seen = { statements: 0, publishedReads: 0 };
    const counting: typeof warehouse.read = {
      ...warehouse.read,
      read: (...args) => {
        seen.statements += 1;
        return warehouse.read.read(...args);
      },
      readPublished: (...args) => {
        seen.publishedReads += 1;
        return warehouse.read.readPublished(...args);
      },
    };
    const traces: QueryTrace[] = [];
    const traced: typeof ask = (request, asker) => {
      const trace = (told: QueryTrace) => {
        traces.push(told);
        asker.trace?.(told);
      };
      return ask(request, { ...asker, trace });
    };
    const reads = { ask: traced, askRecords, readSnapshot, readAccount };
    const contextValue = makeGraphContext({ keys: testKeys, scope, warehouse: counting, reads });
    const { body } = await server.executeOperation({ query, variables }, { contextValue });
    if (body.kind !== "single") throw new Error("Not a single answer.");
    const { data, errors = [], extensions } = body.singleResult;
    return {
      data: data ? (JSON.parse(JSON.stringify(data)) as Record<string, unknown>) : null,
      errors: errors.map(({ message, extensions: { code, remedy } = {} }) => ({ message, code, remedy })),
      codes: errors.map((error) => error.extensions?.code),
      receipt: extensions?.receipt as Receipt | undefined,
      traces,
      ...seen,
    };
  }

  return {
    answer,
    /** The data of an answer that has no errors. */
    async dataOf(query: string, scope?: Scope, variables?: Record<string, unknown>) {
      const { data, errors } = await answer(query, scope, variables);
      expect(errors).toEqual([]);
      return data ?? {};
    },
    warehouse: () => warehouse,
  };
}
