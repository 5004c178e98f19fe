// The generated sample: a retailer's transaction file in the online-retail layout, made from a seed. A newcomer meets
// it first, and benchmarks run on it at large sizes; so it is shaped like a real one and streams in constant memory.
import { isMonth, type Month } from "../../src/kernel/calendar.ts";
import { createOrderBook, drawMinute, type OrderBook } from "./createOrderBook.ts";
import { createRandom } from "./createRandom.ts";
import { createRowWriter } from "./createRowWriter.ts";
import { inventCustomers, nowhere, usualLinesPerCustomer } from "./inventCustomers.ts";
import { collection, inventProducts, priceTier, type Shelf, shelfLength } from "./inventProducts.ts";
import { sampleCountries } from "./sampleCountries.ts";
import { type TradingDays, tradingDays } from "./tradingDays.ts";

export type SampleOptions = {
  /** The same options give the same bytes. A whole number. */
  seed: number;
  /** Data rows, not counting the header. */
  lines: number;
  months: number;
  /** The first month; the last one stops on its 20th. */
  from: Month;
  /** Customers with a number; where more lines are asked of as many customers, orders get more frequent and larger. */
  customers?: number;
};

export const defaultSample: Readonly<SampleOptions> = Object.freeze({
  seed: 360,
  lines: 60_000,
  months: 24,
  from: "2023-11" as Month,
});

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
const mostCustomers = 200_000;
const chunkSize = 128 * 1024;
/** Longer orders are written as several invoices, so that one always fits what is left of a chunk. */
const longestInvoice = 400;
const chunkCapacity = chunkSize + 128 * 1024;
const firstInvoice = 300_001;

// Usual quantities, by price band.
const packs = [
  [2, 4, 6, 6, 8, 10, 12, 12, 12, 12, 16, 20, 24, 24, 36, 48],
  [1, 2, 3, 4, 6, 6, 6, 6, 8, 10, 12, 12, 12, 12, 24, 24],
  [1, 1, 2, 2, 2, 3, 4, 4, 4, 6, 6, 6, 6, 8, 12, 12],
  [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4, 4, 6],
] as const;
const packTable = Uint8Array.from(packs.flat());
const singles = Uint8Array.from([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 6, 10]);
/** From this quantity on, by price band, the trade price holds. */
const tradeFrom = Uint8Array.from([48, 24, 12, 6]);

const guestCountries = ["Germany", "France", "EIRE", "Hong Kong", "Unspecified"] as const;
const writeOffReasons = [
  "damaged",
  "found",
  "",
  "check",
  "damaged",
  "",
  "lost in store",
  "damages, wet",
  "",
  "?",
] as const;

/** A credit note that waits for its day. */
type Return = {
  readonly minute: number;
  readonly customer: number;
  readonly country: string;
  /** Edition, quantity and price tier of each line in turn. */
  readonly goods: readonly number[];
};

