// Follows each request to the graph from its first header to its answer, and gives the audit one record of it, whatever becomes of it.
// The record is made once the answer is out: nobody waits for it.
import type { ServerResponse } from "node:http";
import type {
  ApolloServerPlugin,
  BaseContext,
  GraphQLRequestContextWillSendResponse,
  GraphQLResponse,
} from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type GraphQLSchema, OperationTypeNode } from "graphql";
import { type Asked, askedOf } from "../graph/askedOf.ts";
import { documentHash } from "../graph/documentHash.ts";
import { readOperation } from "../graph/readOperation.ts";
import type { AuditRecord } from "../warehouse/openAccessRecords.ts";
import type { Identity, Scope } from "./identity.ts";
import { makeMemory } from "./makeMemory.ts";
import type { Audit } from "./openAudit.ts";
import { type Named, NotLetIn, nameAsker, type Reason } from "./refusal.ts";

/** What Apollo Server knows of a question once it is answered. */
type Question = GraphQLRequestContextWillSendResponse<BaseContext>;

/** What has become known of a request so far. */
type Note = {
  readonly at: Date;
  /** Milliseconds of the monotonic clock. */
  readonly began: number;
  /** Null: nobody known. */
  asker?: Identity | Named | null;
  scope?: Scope;
  context?: { rows?: () => number };
  question?: Question;
  told?: Told;
  reason?: Reason;
};

/** What a record says of an answer. It is the same each time that the answer is given again. */
export type Told = Readonly<Pick<AuditRecord, "snapshotId" | "document" | "asked" | "personal" | "rows" | "outcome">>;

/** On the context, since plugins are given a copy of it. */
const noteOf = Symbol("what the audit knows of the request");
type Noted = { readonly [noteOf]?: Note };

/** Texts of questions whose hash is kept: clients ask the same ones again and again. */
const mostHashes = 10_000;

export type NotedRequests<Context extends BaseContext> = Readonly<{
  /** Hooks of the route. */
  begin: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
  end: (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: () => void) => void;
  identified(request: FastifyRequest, identity: Identity): void;
  scoped(request: FastifyRequest, scope: Scope): void;
  /** Of an error that is no NotLetIn nothing is noted. */
  refused(request: FastifyRequest, why: Reason | Error): void;
  /** `rows()` of the context, where it has it, tells how many rows were read. */
  asking(request: FastifyRequest, context: Context): void;
  /** What is to be told of the answer that the graph has given; null where nothing is followed. */
  tell(request: FastifyRequest): Told | null;
  /** The answer is one that was given before, of which this was told. */
  answered(request: FastifyRequest, told: Told | null): void;
  plugins: readonly ApolloServerPlugin<Context>[];
}>;

