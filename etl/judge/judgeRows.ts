// The second pass over a file: acceptable rows out as input for COPY, rejected ones apart, in constant memory.
import { createHash } from "node:crypto";
import { Consumer360Error } from "../../src/kernel/errors.ts";
import { createRowScanner, type ScannedRow } from "../read/createRowScanner.ts";
import { decodeText } from "../read/decodeText.ts";
import type { FileEvidence } from "../read/inspectFile.ts";
import { openBytes } from "../read/openBytes.ts";
import { createRowJudge } from "./createRowJudge.ts";
import type { DateOrder } from "./decideDateOrder.ts";
import type { Reject } from "./rejectCodes.ts";

export type JudgeOptions = {
  readonly dateOrder: DateOrder;
  /** Gets the rejected rows in file order; reading waits for it. */
  readonly onReject: (reject: Reject) => void | Promise<void>;
  readonly onProgress?: ((bytesRead: number, bytesTotal: number) => void) | undefined;
  /** How many bytes are read at a time. */
  readonly chunkBytes?: number | undefined;
};

export type Judgement = { readonly accepted: number; readonly rejected: number; readonly bytesRead: number };

/**
 * Yields the acceptable rows for `COPY … FROM STDIN (FORMAT csv, ENCODING …)` with the evidence's encoding: the line on
 * which the row starts, its position in its run of accepted rows with the same invoice, customer and country, then the
 * layout's columns in file order, each row ended by a line feed. Returns what it did:
 *
 *     await pipeline(async function* () { judgement = yield* judgeRows(…) }, copyStream)
 *
 * Throws FILE_DAMAGED where the file is no longer the one that was inspected.
 */
export async function* judgeRows(
  path: string,
  evidence: FileEvidence,
  options: JudgeOptions,
): AsyncGenerator<Buffer, Judgement, undefined> {
  let accepted = 0;
  let rejected = 0;
  let bytesRead = 0;
  const hash = createHash("sha256");
  let full: Buffer[] = [];
  let rejects: Reject[] = [];
  const judge = createRowJudge(evidence, options.dateOrder, (chunk) => full.push(chunk));

  function onRow(row: ScannedRow): void {
    if (judge.accept(row)) {
      accepted++;
      return;
    }
    rejected++;
    rejects.push({
      line: row.line,
      column: evidence.header[judge.refusal.field] ?? null,
      code: judge.refusal.code,
      raw: rawText(row, evidence),
    });
  }
  const scanner = createRowScanner({ onHeader: () => evidence.columns.length, onRow });

  const file = await openBytes(path, {
    ...(options.chunkBytes === undefined ? {} : { chunkBytes: options.chunkBytes }),
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
    options.onProgress?.(bytesRead, file.bytes);
  }

  for await (const chunk of file.chunks) {
    scanner.feed(chunk);
    yield* settle();
  }
  scanner.end();
  const rest = judge.take();
  if (rest !== undefined) full.push(rest);
  yield* settle();

  if (hash.digest("hex") !== evidence.sha256 || accepted + rejected !== evidence.rows) {
    throw new Consumer360Error("FILE_DAMAGED", `${path} changed while it was being read`, {
      remedy: "Load it again when it is no longer being written",
    });
  }
  return { accepted, rejected, bytesRead };
}

function rawText(row: ScannedRow, { encoding }: FileEvidence): string {
  const text = decodeText(row.bytes.subarray(row.start, row.end), encoding);
  return row.end - row.start === row.length ? text : `${text}… [cut: the line is ${row.length} bytes long]`;
}
