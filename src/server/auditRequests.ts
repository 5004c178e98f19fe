// Follows each request to the graph from its first header to its answer, and gives the audit one record of it, whatever becomes of it.
import type { ApolloServerPlugin, BaseContext, GraphQLResponse } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type DocumentNode, type GraphQLSchema, OperationTypeNode } from "graphql";
import type { scopeOf } from "../access/scopeOf.ts";
import { type Asked, askedOf } from "../graph/askedOf.ts";
import { documentHash } from "../graph/documentHash.ts";
import { readOperation } from "../graph/readOperation.ts";
import type { Identity } from "./identity.ts";
import type { Audit } from "./openAudit.ts";

type Scope = ReturnType<typeof scopeOf>;

/** What has become known of a request so far. */
type Note = {
  readonly at: Date;
  /** Milliseconds of the monotonic clock. */
  readonly began: number;
  identity?: Identity;
  scope?: Scope;
  context?: { rows?: () => number };
  document?: string;
  asked?: Asked;
  response?: GraphQLResponse;
};

/** On the context, since plugins are given a copy of it. */
const noteOf = Symbol("what the audit knows of the request");
type Noted = { readonly [noteOf]?: Note };

export type NotedRequests<Context extends BaseContext> = Readonly<{
  /** Hooks of the route. */
  begin: (request: FastifyRequest) => Promise<void>;
  end: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => Promise<void>;
  identified(request: FastifyRequest, identity: Identity): void;
  scoped(request: FastifyRequest, scope: Scope): void;
  /** `rows()` of the context, where it has it, tells how many rows were read. */
  asking(request: FastifyRequest, context: Context): void;
  plugins: readonly ApolloServerPlugin<Context>[];
}>;

/** Null: nothing is followed. */
export function auditRequests<Context extends BaseContext>(
  audit: Pick<Audit, "record"> | null,
  schema: GraphQLSchema,
): NotedRequests<Context> {
  const notes = new WeakMap<FastifyRequest, Note>();
  // Apollo Server reads a text once, so that a question that comes again is the same object again.
  const hashes = new WeakMap<DocumentNode, string>();
  const note = (request: FastifyRequest, known: Partial<Note>) => Object.assign(notes.get(request) ?? {}, known);

  const plugin: ApolloServerPlugin<Context> = {
    async requestDidStart() {
      return {
        async willSendResponse({ contextValue, document, operation, request, response }) {
          const noted = (contextValue as Noted)[noteOf];
          if (!noted?.scope) return;
          noted.response = response;
          if (!document) return;
          noted.document = hashes.get(document) ?? documentHash(schema, document);
          hashes.set(document, noted.document);
          if (operation?.operation !== OperationTypeNode.QUERY) return;
          noted.asked = askedOf(readOperation(schema, document, operation, request.variables ?? {}), noted.scope);
        },
      };
    },
  };

  return Object.freeze({
    async begin(request) {
      if (audit) notes.set(request, { at: new Date(), began: performance.now() });
    },
    identified: (request, identity) => void note(request, { identity }),
    scoped: (request, scope) => void note(request, { scope }),
    asking(request, context) {
      const noted = notes.get(request);
      if (!noted) return;
      noted.context = context as Note["context"] & Context;
      Object.assign(context, { [noteOf]: noted });
    },
    async end(request, { statusCode }, payload) {
      const noted = notes.get(request);
      if (!audit || !noted) return;
      notes.delete(request);
      const { identity, scope, asked } = noted;
      const answer = answerOf(noted.response);
      audit.record({
        at: noted.at.toISOString(),
        requestId: request.id,
        subject: identity?.subject ?? null,
        credential: identity?.credential ?? null,
        role: identity?.principal.role ?? null,
        scopeFingerprint: scope?.fingerprint ?? null,
        snapshotId: answer?.snapshotId ?? null,
        // the asker's own word, which may hold anything
        document: noted.document ?? null,
        asked: asked ? { fields: asked.fields, arguments: asked.arguments, more: asked.more } : null,
        personal: answer?.hasData ? (asked?.personal ?? []) : [],
        rows: noted.context?.rows?.() ?? 0,
        durationMs: Math.round((performance.now() - noted.began) * 1000) / 1000,
        outcome: [...new Set(answer?.codes ?? (statusCode < 400 ? [] : codesOf(payload)))].toSorted(),
      });
    },
    plugins: audit ? [plugin] : [],
  });
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

const codeOf = ({ extensions }: Failure) => String(extensions?.code ?? "INTERNAL");
