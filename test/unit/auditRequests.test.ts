// When the record of a request is made: after its answer is out or its client has gone, once, and also where the question cannot be told.
import { EventEmitter } from "node:events";
import type { BaseContext, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { buildSchema, Kind, type OperationDefinitionNode, parse } from "graphql";
import { beforeEach, expect, test } from "vitest";
import { auditRequests } from "../../src/server/auditRequests.ts";
import type { Scope } from "../../src/server/identity.ts";
import type { AuditRecord } from "../../src/warehouse/openAccessRecords.ts";

const schema = buildSchema("type Query { a: Int b: Int }");
const scope = { role: "admin", fingerprint: "f" } as Scope;

let records: AuditRecord[];
let errors: unknown[];
let raw: EventEmitter & { destroyed: boolean; writableFinished: boolean };
beforeEach(() => {
  records = [];
  errors = [];
  raw = Object.assign(new EventEmitter(), { destroyed: false, writableFinished: false });
});

/** Asks as the route does, up to the moment at which the answer is handed to the socket; `breaks`: the question cannot be walked. */
async function answer(text: string, { breaks = false } = {}): Promise<void> {
  const noted = auditRequests({ record: (record) => void records.push(record) }, schema);
  const request = { id: "req-1", log: { error: (error: unknown) => void errors.push(error) } } as FastifyRequest;
  noted.begin(request, {} as FastifyReply, () => {});
  noted.scoped(request, scope);
  const contextValue: BaseContext = {};
  noted.asking(request, contextValue);
  const document = parse(text);
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const question = {
    contextValue,
    document,
    operation: breaks ? { ...operation, selectionSet: null } : operation,
    queryHash: text,
    request: { query: text },
    response: { body: { kind: "single", singleResult: { data: { a: 1 } } } },
  } as unknown as GraphQLRequestContextWillSendResponse<BaseContext>;
  const listener = await noted.plugins[0]?.requestDidStart?.(question);
  await listener?.willSendResponse?.(question);
  noted.end(request, { raw, statusCode: 200 } as unknown as FastifyReply, "{}", () => {});
}

test.each([
  ["finish", "close"],
  ["close", "finish"],
])("is once the answer's %s is there, and not again at its %s", async (first, second) => {
  await answer("{ a }");
  expect(records).toEqual([]);
  raw.emit(first);
  expect(records).toMatchObject([
    { requestId: "req-1", document: expect.stringMatching(/^[0-9a-f]{64}$/), asked: { fields: ["a"] }, outcome: [] },
  ]);
  raw.emit(second);
  expect(records).toHaveLength(1);
});

test("is soon where the client had gone before", async () => {
  raw.destroyed = true;
  await answer("{ a }");
  await expect.poll(() => records).toHaveLength(1);
});

test("is there, with what else is known, where the question cannot be told", async () => {
  await answer("{ b }", { breaks: true });
  raw.emit("finish");
  expect(records).toMatchObject([{ requestId: "req-1", scopeFingerprint: "f", document: null, asked: null }]);
  expect(errors).toHaveLength(1);
});
