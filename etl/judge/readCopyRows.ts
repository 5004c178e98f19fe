// Reads what the judge wrote for COPY back into texts: for whoever shows rows as they would be loaded.
import type { FileEncoding } from "../read/createEncodingEvidence.ts";
import { decodeText } from "../read/decodeText.ts";
import { type CopyType, copyTypes, type JudgedColumn } from "./judgedColumns.ts";
import { copyHeader } from "./writeCopy.ts";

export type CopyRow = readonly (string | null)[];

/** Up to `most` of the whole rows at the beginning of COPY's input; a NULL is null. */
export function readCopyRows(
  bytes: Buffer,
  columns: readonly JudgedColumn[],
  encoding: FileEncoding,
  most = Number.POSITIVE_INFINITY,
): CopyRow[] {
  const rows: CopyRow[] = [];
  let at = copyHeader.length;
  while (rows.length < most && at + 2 <= bytes.length && bytes.readInt16BE(at) === columns.length) {
    at += 2;
    const row = columns.map((column) => {
      const length = bytes.readInt32BE(at);
      at += 4;
      if (length < 0) return null;
      const value = bytes.subarray(at, at + length);
      at += length;
      return textOf(value, copyTypes[column], encoding);
    });
    rows.push(row);
  }
  return rows;
}

function textOf(value: Buffer, type: CopyType, encoding: FileEncoding): string {
  switch (type) {
    case "text":
      return decodeText(value, encoding);
    case "boolean":
      return value[0] === 1 ? "t" : "f";
    case "int4":
      return String(value.readInt32BE());
    case "int8":
      return String(value.readBigInt64BE());
    case "timestamp":
      return timestampText(value);
    case "numeric":
      return numericText(value);
  }
}

/** `YYYY-MM-DD HH:MM:SS` */
function timestampText(value: Buffer): string {
  const milliseconds = Number(value.readBigInt64BE() / 1000n) + Date.UTC(2000, 0, 1);
  return new Date(milliseconds).toISOString().slice(0, 19).replace("T", " ");
}

function numericText(value: Buffer): string {
  const [count, weight, sign, scale] = [0, 2, 4, 6].map((offset) => value.readInt16BE(offset)) as [
    number,
    number,
    number,
    number,
  ];
  const groups = Array.from({ length: count }, (_, k) => String(value.readInt16BE(8 + 2 * k)).padStart(4, "0"));
  const digits = groups.join("").padEnd((weight + 1) * 4, "0");
  const whole = digits.slice(0, Math.max(0, weight + 1) * 4).replace(/^0+(?=\d)/, "") || "0";
  const fraction = ("0".repeat(Math.max(0, -(weight + 1)) * 4) + digits.slice(Math.max(0, weight + 1) * 4))
    .padEnd(scale, "0")
    .slice(0, scale);
  return `${sign === 0 ? "" : "-"}${whole}${scale === 0 ? "" : `.${fraction}`}`;
}
