// The sample's buyers: when each was won, how often and how much it buys, when it stops, and where it lives; all
// independent of how many lines are asked for. Behind the customers stand the tills, at which guests buy unnamed.
import { addMonths, type Month } from "../../src/kernel/calendar.ts";
import type { Random } from "./createRandom.ts";
import { countryNamed, sampleCountries } from "./sampleCountries.ts";
import { calendarDay, dayAt, type TradingDays } from "./tradingDays.ts";

/** Columns by buyer; those from `customers` on are tills. Times are on the shop's clock. */
export type Buyers = {
  readonly count: number;
  readonly customers: number;
  /** First order. */
  readonly joins: Float64Array;
  /** No order after this. */
  readonly leaves: Float64Array;
  readonly interval: Float64Array;
  /** Usual lines per order. */
  readonly basket: Uint16Array;
  /** How many times the usual quantity it takes. */
  readonly bulk: Uint8Array;
  readonly country: Uint8Array;
  /** The other country that some of its orders go to, or `nowhere`. */
  readonly elsewhere: Uint8Array;
  /** Its number in the file; 0 for a till. */
  readonly id: Int32Array;
  /** The numbers of customers who bought only before the file begins, and give something back in it. */
  readonly former: readonly number[];
};

export const nowhere = 255;

/** Lines per customer at which buyers keep their usual pace, guests' lines included. */
export const usualLinesPerCustomer = 75;

// Of those won in each calendar month, from January: how long they stay, in percent of the usual.
const staying = [120, 115, 105, 110, 95, 90, 80, 75, 105, 95, 65, 45] as const;
// Quantiles of the exponential distribution with mean 100.
const waiting = [
  2, 5, 8, 12, 15, 19, 23, 27, 31, 35, 40, 45, 50, 55, 60, 66, 73, 79, 86, 94, 102, 111, 121, 133, 145, 159, 176, 197,
  222, 255, 306, 416,
] as const;
const baskets = [3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12, 14, 16, 19, 24, 33] as const;

/** From the rarest: how many buyers of 1,000, interval and stay in calendar days, and the quantities they take. */
const kinds = Object.freeze([
  { name: "keen", of1000: 75, interval: [16, 34], stay: 620, bulk: [1, 1, 1, 1, 1, 2, 2, 3] },
  { name: "regular", of1000: 335, interval: [32, 80], stay: 500, bulk: [1, 1, 1, 1, 1, 1, 2, 2] },
  { name: "occasional", of1000: 410, interval: [70, 160], stay: 460, bulk: [1, 1, 1, 1, 1, 1, 2, 2] },
  { name: "one-time", of1000: 180, interval: [1, 1], stay: 0, bulk: [1, 1, 1, 1, 1, 1, 1, 2] },
] as const);
const keenKind = 0;
const oneTimeKind = 3;
/** Big wholesale customers: one in so many. */
const wholesaleEvery = 200;
const wholesaleHomes = [
  "United Kingdom",
  "Netherlands",
  "United Kingdom",
  "United Kingdom",
  "EIRE",
  "Australia",
] as const;
const foundersOf100 = 34;
const customersPerTill = 11;

