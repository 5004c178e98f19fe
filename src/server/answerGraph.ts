// From a question whose asker is known to its answer: given again where it was given before, shared where it is under way, else asked for.
// On each of these ways the asker is charged and noted alike.
import { setTimeout } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { AnswerCache, KeptAnswer } from "./answerCache.ts";
import { type ApolloAnswer, addressOf } from "./askApollo.ts";
import type { Told } from "./auditRequests.ts";
import { bytesOf, etagOf, finishAnswer } from "./finishAnswer.ts";
import { makeMemory } from "./makeMemory.ts";
import { whenGone } from "./onceSent.ts";
import { sha256Of } from "./persistedDocuments.ts";
import { isValues, questionKey, type Sent, sentInAddress } from "./readQuestion.ts";
import { revalidate } from "./revalidate.ts";

/** What the route knows of a request and does for it. */
export type Asking = Readonly<{
  /** Of the asker's scope. */
  fingerprintOf(request: FastifyRequest): string;
  /** Charges the asker; false where so much is more than may be asked within this minute. */
  charge(request: FastifyRequest, values: number): boolean;
  ask(
    request: FastifyRequest,
    question: Readonly<{ sent: Sent | null; signal: AbortSignal; onUnfixed: () => void }>,
  ): Promise<ApolloAnswer>;
  /** What the audit is to be told of an answer that was asked for, and of one that is given again. */
  tell(request: FastifyRequest): Told | null;
  answered(request: FastifyRequest, told: Told | null): void;
}>;

/** Bodies and addresses whose question is known without reading them: clients send the same bytes again and again. */
const mostForms = 10_000;
/** Characters of the header `accept`: no client sends more. */
const longestAccept = 300;

/** The handler of a route whose JSON bodies come as bytes. `answers`: null where every question is asked anew. */
export function answerGraph(app: FastifyInstance, answers: AnswerCache | null, asking: Asking) {
  const keys = makeMemory<string>({ most: mostForms });
  const readSent = sentReader(app);

  /** Null: not a question that could have been answered before. */
  async function keyOf(request: FastifyRequest): Promise<string | null> {
    const form = formOf(request);
    if (form === null) return null;
    const known = keys.get(form);
    if (known !== undefined) return known;
    const sent = await readSent(request);
    const key = sent && questionKey(sent, request.headers.accept ?? "");
    if (key !== null) keys.set(form, key);
    return key;
  }

  const scoped = (request: FastifyRequest, question: string) => `${asking.fingerprintOf(request)} ${question}`;

  /** Without waiting for anything; undefined also where one would have to. */
  function findAtOnce(request: FastifyRequest): KeptAnswer | undefined {
    const snapshot = answers?.published.known();
    const form = snapshot ? formOf(request) : null;
    const question = form === null ? undefined : keys.get(form);
    return snapshot && question ? answers?.find(scoped(request, question), snapshot) : undefined;
  }

  function give(
    request: FastifyRequest,
    reply: FastifyReply,
    { etag }: Pick<KeptAnswer, "etag">,
    body: Buffer | string,
  ): void {
    if (request.method === "GET" && revalidate(request, reply, etag())) reply.code(304).send();
    else reply.send(body);
  }

  /** False where the asker may not ask as much: that is refused where everybody is. */
  function giveAgain(request: FastifyRequest, reply: FastifyReply, answer: KeptAnswer, way: "hit" | "shared"): boolean {
    if (!asking.charge(request, answer.values)) return false;
    answers?.count(way);
    asking.answered(request, answer.told);
    reply.header("content-type", answer.contentType);
    give(request, reply, answer, answer.body);
    return true;
  }

  /** Gives back what others may be given. `key`: null for what nobody looks up. */
  async function giveAnew(
    request: FastifyRequest,
    reply: FastifyReply,
    { key, signal, onUnfixed = () => {} }: { key: string | null; signal: AbortSignal; onUnfixed?: () => void },
  ): Promise<KeptAnswer | null> {
    const question = { sent: await readSent(request), signal, onUnfixed };
    const { status, headers, contentType, ...answer } = await asking.ask(request, question);
    for (const [name, value] of headers) reply.header(name, value);
    reply.code(status);
    const { text, again } = finishAnswer(answer.text, answer.outcome);
    const isKept = again !== null && status === 200;
    answers?.count(isKept ? "miss" : "uncached");
    if (!isKept) {
      reply.send(text);
      return null;
    }
    // nothing is made for a cache that is not there
    const kept = answers && keptOf({ ...again, contentType, told: asking.tell(request) });
    if (kept && key !== null) answers.keep(key, kept);
    give(request, reply, kept ?? { etag: () => etagOf(again.text) }, text);
    return kept;
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const question = answers && (await keyOf(request));
    const snapshot = question && (answers.published.known() ?? (await answers.published.read()));
    const key = snapshot ? scoped(request, question) : null;
    const alone = () => giveAnew(request, reply, { key, signal: goneOf(reply) });
    if (!snapshot || key === null) return void (await alone());
    const kept = answers.find(key, snapshot);
    if (kept) return void (giveAgain(request, reply, kept, "hit") || (await alone()));

    const underWay = answers.underWay.join(`${snapshot} ${key}`, reply.raw);
    if (underWay) {
      const shared = await soon(underWay);
      // what cannot be shared is not waited for a second time
      return void ((shared && giveAgain(request, reply, shared, "shared")) || (await alone()));
    }
    const { signal, settle } = answers.underWay.lead(`${snapshot} ${key}`, reply.raw);
    try {
      settle(await giveAnew(request, reply, { key, signal, onUnfixed: () => settle(null) }));
    } finally {
      settle(null);
    }
  }

  // no promise where none is needed: most answers are given again
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const kept = findAtOnce(request);
    if (kept && giveAgain(request, reply, kept, "hit")) return;
    answer(request, reply).catch((error) => void reply.send(error));
  };
}

