// Who orders on which day: every buyer has one next order in a calendar with a bucket per day, so that the book is as
// large as the number of buyers, however many orders come out of it.
import type { Random } from "./createRandom.ts";
import type { Buyers } from "./inventCustomers.ts";
import { dayAt, type TradingDays } from "./tradingDays.ts";

/** One day's orders by time; the columns are valid up to `count` and until the next day is drawn. */
type DayOrders = {
  readonly count: number;
  readonly buyer: Int32Array;
  /** How large the order is beside all others. */
  readonly weight: Int32Array;
  /** Minute of the day. */
  readonly minute: Int32Array;
};

export type OrderBook = {
  /** Must be called for each day in turn. */
  readonly draw: (day: number) => DayOrders;
};

const opensAt = 7;
const hours = [4, 30, 80, 130, 135, 165, 150, 130, 120, 80, 45, 15, 10, 6] as const;
const hourTable = Uint8Array.from(hours.flatMap((weight, index) => Array<number>(weight).fill(opensAt + index)));
const minutesPerDay = 1440;
// In sixteenths.
const earlyOrLate = [7, 9, 10, 12, 13, 14, 15, 15, 16, 16, 17, 18, 20, 22, 26, 34] as const;
const smallOrLarge = [5, 8, 10, 11, 13, 14, 15, 16, 16, 17, 18, 20, 22, 24, 28, 36] as const;

/** A time of day at which the shop takes orders. */
export function drawMinute({ below }: Random): number {
  return (hourTable[below(hourTable.length)] as number) * 60 + below(60);
}

/** `pace` 2 means that every buyer but the one-time buyers orders twice as often as usual. */
export function createOrderBook(days: TradingDays, buyers: Buyers, pace: number, random: Random): OrderBook {
  const firstOf = new Int32Array(days.count).fill(-1);
  const nextOf = new Int32Array(buyers.count);
  const due = Float64Array.from(buyers.joins);
  const end = days.opens[days.count] as number;
  const enter = (buyer: number) => {
    const day = dayAt(days, due[buyer] as number);
    nextOf[buyer] = firstOf[day] as number;
    firstOf[day] = buyer;
  };
  for (let buyer = buyers.count - 1; buyer >= 0; buyer -= 1) enter(buyer);

  let drawn = columns(1024);
  let sorted = columns(1024);
  const after = new Int32Array(minutesPerDay + 1);
  const add = (at: number, buyer: number) => {
    if (at === drawn.buyer.length) {
      const larger = columns(at * 2);
      larger.buyer.set(drawn.buyer);
      larger.weight.set(drawn.weight);
      larger.minute.set(drawn.minute);
      drawn = larger;
      sorted = columns(at * 2);
    }
    const minute = drawMinute(random);
    drawn.buyer[at] = buyer;
    drawn.weight[at] = (buyers.basket[buyer] as number) * (smallOrLarge[random.bits() & 15] as number);
    drawn.minute[at] = minute;
    after[minute + 1] = (after[minute + 1] as number) + 1;
  };

  const draw = (day: number): DayOrders => {
    const closes = days.opens[day + 1] as number;
    after.fill(0);
    let count = 0;
    for (let buyer = firstOf[day] as number; buyer >= 0; ) {
      const following = nextOf[buyer] as number;
      let next = due[buyer] as number;
      const leaves = buyers.leaves[buyer] as number;
      const step = (buyers.interval[buyer] as number) / (16 * pace);
      do {
        add(count, buyer);
        count += 1;
        next += step * (earlyOrLate[random.bits() & 15] as number);
      } while (next < closes && next <= leaves);
      due[buyer] = next;
      if (next <= leaves && next < end) enter(buyer);
      buyer = following;
    }
    for (let minute = 0; minute < minutesPerDay; minute += 1) {
      after[minute + 1] = (after[minute + 1] as number) + (after[minute] as number);
    }
    for (let order = 0; order < count; order += 1) {
      const minute = drawn.minute[order] as number;
      const at = after[minute] as number;
      after[minute] = at + 1;
      sorted.buyer[at] = drawn.buyer[order] as number;
      sorted.weight[at] = drawn.weight[order] as number;
      sorted.minute[at] = minute;
    }
    return { count, ...sorted };
  };
  return { draw };
}

function columns(length: number) {
  return { buyer: new Int32Array(length), weight: new Int32Array(length), minute: new Int32Array(length) };
}