/** Null: nothing is followed. */
export function auditRequests<Context extends BaseContext>(
  audit: Pick<Audit, "record"> | null,
  schema: GraphQLSchema,
): NotedRequests<Context> {
  const notes = new WeakMap<FastifyRequest, Note>();
  const hashes = makeMemory<string>({ most: mostHashes });
  const note = (request: FastifyRequest, known: Partial<Note>) => {
    const noted = notes.get(request);
    if (noted) Object.assign(noted, known);
  };

  const plugin: ApolloServerPlugin<Context> = {
    async requestDidStart() {
      return {
        async willSendResponse(question) {
          const noted = (question.contextValue as Noted)[noteOf];
          if (noted) noted.question = question;
        },
      };
    },
  };

  /** In the schema's words, what was asked; nothing where the question was none. */
  function describe({ question, scope }: Note): { document: string | null; asked: Asked | null } {
    const { document, operation, queryHash, request } = question ?? {};
    if (!scope || !document || !queryHash) return { document: null, asked: null };
    const hash = hashes.get(queryHash) ?? documentHash(schema, document);
    hashes.set(queryHash, hash);
    return {
      document: hash,
      asked:
        operation?.operation === OperationTypeNode.QUERY
          ? askedOf(readOperation(schema, document, operation, request?.variables ?? {}), scope)
          : null,
    };
  }

  function tell(noted: Note, request: FastifyRequest): Told {
    const answer = answerOf(noted.question?.response);
    let described: ReturnType<typeof describe> = { document: null, asked: null };
    try {
      described = describe(noted);
    } catch (error) {
      // the rest of the record must not go with it
      request.log.error(error);
    }
    const { document, asked } = described;
    return Object.freeze({
      snapshotId: answer?.snapshotId ?? null,
      document,
      asked: asked && { fields: asked.fields, arguments: asked.arguments, more: asked.more },
      personal: answer?.hasData ? (asked?.personal ?? []) : [],
      rows: noted.context?.rows?.() ?? 0,
      outcome: inOrder(answer?.codes ?? []),
    });
  }

  return Object.freeze({
    begin(request, _, done) {
      if (audit) notes.set(request, { at: new Date(), began: performance.now() });
      done();
    },
    identified: (request, identity) => note(request, { asker: identity }),
    scoped: (request, scope) => note(request, { scope }),
    refused(request, why) {
      if (typeof why === "string") note(request, { reason: why });
      else if (why instanceof NotLetIn) note(request, { reason: why.reason, ...(why.asker && { asker: why.asker }) });
    },
    asking(request, context) {
      const noted = notes.get(request);
      if (!noted) return;
      noted.context = context as Note["context"] & Context;
      Object.assign(context, { [noteOf]: noted });
    },
    tell(request) {
      const noted = notes.get(request);
      if (!noted) return null;
      noted.told ??= tell(noted, request);
      return noted.told;
    },
    answered: (request, told) => note(request, told === null ? {} : { told }),
    end(request, { raw }, payload, done) {
      const noted = notes.get(request);
      if (!audit || !noted) return done();
      notes.delete(request);
      const durationMs = Math.round((performance.now() - noted.began) * 1000) / 1000;
      const isRefused = noted.question === undefined && noted.told === undefined;
      const refusal = isRefused && typeof payload === "string" ? payload : null;
      onceSent(raw, () => {
        const { scope, reason } = noted;
        const asker = noted.asker && ("principal" in noted.asker ? nameAsker(noted.asker) : noted.asker);
        const told = noted.told ?? tell(noted, request);
        audit.record({
          at: noted.at.toISOString(),
          requestId: request.id,
          subject: asker?.subject ?? null,
          credential: asker?.credential ?? null,
          keyId: asker?.keyId ?? null,
          role: asker?.role ?? null,
          scopeFingerprint: scope?.fingerprint ?? null,
          ...told,
          durationMs,
          outcome: refusal === null ? told.outcome : inOrder(codesOf(refusal)),
          reason: reason ?? null,
        });
      });
      done();
    },
    plugins: audit ? [plugin] : [],
  });
}

/** Runs once nothing more is sent: the answer is out, or the client has gone. */
function onceSent(raw: ServerResponse, run: () => void): void {
  if (raw.destroyed || raw.writableFinished) return void setImmediate(run);
  const once = () => {
    raw.off("finish", once).off("close", once);
    run();
  };
  raw.on("finish", once).on("close", once);
}

type Failure = Readonly<{ extensions?: { readonly code?: unknown } }>;

/** What the graph answered; null where it was not reached. */
function answerOf(response: GraphQLResponse | undefined) {
  if (response?.body.kind !== "single") return null;
  const { data, errors = [], extensions } = response.body.singleResult;
  const receipt = extensions?.receipt as { readonly snapshot?: string } | undefined;
  return {
    hasData: data !== null && data !== undefined,
    codes: (errors as readonly Failure[]).map(codeOf),
    snapshotId: receipt?.snapshot === undefined ? null : Number(receipt.snapshot),
  };
}

/** The codes in a refusal of the server's own. */
function codesOf(payload: unknown): string[] {
  try {
    const { errors } = JSON.parse(String(payload)) as { errors: readonly Failure[] };
    return errors.map(codeOf);
  } catch {
    // no refusal of ours; the record must not be the reason for another one
    return ["INTERNAL"];
  }
}

const inOrder = (codes: readonly string[]) => [...new Set(codes)].toSorted();

const codeOf = ({ extensions }: Failure) => String(extensions?.code ?? "INTERNAL");