/** Milliseconds for which another's turn is waited for: who leads may have much else to ask, and is served one by one. */
const longestShared = 5_000;

/** Null where it takes too long. */
async function soon<T>(answer: Promise<T | null>): Promise<T | null> {
  const enough = new AbortController();
  try {
    return await Promise.race([answer, setTimeout(longestShared, null, { signal: enough.signal, ref: false })]);
  } finally {
    enough.abort();
  }
}

function keptOf({ text, told, ...answer }: Omit<KeptAnswer, "body" | "etag"> & Readonly<{ text: string }>): KeptAnswer {
  const body = bytesOf(text);
  // a part of a text keeps all of it: what is told holds no part of the document after this
  const own: Told | null = told && JSON.parse(JSON.stringify(told));
  let etag: string | undefined;
  return Object.freeze({
    ...answer,
    told: own,
    body,
    etag() {
      etag ??= etagOf(body);
      return etag;
    },
  });
}

/** Reads what a request holds, whose JSON body comes as bytes; null where that is no question. */
export function sentReader(app: FastifyInstance): (request: FastifyRequest) => Promise<Sent | null> {
  const parseJson = app.getDefaultJsonParser("error", "error");
  return async (request) => {
    if (request.method === "GET") return sentInAddress(addressOf(request).search);
    const { body } = request;
    if (Buffer.isBuffer(body)) {
      request.body = await new Promise((resolve, reject) => {
        parseJson(request, body.toString(), (error, parsed) => (error ? reject(error) : resolve(parsed)));
      });
    }
    return isValues(request.body) ? request.body : null;
  };
}

/** What stands for the bytes of a question; null where Apollo Server has to judge first whether it may be asked in this way. */
function formOf({ method, headers, body, url }: FastifyRequest): string | null {
  const { accept = "" } = headers;
  if (accept.length > longestAccept) return null;
  // the parser has let nothing through but JSON, which no page can send on its own
  if (Buffer.isBuffer(body)) return `${method} ${sha256Of(body)} ${accept}`;
  return method === "GET" && isPreflighted(headers) ? `${method} ${sha256Of(url)} ${accept}` : null;
}

function isPreflighted(headers: FastifyRequest["headers"]): boolean {
  const type = headers["content-type"];
  if (type !== undefined) return type === "application/json";
  return Boolean(headers["apollo-require-preflight"] || headers["x-apollo-operation-name"]);
}

export function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  whenGone(raw, () => gone.abort());
  return gone.signal;
}
