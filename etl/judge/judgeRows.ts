// The second pass over a file: acceptable rows out as input for COPY, rejected ones apart, in constant memory.
import { createHash } from "node:crypto";
import type { Decimal } from "../../src/kernel/decimal.ts";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createRowScanner, type ScannedRow } from "../read/createRowScanner.ts";
import { decodeText } from "../read/decodeText.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import { openText } from "../read/openText.ts";
import { createRowJudge } from "./createRowJudge.ts";
import type { JudgedColumn } from "./judgedColumns.ts";
import type { Reject } from "./rejectCodes.ts";
import { copyHeader, copyTrailer } from "./writeCopy.ts";

export type JudgeOptions = Readonly<{
  /** What is yielded of each acceptable row, in this order. */
  columns: readonly JudgedColumn[];
  /** Makes the id of a customer from a normalised name; needed where `evidence.namesCustomers`. */
  customerIdOf?: ((name: string) => string) | undefined;
  /** Gets the rejected rows in file order; reading waits for it. */
  onReject: (reject: Reject) => void | Promise<void>;
  onProgress?: ((bytesRead: number, bytesTotal: number, rows: number) => void) | undefined;
  /** How many bytes are read at a time. */
  chunkBytes?: number | undefined;
}>;

export type Judgement = Readonly<{
  accepted: number;
  rejected: number;
  bytesRead: number;
  /** What the accepted rows amount to, exactly: an account that owes the database nothing. */
  amount: Decimal;
  /** Accepted rows with white space at the edge of a loaded field. */
  edgeSpaces: number;
  /** Whether each accepted row's `line_no` is its own among those of its invoice, customer and country. */
  isNumbered: boolean;
}>;

/**
 * Yields the acceptable rows for `COPY … FROM STDIN (FORMAT binary)` on a connection whose client encoding is the evidence's: the columns
 * that are asked for, of the types in `copyTypes`. Returns what it did:
 *
 *     await pipeline(async function* () { judgement = yield* judgeRows(…) }, copyStream)
 *
 * Throws FILE_DAMAGED where the file is no longer the one that was inspected.
 */
export async function* judgeRows(
  evidence: FileEvidence,
  options: JudgeOptions,
): AsyncGenerator<Buffer, Judgement, undefined> {
  let accepted = 0;
  let rejected = 0;
  let bytesRead = 0;
  const hash = createHash("sha256");
  let full: Buffer[] = [];
  let rejects: Reject[] = [];
  const judge = createRowJudge(evidence, {
    columns: options.columns,
    customerIdOf: options.customerIdOf,
    onFull: (chunk) => full.push(chunk),
  });

  function onRow(row: ScannedRow): void {
    if (judge.accept(row)) {
      accepted++;
      return;
    }
    rejected++;
    rejects.push({
      line: row.line,
      column: evidence.header[judge.refusal.column] ?? null,
      code: judge.refusal.code,
      raw: rawText(row, evidence),
    });
  }
  const isSheet = evidence.source.format === "XLSX";
  const scanner = createRowScanner({
    countsBreaks: !isSheet,
    delimiter: evidence.delimiter,
    onHeader: () => evidence.header.length,
    onRow,
  });

  const file = await openText(evidence.path, {
    utf16: evidence.source.utf16,
    sheet: evidence.source.sheet ?? undefined,
    chunkBytes: options.chunkBytes,
    onBytes: (chunk) => {
      hash.update(chunk);
      bytesRead += chunk.length;
    },
  });
  async function* settle(): AsyncGenerator<Buffer, void, undefined> {
    const [chunks, refused] = [full, rejects];
    full = [];
    rejects = [];
    for (const reject of refused) {
      const waiting = options.onReject(reject);
      if (waiting !== undefined) await waiting;
    }
    yield* chunks;
    options.onProgress?.(...file.progress(), accepted + rejected);
  }

  try {
    yield copyHeader;
    for await (const chunk of file.chunks) {
      scanner.feed(chunk);
      yield* settle();
    }
  } finally {
    await file.close();
  }
  scanner.end();
  const rest = judge.take();
  if (rest !== undefined) full.push(rest);
  yield* settle();

  if (hash.digest("hex") !== evidence.sha256 || accepted + rejected !== evidence.rows) {
    throw new Consumer360Error("FILE_DAMAGED", `${evidence.path} changed while it was being read`, {
      remedy: "Load it again when it is no longer being written",
    });
  }
  yield copyTrailer;
  return { accepted, rejected, bytesRead, ...judge.found() };
}

function rawText(row: ScannedRow, { encoding }: FileEvidence): string {
  const text = decodeText(row.bytes.subarray(row.start, row.end), encoding);
  return row.end - row.start === row.length ? text : `${text}… [cut: the line is ${row.length} bytes long]`;
}
