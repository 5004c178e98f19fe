// Writes the sample's rows as bytes. What the lines of an invoice share is put together once per invoice and copied;
// no string is made per row.
import { csvField, type Products, priceIndex, priceText } from "./inventProducts.ts";

type RowWriter = {
  /** Sets what the following rows share; `customer` 0 writes none. */
  readonly invoice: (mark: "" | "A" | "C", number: number, customer: number, country: string) => void;
  /** Sets the time of the following invoices. */
  readonly time: (day: string, minute: number) => void;
  readonly product: (edition: number, quantity: number, tier: number) => void;
  /** A row that is not one of the range, or not under its name; the price in tenths of a penny. */
  readonly other: (code: string, description: string, quantity: number, price: number) => void;
  /** How many bytes wait. */
  readonly size: () => number;
  /** The bytes written since the last call. */
  readonly take: () => Buffer;
};

const comma = 44;

export function createRowWriter(products: Products, header: string, capacity: number): RowWriter {
  const { text, textAt, price, priceAt } = products;
  const head = Buffer.alloc(32);
  const stamp = Buffer.alloc(32);
  const tail = Buffer.alloc(96);
  /** The ends of rows, by country. */
  const endings = new Map<string, Uint8Array>();
  let headEnd = 0;
  let stampEnd = 0;
  let tailEnd = 0;
  let bytes = Buffer.allocUnsafe(capacity);
  let at = bytes.write(header, "utf8");

  return {
    invoice: (mark, number, customer, country) => {
      if (mark !== "") head[0] = mark === "A" ? 65 : 67;
      headEnd = writeInteger(number, head, mark === "" ? 0 : 1);
      head[headEnd] = comma;
      headEnd += 1;
      tail[0] = comma;
      tailEnd = customer === 0 ? 1 : writeInteger(customer, tail, 1);
      let ending = endings.get(country);
      if (ending === undefined) {
        ending = Buffer.from(`,${csvField(country)}\n`, "utf8");
        endings.set(country, ending);
      }
      tailEnd = copy(ending, 0, ending.length, tail, tailEnd);
    },
    time: (day, minute) => {
      const past = minute % 60;
      stampEnd = stamp.write(`,${day} ${Math.floor(minute / 60)}:${past < 10 ? "0" : ""}${past},`, "latin1");
    },
    product: (edition, quantity, tier) => {
      const priced = priceIndex(edition, tier);
      let end = copy(head, 0, headEnd, bytes, at);
      end = copy(text, textAt[edition] as number, textAt[edition + 1] as number, bytes, end);
      end = writeInteger(quantity, bytes, end);
      end = copy(stamp, 0, stampEnd, bytes, end);
      end = copy(price, priceAt[priced] as number, priceAt[priced + 1] as number, bytes, end);
      at = copy(tail, 0, tailEnd, bytes, end);
    },
    other: (code, description, quantity, tenths) => {
      let end = copy(head, 0, headEnd, bytes, at);
      end += bytes.write(`${code},${csvField(description)},${quantity}`, end, "utf8");
      end = copy(stamp, 0, stampEnd, bytes, end);
      end += bytes.write(tenths === 0 ? "0" : priceText(tenths), end, "latin1");
      at = copy(tail, 0, tailEnd, bytes, end);
    },
    size: () => at,
    take: () => {
      const taken = bytes.subarray(0, at);
      bytes = Buffer.allocUnsafe(capacity);
      at = 0;
      return taken;
    },
  };
}

// For a dozen bytes a loop is quicker than a call into the engine.
function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  let target = at;
  for (let source = start; source < end; source += 1) {
    to[target] = from[source] as number;
    target += 1;
  }
  return target;
}

function writeInteger(value: number, to: Uint8Array, at: number): number {
  let start = at;
  let rest = value;
  if (rest < 0) {
    to[start] = 45;
    start += 1;
    rest = -rest;
  }
  let digits = 1;
  for (let limit = 10; rest >= limit; limit *= 10) digits += 1;
  for (let place = start + digits - 1; place >= start; place -= 1) {
    to[place] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return start + digits;
}
