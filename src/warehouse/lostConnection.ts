// What it looks like when PostgreSQL goes away under a statement, and the error that says so.
import { Consumer360Error } from "../kernel/errors.ts";

export function unavailable(cause: unknown): Consumer360Error {
  return new Consumer360Error("WAREHOUSE_UNAVAILABLE", "The warehouse does not answer.", {
    remedy: "Try again shortly; if it stays so, check that PostgreSQL is running and reachable.",
    cause,
  });
}

/** Connection exceptions (class 08), operator intervention (57P…) and errors of the socket itself. */
export function isLostConnection(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  const code = (cause as { code?: unknown }).code;
  if (typeof code === "string") return /^(0800[0-46]|57P|ECONN|EPIPE|ENOENT|ETIMEDOUT)/.test(code);
  return /Connection terminated|Client has encountered a connection error/.test(cause.message);
}
