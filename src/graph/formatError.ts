// What a client gets to read of an error: a message made for it and a stable code. No stack, no SQL, and no name that the asker did not write.
import type { GraphQLFormattedError } from "graphql";
import { Consumer360Error, type ErrorCode, graphErrorCodes } from "../kernel/errors.ts";
import { mostSelections } from "./guardCost.ts";

/** Called with what must not be shown and has to be mended. */
export type LogError = (error: unknown) => void;

/** Codes that are shown with their message; any other is about the command line, or a fault of ours. */
const answered: ReadonlySet<ErrorCode> = new Set(graphErrorCodes.filter((code) => code !== "INTERNAL"));

/** Codes whose remedy helps whoever asked; for others it is the operator's. */
const remedied: ReadonlySet<ErrorCode> = new Set(["BAD_USER_INPUT", "SNAPSHOT_EXPIRED", "QUERY_TOO_COSTLY"]);

/** What Apollo Server finds wrong before anything of ours runs, in our codes. */
const ofApollo: Readonly<Record<string, ErrorCode>> = Object.freeze({
  GRAPHQL_PARSE_FAILED: "GRAPHQL_PARSE_FAILED",
  GRAPHQL_VALIDATION_FAILED: "GRAPHQL_VALIDATION_FAILED",
  BAD_USER_INPUT: "BAD_USER_INPUT",
  BAD_REQUEST: "BAD_USER_INPUT",
  OPERATION_RESOLUTION_FAILURE: "BAD_USER_INPUT",
  PERSISTED_QUERY_NOT_FOUND: "BAD_USER_INPUT",
  PERSISTED_QUERY_NOT_SUPPORTED: "BAD_USER_INPUT",
});

export function makeFormatError(log: LogError) {
  return function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    const ours = originOf(error);
    if (ours) {
      if (ours.code === "WAREHOUSE_UNAVAILABLE") log(ours);
      if (answered.has(ours.code)) {
        const remedy = remedied.has(ours.code) && ours.remedy !== undefined ? { remedy: ours.remedy } : {};
        return { message: cut(ours.message), ...place, extensions: { code: ours.code, ...remedy } };
      }
      if (ours.code === "WAREHOUSE_NOT_READY")
        return {
          message: "Nothing has been published yet: there is no data to answer from.",
          ...place,
          extensions: { code: "WAREHOUSE_UNAVAILABLE" },
        };
    }
    if (!ours && formatted.extensions?.validationErrorCode === "MAX_RECURSIVE_SELECTIONS_EXCEEDED")
      return {
        message: `The query comes to more than ${mostSelections.toLocaleString("en-US")} selections, fragments counted wherever they are spread.`,
        ...place,
        extensions: { code: "QUERY_TOO_COSTLY" },
      };
    const code = ours ? undefined : codeOf(formatted);
    if (code) {
      const message = inOurWords(formatted.message);
      const extensions = namesNoMember(message) ? { code: "BAD_USER_INPUT", remedy: askCatalog } : { code };
      return { message: cut(message), ...place, extensions };
    }
    log(error);
    return {
      message: "Something went wrong on our side; the question was in order.",
      ...place,
      extensions: { code: "INTERNAL" },
    };
  };
}

/** graphql-js gives no place to its last word on variables that do not fit, so Apollo Server takes it for a fault of the server. */
function codeOf({ message, extensions }: GraphQLFormattedError): ErrorCode | undefined {
  return message.startsWith("Too many errors processing variables")
    ? "BAD_USER_INPUT"
    : ofApollo[String(extensions?.code)];
}

/** The error of ours at the bottom of the ones that GraphQL has put around it. */
function originOf(error: unknown): Consumer360Error | null {
  let origin: unknown = error;
  for (let step = 0; step < 10 && origin instanceof Error; step += 1) {
    if (origin instanceof Consumer360Error) return origin;
    origin = (origin as { originalError?: unknown }).originalError;
  }
  return null;
}

/** A member that the model does not have, written out or as a variable: a question that is in order but for the name. */
const namesNoMember = (message: string) =>
  /(^Cannot query field "\w+" on type "MetricRow"|in "(Member|Measure|Dimension)" enum)\.$/.test(message);

const askCatalog = "Ask `catalog` for the measures and dimensions that you may use.";

/** What was asked may be echoed: of a long text its beginning, and its end, where the reason stands. */
function cut(message: string): string {
  if (message.length <= longest) return message;
  return `${message.slice(0, longest - shownEnd - 3)} … ${message.slice(-shownEnd)}`.toWellFormed();
}

/** Characters. */
const longest = 500;
const shownEnd = 150;

/** Suggestions name what the asker did not write, and the engine's complaint about its stack says nothing to anybody. */
function inOurWords(message: string): string {
  if (message.includes("call stack size exceeded"))
    return "The document or its variables are nested too deep to be read.";
  if (message.startsWith("GraphQL introspection is not allowed"))
    return "Introspection is off in production; the schema is in schema/schema.graphql.";
  if (message.startsWith("Too many validation errors"))
    return "The document has more faults than are told at once: these are the first.";
  if (message.startsWith("Too many errors processing variables"))
    return "The variables have more faults than are told at once: these are the first.";
  if (message === "Validation aborted.")
    return "The document selects the same fields too often to be read: select each once, or under names of their own.";
  return message.replace(/ Did you mean [\s\S]*$/, "");
}
