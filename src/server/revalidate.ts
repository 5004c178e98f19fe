// What goes with an answer to GET: that its asker alone may keep it, and has to ask each time whether it still holds.
import type { FastifyReply, FastifyRequest } from "fastify";

/** Gives the reply its headers; true where the client holds this very answer, so that nothing need be sent. */
export function revalidate({ headers }: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.header("etag", etag);
  reply.header("cache-control", "private, no-cache");
  reply.header("vary", "Authorization, X-API-Key, Accept");
  const held = headers["if-none-match"];
  if (held === undefined) return false;
  return held.trim() === "*" || held.split(",").some((one) => weak(one.trim()) === weak(etag));
}

const weak = (etag: string) => etag.replace(/^W\//, "");
