// Every error that a user can meet: one class, one closed list of stable codes.
// A code never changes its meaning; `docs/errors.md` lists them all, and a test holds that page equal to this list.

/** What the graph answers, as `extensions.code`. */
export const graphErrorCodes = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "BAD_USER_INPUT",
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "PERSISTED_QUERY_NOT_FOUND",
  "QUERY_TOO_COSTLY",
  "SNAPSHOT_EXPIRED",
  "WAREHOUSE_UNAVAILABLE",
  "RATE_LIMITED",
  "INTERNAL",
] as const;

export const errorCodes = [
  ...graphErrorCodes,
  // what the command line answers beside them
  "CONFIG_INVALID",
  "POLICY_INVALID",
  "PORT_TAKEN",
  "EMBEDDED_UNAVAILABLE",
  "WAREHOUSE_NOT_READY",
  "FILE_NOT_FOUND",
  "FILE_REPEATED",
  "FILE_IS_DIRECTORY",
  "FILE_UNREADABLE",
  "FILE_EMPTY",
  "FILE_NOT_TEXT",
  "FILE_DAMAGED",
  "FILE_HAS_NO_ROWS",
  "LAYOUT_UNKNOWN",
  "LAYOUT_AMBIGUOUS",
  "LAYOUT_INVALID",
  "LINE_ENDS_UNKNOWN",
  "DELIMITER_UNKNOWN",
  "SHEET_UNKNOWN",
  "WORKBOOK_TOO_LARGE",
  "DATE_ORDER_UNKNOWN",
  "DATE_YEAR_UNKNOWN",
  "DATE_ZONE_MIXED",
  "NUMBER_FORMAT_UNKNOWN",
  "TOO_MANY_REJECTS",
  "NOTHING_TO_PUBLISH",
  "LOAD_IN_PROGRESS",
  "PUBLISH_REFUSED",
  "CURRENCY_DIFFERS",
  "CUT_POINTS_MISSING",
  "WAREHOUSE_FULL",
  "OUTPUT_UNWRITABLE",
  "FOLDER_UNUSABLE",
  "LOAD_UNKNOWN",
  "HEADER_UNKNOWN",
  "CORRECTION_OUTDATED",
  "CORRECTION_UNKNOWN",
  "CORRECTION_MIXED",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/**
 * An error that is shown to the person who caused it or must mend it.
 *
 * `message` names the thing that is wrong in one line; `remedy`, where there is one, says what to do about it.
 */
export class Consumer360Error extends Error {
  override readonly name = "Consumer360Error";
  readonly code: ErrorCode;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, options: { remedy?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
  }
}

/** Ends a closed union: the compiler refuses a case that was forgotten. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
