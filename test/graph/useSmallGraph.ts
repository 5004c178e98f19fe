// A graph over a small real warehouse, and a way to ask it as any scope that counts the statements of each answer.
import { ApolloServer } from "@apollo/server";
import { afterAll, beforeAll, expect } from "vitest";
import { buildGraphSchema } from "../../src/graph/buildGraphSchema.ts";
import { makeFormatError } from "../../src/graph/formatError.ts";
import type { GraphContext } from "../../src/graph/GraphContext.ts";
import { graphPlugin } from "../../src/graph/graphPlugin.ts";
import { makeGraphContext } from "../../src/graph/makeGraphContext.ts";
import type { Scope } from "../../src/model/scope.ts";
import { adminScope, makeTestWarehouse, type TestWarehouse } from "../support/testWarehouse.ts";

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
/** Ada buys in two countries and three months, Bo once, Cy only gives back, and somebody without an id buys as well. */
export const lines = [
  "1001,P1,CUP,2,1/5/2011 10:00,5,ada,France",
  "1001,POST,POSTAGE,1,1/5/2011 10:00,3.125,ada,France",
  "1002,P1,CUP,1,1/20/2011 9:30,5,bo,Germany",
  "1003,P2,JUG,4,3/15/2011 12:00,2.5,ada,Belgium",
  "C1004,P1,CUP,-1,3/20/2011 12:00,5,ada,France",
  "C1005,P2,JUG,-2,3/21/2011 12:00,2.5,cy,Germany",
  "1006,P2,JUG,1,3/22/2011 8:00,2.5,,France",
  "1007,P1,CUP,1,4/2/2011 12:00,5,ada,France",
];

export const belgium: Scope = {
  ...adminScope,
  role: "country_manager",
  countries: ["Belgium"],
  operator: false,
  fingerprint: "b",
};
export const aggregates: Scope = {
  ...adminScope,
  role: "executive",
  customerLevel: false,
  operator: false,
  fingerprint: "e",
};

type Answer = { data: Record<string, unknown> | null; codes: unknown[]; statements: number };

/** For one test file: makes the warehouse before its tests, and afterwards holds that nothing went wrong unseen. */
export function useSmallGraph() {
  let warehouse: TestWarehouse;
  let server: ApolloServer<GraphContext>;
  const faults: unknown[] = [];
  beforeAll(async () => {
    warehouse = await makeTestWarehouse();
    await warehouse.loadText([header, ...lines].join("\n"));
    server = new ApolloServer<GraphContext>({
      schema: await buildGraphSchema(),
      plugins: [graphPlugin()],
      formatError: makeFormatError((error) => faults.push(error)),
    });
  });
  afterAll(async () => {
    await warehouse.close();
    expect(faults).toEqual([]);
  });

  async function answer(query: string, scope = adminScope, variables: Record<string, unknown> = {}): Promise<Answer> {
    let statements = 0;
    const counting: typeof warehouse.read = {
      ...warehouse.read,
      read: (...args) => {
        statements += 1;
        return warehouse.read.read(...args);
      },
    };
    const contextValue = makeGraphContext({ scope, warehouse: counting });
    const { body } = await server.executeOperation({ query, variables }, { contextValue });
    if (body.kind !== "single") throw new Error("Not a single answer.");
    const { data, errors } = body.singleResult;
    return {
      data: data ? (JSON.parse(JSON.stringify(data)) as Record<string, unknown>) : null,
      codes: errors?.map((error) => error.extensions?.code) ?? [],
      statements,
    };
  }

  return {
    answer,
    /** The data of an answer that has no errors. */
    async dataOf(query: string, scope?: Scope) {
      const { data, codes } = await answer(query, scope);
      expect(codes).toEqual([]);
      return data;
    },
    /** Publishes a file of these lines instead of what was there. */
    publish: (newLines: readonly string[]) => warehouse.loadText([header, ...newLines].join("\n")),
  };
}
