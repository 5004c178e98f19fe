// The stable ids of customers who have only a name: the same for every spelling of it that differs in case, in width or in white
// space alone.
import type { FileEncoding } from "../read/createEncodingEvidence.ts";
import { decodeText } from "../read/decodeText.ts";

/** So many names are remembered at a time. */
const remembered = 50_000;

/** What is left of a name when it is compared: compatible letters made one, white space collapsed, case folded. */
export function normalizeCustomerName(name: string): string {
  const spaced = name.normalize("NFKC").replace(/[\s\u0085\ufeff]+/g, " ");
  return spaced.toUpperCase().toLowerCase().normalize("NFKC").trim();
}

/** The id of the name in these bytes; `customerIdOf` makes it from the normalised name. */
export function createCustomerIds(
  encoding: FileEncoding,
  customerIdOf: (name: string) => string,
): (bytes: Buffer, from: number, to: number) => Buffer {
  const known = new Map<string, Buffer>();
  return (bytes, from, to) => {
    const raw = bytes.toString("latin1", from, to);
    const found = known.get(raw);
    if (found !== undefined) return found;
    const name = normalizeCustomerName(decodeText(bytes.subarray(from, to), encoding));
    const id = Buffer.from(name === "" ? "" : customerIdOf(name), "latin1");
    if (known.size >= remembered) known.clear();
    known.set(raw, id);
    return id;
  };
}
