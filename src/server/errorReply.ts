// Every refusal of the server has one shape, the one GraphQL clients already read: a list of errors with stable codes.
import { Consumer360Error, type ErrorCode } from "../kernel/errors.ts";

export type ErrorReply = Readonly<{
  status: number;
  body: Readonly<{ errors: readonly [{ message: string; extensions: { code: ErrorCode } }] }>;
}>;

export function errorReply(status: number, code: ErrorCode, message: string): ErrorReply {
  return { status, body: { errors: [{ message, extensions: { code } }] } };
}

/** The HTTP status of an error that ends a request before GraphQL has anything to say. */
function statusOf(code: ErrorCode): number {
  switch (code) {
    // no failure: the client is to send the document along
    case "PERSISTED_QUERY_NOT_FOUND":
      return 200;
    case "UNAUTHENTICATED":
      return 401;
    case "FORBIDDEN":
      return 403;
    case "RATE_LIMITED":
      return 429;
    case "WAREHOUSE_UNAVAILABLE":
    case "WAREHOUSE_NOT_READY":
      return 503;
    case "BAD_USER_INPUT":
    case "SNAPSHOT_EXPIRED":
    case "QUERY_TOO_COSTLY":
      return 400;
    default:
      return 500;
  }
}

/** What the caller is told about anything that was thrown: never more than our own words. */
export function replyTo(error: unknown): ErrorReply {
  if (error instanceof Consumer360Error) {
    const status = statusOf(error.code);
    if (status === 500) return internal;
    const code = error.code === "WAREHOUSE_NOT_READY" ? "WAREHOUSE_UNAVAILABLE" : error.code;
    return errorReply(status, code, error.message);
  }
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  // the adapter builds a URL from the Host header
  if (code === "ERR_INVALID_URL") return errorReply(400, "BAD_USER_INPUT", "The request's address is not valid.");
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 499) return internal;
  return errorReply(statusCode, "BAD_USER_INPUT", sentences[statusCode] ?? "The request is not valid.");
}

const internal = errorReply(500, "INTERNAL", "Something went wrong on our side; the server's log says what.");

/** How much the headers of a request may hold together. */
export const headerKiB = 64;

/** Our words for what the HTTP layer refuses. */
const sentences: Readonly<Record<number, string>> = {
  400: "The request is not valid: its body must be JSON with a query.",
  408: "The request took too long to arrive.",
  413: "The request is too large: a body may hold up to 1 MiB.",
  415: "The request's content type is not supported: send application/json.",
  431: `The request's headers are too large: together they may hold up to ${headerKiB} KiB. A token with long claims is the usual reason.`,
};
