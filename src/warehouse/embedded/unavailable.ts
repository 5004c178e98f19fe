// The one error of this room: it names what is wrong with the embedded database and always says a way out.
import { Consumer360Error } from "../../kernel/errors.ts";

const elsewhere =
  "Set CONSUMER360_HOME=/some/path to a local directory this user can write to, " +
  "or DATABASE_URL=postgresql://… to a PostgreSQL of your own.";

export function unavailable(message: string, options: { remedy?: string; cause?: unknown } = {}): Consumer360Error {
  return new Consumer360Error("EMBEDDED_UNAVAILABLE", message.replace(/\s*\n\s*/g, " | "), {
    remedy: options.remedy ?? elsewhere,
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  });
}

/** The text of anything that was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` that Node and the driver put on their errors, such as `ENOENT` or `57P03`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
