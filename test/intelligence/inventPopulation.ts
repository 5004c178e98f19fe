// Many invented customers as the models see them: made from simulated orders over two years, always the same ones.
import type { Population } from "../../src/intelligence/Population.ts";
import { createRandom } from "./createRandom.ts";

/** Days over which they order. */
export const days = 730;

/** What one invented customer did: days of orders, and what an order is worth. */
export function* inventCustomers(count: number): Generator<Readonly<{ orders: readonly number[]; worth: number }>> {
  const random = createRandom(1);
  for (let nth = 0; nth < count; nth += 1) {
    const rate = random.gamma(0.7) / 9 / 7;
    const orders: number[] = [];
    for (let day = random.uniform() * (days - 1); day < days; day += -Math.log(random.uniform()) / rate) {
      if (orders.at(-1) !== Math.floor(day)) orders.push(Math.floor(day));
      if (random.uniform() < 0.05) break;
    }
    yield { orders, worth: (15 * random.gamma(6)) / random.gamma(4) };
  }
}

/** Sorted by history, as a load reads them. */
export function inventPopulation(customers: number, end: number): Population {
  const [repeats, last, age, mean, after] = Array.from({ length: 5 }, () => new Float64Array(customers));
  const keys = new Float64Array(customers);
  let count = 0;
  for (const { orders, worth } of inventCustomers(customers)) {
    const before = orders.filter((day) => day < end);
    const [first] = before;
    if (first === undefined) continue;
    (repeats as Float64Array)[count] = before.length - 1;
    (last as Float64Array)[count] = (before.at(-1) ?? first) - first;
    (age as Float64Array)[count] = end - first;
    (mean as Float64Array)[count] = before.length > 1 ? worth : 0;
    (after as Float64Array)[count] = orders.length - before.length;
    keys[count] = ((before.length - 1) * 1000 + ((before.at(-1) ?? first) - first)) * 1000 + end - first;
    count += 1;
  }
  const order = Uint32Array.from({ length: count }, (_, at) => at).sort((a, b) => Number(keys[a]) - Number(keys[b]));
  const groups = new Int32Array(count);
  const found: { at: number; customers: number }[] = [];
  order.forEach((at, place) => {
    const known = found.at(-1);
    if (known && keys[known.at] === keys[at]) known.customers += 1;
    else found.push({ at, customers: 1 });
    groups[place] = found.length - 1;
  });
  const column = (values: Float64Array | undefined) => Int32Array.from(found, ({ at }) => Number(values?.[at]));
  return {
    histories: {
      repeats: column(repeats),
      lastAfter: column(last),
      age: column(age),
      customers: Float64Array.from(found, (group) => group.customers),
    },
    groups,
    orderMeans: Float64Array.from(order, (at) => Number(mean?.[at])),
    atStake: Float64Array.from(order, (at) => Number(mean?.[at])),
    ordersAfter: Int32Array.from(order, (at) => Number(after?.[at])),
  };
}
