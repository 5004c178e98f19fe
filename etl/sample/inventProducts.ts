// The sample's range of goods: collections of things that are bought together, a few best sellers and a long tail,
// winter goods, launches and withdrawals, renamed and repriced ones. Kept as bytes that a row can be copied from.
import { addMonths, type Month } from "../../src/kernel/calendar.ts";
import type { Random } from "./createRandom.ts";
import { finishes, themes, things, winterThemes } from "./productWords.ts";

/** Goods of one collection follow each other: `collection` of them, from a multiple of it. */
export const collection = 20;
/** How many entries a table of popularity has; a power of two, so that random bits can pick one. */
export const shelfLength = 32_768;

/** The prices that a product is sold at. */
export const priceTier = Object.freeze({ list: 0, trade: 1, retail: 2, free: 3 });
const tiers = 4;

/** Each product has two editions, 2 × its number and the one after it: before and after its change of name or price. */
export type Products = {
  readonly count: number;
  /** Per edition: `StockCode,Description,` and, per edition and tier, `UnitPrice`. */
  readonly text: Uint8Array;
  readonly textAt: Int32Array;
  readonly price: Uint8Array;
  readonly priceAt: Int32Array;
  readonly code: readonly string[];
  /** 0 for what is bought by the dozen to 3 for what is bought singly. */
  readonly priceBand: Uint8Array;
  /** The products that are on sale all the time, as often as they are popular. */
  readonly staples: Uint16Array;
  /** What is on sale in a month, counted from the first. */
  readonly stock: (month: number) => Shelf;
};

export type Shelf = {
  /** Product numbers, each as often as it is popular this month. */
  readonly popular: Uint16Array;
  readonly onSale: Uint8Array;
  readonly edition: Uint16Array;
};

// In tenths of a penny, as all prices here: three decimals occur.
const ladder = [
  190, 210, 290, 390, 420, 550, 650, 790, 850, 1050, 1250, 1450, 1650, 1950, 2100, 2550, 2950, 3250, 3750, 4250, 4950,
  5950, 6750, 7950, 8500, 9950, 12750, 14950, 16950, 19950, 24950, 29950, 39950, 49950,
] as const;
const winterDemand = [4, 1, 1, 1, 1, 2, 6, 16, 40, 70, 90, 60] as const;

/** A price in tenths of a penny, as the file writes it. */
export function priceText(tenths: number): string {
  const sign = tenths < 0 ? "-" : "";
  const size = Math.abs(tenths);
  const fraction = String(size % 1000).padStart(3, "0");
  return `${sign}${Math.floor(size / 1000)}.${fraction.endsWith("0") ? fraction.slice(0, 2) : fraction}`;
}

