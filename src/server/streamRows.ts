// The rows of a document as a stream, outside of GraphQL: so many at once, no faster than they are taken, and whole or visibly broken.
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Bulk, BulkColumn, BulkPage, BulkRows } from "../graph/bulk/BulkRows.ts";
import { Consumer360Error } from "../kernel/errors.ts";
import { csvFormat, formatColumns, jsonlFormat, type RowFormat } from "./formatRows.ts";
import { AskedTooMuch } from "./limitAskers.ts";
import { onceSent } from "./onceSent.ts";

export type StreamLimits = Readonly<{
  /** Streams of this server at once. */
  most: number;
  /** Seconds for which a client may take nothing of what is ready for it. */
  stallSeconds: number;
}>;

export type StreamFormat = Readonly<{
  mediaType: string;
  /** Names that no column may have: the last line has them. */
  reserved: readonly string[];
  format(columns: readonly BulkColumn[]): RowFormat;
  /** What stands after the last row. */
  end(rows: number, of: BulkRows): string;
}>;

const formats: Readonly<Record<string, StreamFormat>> = Object.freeze({
  "text/csv": {
    mediaType: "text/csv; charset=utf-8; header=present",
    reserved: [],
    format: (columns) => csvFormat(columns, { bom: false }),
    end: () => "",
  },
  "application/jsonl": {
    mediaType: "application/jsonl; charset=utf-8",
    reserved: ["rows"],
    format: jsonlFormat,
    end: (rows, { facts, notices }) =>
      `${JSON.stringify({ rows, snapshot: String(facts.snapshotId), asOf: facts.asOf, currency: facts.currency, notices })}\n`,
  },
});

/** The format that a client wants rows in rather than JSON; null: none. Of types that it wants alike the first one counts. */
export function streamFormat(accept: string | undefined): StreamFormat | null {
  if (accept === undefined || !/text\/csv|application\/jsonl/i.test(accept)) return null;
  const wanted = accept
    .split(",")
    .map((range) => {
      const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith("q="));
      return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0);
  const [best] = wanted.toSorted((a, b) => b.quality - a.quality);
  return best && Object.hasOwn(formats, best.type) ? (formats[best.type] ?? null) : null;
}

/** Seconds after which it is worth asking again where all streams are taken. */
const retryAfter = 5;

export type Streams = Readonly<{
  /** Takes a place until the response is out, or the client gone. Throws AskedTooMuch. */
  enter(subject: string, reply: FastifyReply): void;
  /** What is sent. `broken` is told why it ends before its end, where that was not the client's doing. */
  send(rows: BulkRows, format: StreamFormat, reply: FastifyReply, broken: (why: unknown) => void): FastifyReply;
}>;

/** One asker leaves a place to the others, where there are several. */
export function openStreams({ most, stallSeconds }: StreamLimits): Streams {
  const running = new Map<string, number>();
  const mostOfOne = Math.max(1, most - 1);
  const all = () => [...running.values()].reduce((sum, count) => sum + count, 0);

  return Object.freeze({
    enter(subject, { raw }) {
      const own = running.get(subject) ?? 0;
      if (own >= mostOfOne) throw full("You have as many streams running as one asker may have.");
      if (all() >= most) throw full("As many streams are running as this server has at once.");
      running.set(subject, own + 1);
      onceSent(raw, () => {
        const left = (running.get(subject) ?? 1) - 1;
        if (left > 0) running.set(subject, left);
        else running.delete(subject);
      });
    },
    send(rows, format, reply, broken) {
      const { raw } = reply;
      const told = { rows: 0 };
      // Nothing moves, and it is not us who are waited for.
      raw.setTimeout(stallSeconds * 1000, () => {
        if (raw.writableLength === 0 || raw.destroyed) return;
        broken(new Stalled());
        raw.destroy();
      });
      const { facts, notices } = rows;
      void reply
        .code(200)
        .removeHeader("content-length")
        .header("content-type", format.mediaType)
        .header("consumer360-snapshot", String(facts.snapshotId))
        .header("consumer360-as-of", facts.asOf)
        .header("consumer360-currency", facts.currency)
        .trailer("consumer360-rows", async () => String(told.rows));
      if (notices.length > 0) void reply.header("consumer360-notices", encodeURIComponent(JSON.stringify(notices)));
      return reply.send(Readable.from(texts(rows, format, told, broken), { objectMode: false, highWaterMark: 1 }));
    },
  } satisfies Streams);
}

/** Nobody takes what is ready: no error of ours, and no reader to tell. */
export class Stalled extends Error {}

const full = (message: string) => new AskedTooMuch(message, retryAfter);

/** An error in here destroys the response: what has been sent is then no whole, and shows it. */
async function* texts(
  rows: BulkRows,
  { format, end }: StreamFormat,
  told: { rows: number },
  broken: (why: unknown) => void,
): AsyncGenerator<string, void> {
  const written = format(rows.columns);
  const text = ({ values, count }: BulkPage) => {
    told.rows += count;
    return formatColumns(written, values, count);
  };
  try {
    const begin = written.head + text(rows.first);
    if (begin !== "") yield begin;
    for await (const page of rows.rest) yield text(page);
    const last = end(told.rows, rows);
    if (last !== "") yield last;
  } catch (error) {
    broken(error);
    throw error;
  }
}

/** For the context of a question whose rows are to be streamed. */
export function bulkFor({ reserved }: StreamFormat, isCounted: boolean): Bulk {
  return { reserved, isCounted };
}

/** Whether an error is the server's own fault, and not one that the asker is told of. */
export function isFault(error: unknown): boolean {
  return !(error instanceof Consumer360Error) && !(error instanceof Stalled);
}

/** The document's answer is JSON, whatever its rows will be. */
export function acceptJson(request: FastifyRequest): void {
  request.headers.accept = "application/json";
}