/** Streams the file in chunks of some 128 KiB; constant memory whatever `lines` is. */
export function* generateSample(options: SampleOptions): Generator<Buffer> {
  const { seed, lines, months, from, customers } = checked(options);
  const pace = Math.min(16, Math.max(1 / 16, Math.sqrt(lines / (customers * usualLinesPerCustomer))));
  const productCount = collection * Math.min(200, Math.max(20, Math.round(lines / (40 * collection))));
  const days = tradingDays(from, months);
  const products = inventProducts(productCount, from, months, createRandom(seed, 1));
  const buyers = inventCustomers(customers, from, days, createRandom(seed, 2));
  const openBook = () => createOrderBook(days, buyers, pace, createRandom(seed, 3));
  const { bits, below } = createRandom(seed, 4);
  const writer = createRowWriter(products, header, chunkCapacity);

  // The book is drawn twice: once to learn its size, so that each order then gets its exact share of the lines. Every
  // order has at least one, so that no customer is missing, unless very few lines are asked for.
  const whole = sizeOf(openBook(), days);
  const linesPerOrder = whole.orders * 1.2 <= lines ? 1 : 0;
  const linesPerWeight = (lines - linesPerOrder * whole.orders) / whole.weight;
  const book = openBook();

  const returns: Return[][] = Array.from({ length: days.count }, () => []);
  /** Orders of the few customers with two countries. */
  const sentBefore = new Map<number, number>();
  const lastSeen = new Int32Array(products.count);
  let shelf: Shelf = products.stock(0);
  let day = 0;
  let minute = 0;
  let nextInvoice = firstInvoice;
  let adjustments = 0;
  let formerReturns = 0;
  let untilTwice = 300;
  let untilGift = 3000;
  let untilManual = 400;
  let product = 0;

  const openInvoice = (mark: "" | "A" | "C", customer: number, country: string) => {
    writer.invoice(mark, nextInvoice, customer, country);
    nextInvoice += 1;
  };

  /** The next product for a buyer: of the same collection, an old favourite, or whatever sells. */
  const pickProduct = (buyer: number, lot: number): number => {
    const popular = shelf.popular[lot & (shelfLength - 1)] as number;
    const route = (lot >>> 19) & 63;
    if (route < 20) {
      const sibling = product - (product % collection) + ((product + 1 + ((lot >>> 25) & 7)) % collection);
      return shelf.onSale[sibling] === 1 ? sibling : popular;
    }
    if (route >= 36 || buyer >= customers) return popular;
    const favourite = (Math.imul(buyer, 0x9e3779b1) ^ Math.imul((lot >>> 25) & 15, 0x85ebca6b)) >>> 9;
    return products.staples[favourite & (shelfLength - 1)] as number;
  };

  /** Writes `count` lines of goods and, where a return will follow, notes them. */
  const writeGoods = (buyer: number, count: number, noted: number[] | null) => {
    const guest = buyer >= customers;
    const bulk = buyers.bulk[buyer] as number;
    product = shelf.popular[bits() & (shelfLength - 1)] as number;
    for (let line = 0; line < count; line += 1) {
      let lot = bits();
      let picked = pickProduct(buyer, lot);
      for (let attempt = 0; attempt < 3 && lastSeen[picked] === nextInvoice; attempt += 1) {
        lot = bits();
        picked = attempt === 0 ? pickProduct(buyer, lot) : (shelf.popular[lot & (shelfLength - 1)] as number);
      }
      lastSeen[picked] = nextInvoice;
      product = picked;
      const edition = shelf.edition[picked] as number;
      const band = products.priceBand[picked] as number;
      const pack = (lot >>> 15) & 15;
      let quantity = guest ? (singles[pack] as number) : (packTable[band * 16 + pack] as number) * bulk;
      let tier: number = guest
        ? priceTier.retail
        : quantity >= (tradeFrom[band] as number)
          ? priceTier.trade
          : priceTier.list;
      untilGift -= 1;
      if (untilGift <= 0 && !guest) {
        untilGift = 4000 + below(8000);
        quantity = 1 + below(3);
        tier = priceTier.free;
      }
      writer.product(edition, quantity, tier);
      if (noted !== null && tier !== priceTier.free) noted.push(edition, quantity, tier);
      untilTwice -= 1;
      if (untilTwice <= 0 && line + 1 < count && tier !== priceTier.free) {
        untilTwice = 250 + below(500);
        writer.product(edition, quantity, tier);
        line += 1;
      }
    }
  };

  /** Sets some of an order's lines aside for a credit note on a later day, and says how many. */
  const linesToReturn = (count: number, oneIn: number): number =>
    below(oneIn) === 0 ? Math.min(Math.floor(count / 2), 50, Math.floor((count * 15 + below(100)) / 100)) : 0;

  /** An order's goods, and the return of some of them, in `count` lines together. */
  const writeOrder = (buyer: number, customer: number, country: string, count: number, returned: number) => {
    const returnDay = day + 1 + below(below(4) === 0 ? 40 : 12);
    const later = returnDay < days.count ? returned : 0;
    const goods = count - later;
    const noted: number[] | null = later > 0 ? [] : null;
    writeGoods(buyer, goods, noted);
    if (noted === null) return;
    const kept: number[] = [];
    for (let nth = 0; nth < later; nth += 1) {
      const at = 3 * Math.floor((nth * noted.length) / (3 * later));
      const quantity = noted[at + 1] ?? 1;
      kept.push(noted[at] ?? 0, below(3) > 0 ? quantity : 1 + below(quantity), noted[at + 2] ?? 0);
    }
    returns[returnDay]?.push({ minute: drawMinute({ bits, below }), customer, country, goods: kept });
  };

  const writeCustomerOrder = (buyer: number, count: number) => {
    let home = buyers.country[buyer] as number;
    if (buyers.elsewhere[buyer] !== nowhere) {
      const before = sentBefore.get(buyer) ?? 0;
      sentBefore.set(buyer, before + 1);
      if (before % 3 === 1) home = buyers.elsewhere[buyer] as number;
    }
    const { name = "", freight = null } = sampleCountries[home] ?? {};
    const customer = buyers.id[buyer] as number;
    openInvoice("", customer, name);
    let goods = count;
    if (freight !== null && goods > 2 && below(2) === 0) {
      if (freight === "POST") writer.other("POST", "POSTAGE", 1 + below(3), 18_000);
      else writer.other("C2", "CARRIAGE", 1, 50_000);
      goods -= 1;
    }
    untilManual -= goods;
    if (untilManual <= 0 && goods > 2) {
      untilManual = 500 + below(700);
      writer.other("M", "Manual", 1, 10 * (100 + below(9000)));
      goods -= 1;
    }
    writeOrder(buyer, customer, name, goods, linesToReturn(goods, 6));
  };

  /** A guest's order, with what the shop itself books on the same day: write-offs, fees, bad debt. */
  const writeTillOrder = (till: number, count: number) => {
    let goods = count;
    const home = "United Kingdom";
    if (adjustments < 3 && goods > 1 && written > lines * 0.55) {
      openInvoice("A", 0, home);
      writer.other("B", "Adjust bad debt", 1, adjustments === 0 ? 4_318_620 : -4_318_620);
      adjustments += 1;
      goods -= 1;
    }
    const former = buyers.former[formerReturns];
    if (former !== undefined && goods > 1) {
      formerReturns += 1;
      openInvoice("C", former, home);
      writer.product(shelf.edition[below(products.count)] as number, -1 - below(12), priceTier.list);
      goods -= 1;
    }
    for (let left = Math.floor((goods * 24 + below(1000)) / 1000); left > 0 && goods > 1; left -= 1, goods -= 1) {
      openInvoice("", 0, home);
      const code = products.code[shelf.popular[below(shelfLength)] as number] ?? "";
      const reason = writeOffReasons[below(writeOffReasons.length)] ?? "";
      writer.other(code, reason, reason === "found" || below(6) === 0 ? 1 + below(60) : -1 - below(90), 0);
    }
    for (let left = Math.floor((goods * 6 + below(1000)) / 1000); left > 0 && goods > 1; left -= 1, goods -= 1) {
      writeFee();
    }
    const name = below(100) < 94 ? home : (guestCountries[below(guestCountries.length)] ?? home);
    openInvoice("", 0, name);
    const side = below(8);
    if (goods > 3 && side < 3) {
      if (side < 2) writer.other("DOT", "DOTCOM POSTAGE", 1, 10 * (395 + below(1800)));
      else if (below(4) > 0) writer.other("gift_0001_20", "Gift Voucher £20.00", 1 + below(2), 16_670);
      else writer.other("PADS", "PADS TO MATCH ALL CUSHIONS", 1 + below(4), 1);
      goods -= 1;
    }
    writeOrder(till, 0, name, goods, linesToReturn(goods, 30));
  };

  const writeFee = () => {
    const lot = below(16);
    openInvoice(lot < 12 ? "C" : "", 0, "United Kingdom");
    if (lot < 3) writer.other("AMAZONFEE", "AMAZON FEE", -1, 10 * (9000 + below(40_000)));
    else if (lot < 6) writer.other("CRUK", "CRUK Commission", -1, 10 * (1500 + below(18_000)));
    else if (lot < 12) writer.other("S", "SAMPLES", -1, 10 * (300 + below(5000)));
    else writer.other("BANK CHARGES", "Bank Charges", 1, 15_000);
  };

  const writeReturn = ({ customer, country, goods }: Return) => {
    openInvoice("C", customer, country);
    for (let at = 0; at < goods.length; at += 3) {
      const lot = below(100);
      if (lot < 4) writer.other("D", "Discount", -1, 10 * (150 + below(4000)));
      else if (lot < 6) writer.other("M", "Manual", -1, 10 * (200 + below(6000)));
      else writer.product(goods[at] ?? 0, -(goods[at + 1] ?? 1), goods[at + 2] ?? 0);
    }
  };

  const setTime = (to: number) => {
    minute = to;
    writer.time(days.text[day] ?? "", minute);
  };

  let taken = 0;
  let weight = 0;
  let written = 0;
  for (day = 0; day < days.count; day += 1) {
    if (day > 0 && days.month[day] !== days.month[day - 1]) shelf = products.stock(days.month[day] as number);
    const orders = book.draw(day);
    const due = (returns[day] ?? []).sort((a, b) => a.minute - b.minute);
    returns[day] = [];
    let returned = 0;
    for (let order = 0; order <= orders.count; order += 1) {
      const time = order < orders.count ? (orders.minute[order] as number) : Number.POSITIVE_INFINITY;
      for (let next = due[returned]; next !== undefined && next.minute <= time; next = due[returned]) {
        setTime(next.minute);
        writeReturn(next);
        returned += 1;
        if (writer.size() >= chunkSize) yield writer.take();
      }
      if (order === orders.count) break;
      taken += 1;
      weight += orders.weight[order] as number;
      const target = linesPerOrder * taken + Math.round(weight * linesPerWeight);
      if (target > written) setTime(time);
      while (written < target) {
        const count = Math.min(longestInvoice, target - written);
        const buyer = orders.buyer[order] as number;
        if (buyer < customers) writeCustomerOrder(buyer, count);
        else writeTillOrder(buyer, count);
        written += count;
        if (writer.size() >= chunkSize) yield writer.take();
      }
    }
  }
  if (writer.size() > 0) yield writer.take();
}

function checked(options: SampleOptions): Required<SampleOptions> {
  const { seed, lines, months, from } = options;
  const customers =
    options.customers ?? Math.min(mostCustomers, Math.max(1, Math.round(lines / usualLinesPerCustomer)));
  const whole = (name: string, value: number, least: number, most: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw new RangeError(`The sample's ${name} must be a whole number from ${least} to ${most}, not ${value}.`);
  };
  whole("seed", seed, 0, 4_294_967_295);
  whole("lines", lines, 0, 1_000_000_000);
  whole("months", months, 1, 600);
  whole("customers", customers, 1, 5_000_000);
  if (!isMonth(from)) throw new RangeError(`The sample's first month must be YYYY-MM, not ${JSON.stringify(from)}.`);
  return { seed, lines, months, from, customers };
}

function sizeOf(book: OrderBook, days: TradingDays): { orders: number; weight: number } {
  let count = 0;
  let weight = 0;
  for (let day = 0; day < days.count; day += 1) {
    const orders = book.draw(day);
    count += orders.count;
    for (let order = 0; order < orders.count; order += 1) weight += orders.weight[order] as number;
  }
  return { orders: count, weight };
}