export function inventCustomers(customers: number, from: Month, days: TradingDays, random: Random): Buyers {
  const { below } = random;
  const count = customers + Math.ceil(customers / customersPerTill);
  const end = days.opens[days.count] as number;
  const buyers: Buyers = {
    count,
    customers,
    joins: new Float64Array(count),
    leaves: new Float64Array(count),
    interval: new Float64Array(count),
    basket: new Uint16Array(count),
    bulk: new Uint8Array(count),
    country: new Uint8Array(count),
    elsewhere: new Uint8Array(count).fill(nowhere),
    id: customerIds(customers, count),
    former: Array.from({ length: Math.floor(customers / 100) }, (_, nth) => firstId(customers) + customers + 3 * nth),
  };
  const draw = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  const monthAt = (clock: number) => days.month[dayAt(days, clock)] as number;
  const months = (days.month[days.count - 1] as number) + 1;
  const calendarMonths = Array.from({ length: months }, (_, month) => Number(addMonths(from, month).slice(5)) - 1);
  // Some months' campaigns win more customers, and some win better ones.
  const won = Array.from({ length: months }, () => 60 + below(40));
  const stays = calendarMonths.map((month) => (staying[month] as number) + below(31) - 15);
  const steady: number[] = [];

  for (let buyer = 0; buyer < customers; buyer += 1) {
    const wholesale = buyer % wholesaleEvery === wholesaleEvery / 2;
    const founder = wholesale || below(100) < foundersOf100;
    let joins = below(1_000_000) * (end / 1_000_000);
    for (let attempt = 0; attempt < 6 && below(100) >= (won[monthAt(joins)] as number); attempt += 1) {
      joins = below(1_000_000) * (end / 1_000_000);
    }
    const quality = founder ? 110 : (stays[monthAt(joins)] as number);
    // Those won in poor months are one-time buyers more often.
    let lot = below(1000 + Math.max(0, 100 - quality) * 4 - (founder ? 150 : 0));
    let kind = 0;
    while (kind < oneTimeKind && lot >= (kinds[kind]?.of1000 ?? 0)) {
      lot -= kinds[kind]?.of1000 ?? 0;
      kind += 1;
    }
    const { interval, stay, bulk } = kinds[kind] as (typeof kinds)[number];
    const every = (interval[0] + below(interval[1] - interval[0] + 1)) * calendarDay;
    buyers.interval[buyer] = every;
    buyers.joins[buyer] = founder ? below(1000) * (Math.min(Math.max(every, 80 * calendarDay), end) / 1000) : joins;
    buyers.leaves[buyer] =
      (buyers.joins[buyer] as number) + Math.floor((stay * draw(waiting) * quality) / 10_000) * calendarDay;
    buyers.basket[buyer] = draw(baskets) + (kind === keenKind ? 3 : 0);
    buyers.bulk[buyer] = draw<number>(bulk);
    buyers.country[buyer] = drawCountry(below);
    if (wholesale) {
      const nth = Math.floor(buyer / wholesaleEvery);
      buyers.interval[buyer] = (9 + below(10)) * calendarDay;
      buyers.joins[buyer] = below(14) * Math.min(calendarDay, end / 14);
      // One in five takes its trade elsewhere in the end.
      buyers.leaves[buyer] = nth % 5 === 3 ? Math.floor(end * 0.7) : end;
      buyers.basket[buyer] = 11 + below(10);
      buyers.bulk[buyer] = 3 + below(3);
      if (nth < wholesaleHomes.length) buyers.country[buyer] = countryNamed(wholesaleHomes[nth] as string);
    } else if (kind < oneTimeKind && (buyers.leaves[buyer] as number) - (buyers.joins[buyer] as number) > 8 * every) {
      if ((buyers.joins[buyer] as number) < end / 2) steady.push(buyer);
    }
  }
  settleSmallCountries(buyers, below);
  settleTravellers(buyers, steady);

  for (let till = customers; till < count; till += 1) {
    buyers.interval[till] = (18 + below(20)) * calendarDay;
    buyers.joins[till] =
      till % 3 === 0
        ? below(1000) * (end / 1000)
        : below(1000) * (Math.min(buyers.interval[till] as number, end) / 1000);
    buyers.leaves[till] = end;
    buyers.basket[till] = 4 + below(9);
    buyers.bulk[till] = 1;
  }
  return buyers;
}

function firstId(customers: number): number {
  return customers <= 80_000 ? 12_007 : customers <= 800_000 ? 120_007 : 1_200_007;
}

/** Customer numbers that say nothing about when a customer was won. */
function customerIds(customers: number, count: number): Int32Array {
  const first = firstId(customers);
  const stride = customers % 7919 === 0 ? 7907 : 7919;
  const ids = new Int32Array(count);
  for (let buyer = 0; buyer < customers; buyer += 1) ids[buyer] = first + ((buyer * stride) % customers);
  return ids;
}

function drawCountry(below: Random["below"]): number {
  let lot = below(10_000);
  for (let country = 1; country < sampleCountries.length; country += 1) {
    lot -= sampleCountries[country]?.share ?? 0;
    if (lot < 0) return country;
  }
  return 0;
}

/** Moves single customers from home to the countries that have a fixed, small number of them. */
function settleSmallCountries({ country, customers, bulk }: Buyers, below: Random["below"]): void {
  let places = Math.floor(customers / 15);
  sampleCountries.forEach((each, index) => {
    for (let settled = 0; settled < each.customers && places > 0; settled += 1, places -= 1) {
      let buyer = below(customers);
      for (let attempt = 0; attempt < 20 && (country[buyer] !== 0 || (bulk[buyer] as number) > 2); attempt += 1) {
        buyer = below(customers);
      }
      country[buyer] = index;
    }
  });
}

/** Lets some ten of the steady customers have a part of their orders sent to another country. */
function settleTravellers({ country, elsewhere, customers }: Buyers, steady: readonly number[]): void {
  const others = ["Spain", "Belgium", "Germany", "France", "Switzerland"].map(countryNamed);
  const travellers = Math.min(10, Math.floor(customers / 40), steady.length);
  for (let nth = 0; nth < travellers; nth += 1) {
    const buyer = steady[Math.floor((nth * steady.length) / travellers)] as number;
    // Every other one lives abroad, so that both its countries can lie outside the home market.
    if (nth % 2 === 1) country[buyer] = others[(nth >> 1) % others.length] as number;
    elsewhere[buyer] = others.find((each, place) => place >= nth >> 1 && each !== country[buyer]) ?? 0;
  }
}