export function csvField(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The rung of the ladder that is nearest below `tenths`. */
function rungOf(tenths: number): number {
  let rung = 0;
  while (rung + 1 < ladder.length && (ladder[rung + 1] as number) <= tenths) rung += 1;
  return rung;
}

function renamed(name: string): string {
  if (name.startsWith("SET OF ")) return name.replace("SET OF ", "SET/");
  if (name.startsWith("PACK OF ")) return name.replace("PACK OF ", "PK/");
  return `${name} NEW DESIGN`;
}

export function inventProducts(count: number, from: Month, months: number, random: Random): Products {
  const { below } = random;
  const rank = shuffledRanks(count, random);
  const weight = new Float64Array(count);
  const winter = new Uint8Array(count);
  const launch = new Uint16Array(count);
  const withdrawal = new Uint16Array(count);
  const change = new Uint16Array(count);
  const priceBand = new Uint8Array(count);
  const code: string[] = [];
  const texts: string[] = [];
  const prices: string[] = [];

  let paired = false;
  for (let product = 0; product < count; product += 1) {
    const family = Math.floor(product / collection);
    const finish = finishes[family % finishes.length] as string;
    const theme = themes[(family + 3 * Math.floor(family / finishes.length)) % themes.length] as string;
    const [thing, pence] = things[(family * 11 + (product % collection) * 7) % things.length] as readonly [
      string,
      number,
    ];
    const name = thing.replace("*", `${finish} ${theme}`);

    weight[product] = Math.floor(4_000_000 / ((rank[product] as number) + 25));
    winter[product] = winterThemes.includes(theme) ? 1 : 0;
    launch[product] = below(4) === 0 ? below(months) : 0;
    withdrawal[product] = below(9) === 0 ? (launch[product] as number) + 3 + below(months) : months;
    change[product] = below(2) === 0 ? 1 + below(months) : months;

    if (product % 2 === 0) paired = below(10) === 0 && product + 1 < count;
    const number = 10_001 + 19 * (paired ? product - (product % 2) : product);
    code.push(paired ? `${number}${product % 2 === 0 ? "A" : "B"}` : String(number));

    const rung = rungOf((pence * 10 * (85 + below(40))) / 100);
    // A few goods are priced per thousand.
    const odd = product % 211 === 17 ? 5 : 0;
    const raised = below(5) < 3 ? 1 : 0;
    const rename = below(8) === 0;
    priceBand[product] = rung < 9 ? 0 : rung < 15 ? 1 : rung < 22 ? 2 : 3;
    for (let edition = 0; edition < 2; edition += 1) {
      const step = Math.min(ladder.length - 1, rung + edition * raised);
      const list = (ladder[step] as number) + odd;
      const trade = (ladder[Math.max(0, step - 1)] as number) + odd;
      texts.push(`${code[product]},${csvField(edition === 1 && rename ? renamed(name) : name)},`);
      prices.push(priceText(list), priceText(trade), priceText(Math.floor((list * 166) / 1000) * 10), "0");
    }
  }

  const text = packed(texts);
  const price = packed(prices);
  const steady = (product: number) =>
    launch[product] === 0 && (withdrawal[product] as number) >= months && winter[product] === 0;
  const staples = new Uint16Array(shelfLength);
  fillByWeight(staples, count, (product) => (steady(product) || product === 0 ? (weight[product] as number) : 0));

  const popular = new Uint16Array(shelfLength);
  const onSale = new Uint8Array(count);
  const edition = new Uint16Array(count);
  const stock = (month: number): Shelf => {
    const demand = winterDemand[Number(addMonths(from, month).slice(5)) - 1] as number;
    for (let product = 0; product < count; product += 1) {
      const selling =
        product === 0 || ((launch[product] as number) <= month && month < (withdrawal[product] as number));
      onSale[product] = selling ? 1 : 0;
      edition[product] = 2 * product + (month >= (change[product] as number) ? 1 : 0);
    }
    fillByWeight(popular, count, (product) =>
      onSale[product] === 0 ? 0 : (weight[product] as number) * (winter[product] === 1 ? demand : 12),
    );
    return { popular, onSale, edition };
  };
  return {
    count,
    text: text.bytes,
    textAt: text.at,
    price: price.bytes,
    priceAt: price.at,
    code,
    priceBand,
    staples,
    stock,
  };
}

/** Where an edition's price at a tier stands in `priceAt`. */
export function priceIndex(edition: number, tier: number): number {
  return edition * tiers + tier;
}

function shuffledRanks(count: number, { below }: Random): Uint16Array {
  const ranks = Uint16Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index -= 1) {
    const other = below(index + 1);
    const held = ranks[index] as number;
    ranks[index] = ranks[other] as number;
    ranks[other] = held;
  }
  return ranks;
}

function packed(parts: readonly string[]): { bytes: Uint8Array; at: Int32Array } {
  const at = new Int32Array(parts.length + 1);
  const buffers = parts.map((part) => Buffer.from(part, "utf8"));
  buffers.forEach((buffer, index) => {
    at[index + 1] = (at[index] as number) + buffer.length;
  });
  return { bytes: new Uint8Array(Buffer.concat(buffers)), at };
}

/** Gives each product its share of the table's entries. */
function fillByWeight(table: Uint16Array, count: number, weightOf: (product: number) => number): void {
  let total = 0;
  for (let product = 0; product < count; product += 1) total += weightOf(product);
  let passed = 0;
  let entry = 0;
  for (let product = 0; product < count; product += 1) {
    passed += weightOf(product);
    const until = Math.round((passed * table.length) / total);
    while (entry < until) {
      table[entry] = product;
      entry += 1;
    }
  }
}
