// Reads the customers of a load as the models see them: as a stream of numbers in the order of their histories, so that those who are level
// stand side by side and memory holds numbers alone.
import type pg from "pg";
import type { Histories } from "../../src/intelligence/Histories.ts";
import type { CardPopulation } from "../../src/intelligence/makeCard.ts";
import type { HoldoutPopulation } from "../../src/intelligence/measureHoldout.ts";
import { asDouble, historiesTable } from "./deriveHistories.ts";
import { readNumbers } from "./readNumbers.ts";

/** As of the day that the list is of. `most`: as many customers there are, or more. */
export async function readPopulation(client: pg.Client, most: number): Promise<CardPopulation> {
  const orderMeans = new Float64Array(most);
  // Those who bought once are asked for nothing but their number.
  const from = `(SELECT repeats, last_after, age, order_mean, 1 AS customers, customer_key FROM ${historiesTable} WHERE repeats > 0
    UNION ALL SELECT 0, 0, age, 0, count(*), '' FROM ${historiesTable} WHERE repeats = 0 GROUP BY age) known`;
  const query = { from, history: ["repeats", "last_after", "age"], customers: "customers", values: ["order_mean"] };
  const found = await readCustomers(client, most, query, (customer, [mean = 0]) => {
    orderMeans[customer] = mean;
  });
  return { ...found, orderMeans: orderMeans.subarray(0, found.groups.length) };
}

/** As of the day from which on days are held back, with the orders of those days. */
export async function readHeldBack(client: pg.Client, most: number): Promise<HoldoutPopulation> {
  const atStake = new Float64Array(most);
  const ordersAfter = new Int32Array(most);
  const query = {
    from: `${historiesTable} WHERE repeats_then IS NOT NULL`,
    history: ["repeats_then", "last_after_then", "age_then"],
    customers: "1",
    values: [asDouble("at_stake_then"), "orders_after"],
  };
  const found = await readCustomers(client, most, query, (customer, [lost = 0, after = 0]) => {
    atStake[customer] = lost;
    ordersAfter[customer] = after;
  });
  const customers = found.groups.length;
  return { ...found, atStake: atStake.subarray(0, customers), ordersAfter: ordersAfter.subarray(0, customers) };
}

type Query = Readonly<{
  from: string;
  history: readonly string[];
  /** How many customers a row is of. */
  customers: string;
  values: readonly string[];
}>;

/** Lists are made for the most customers that there can be: memory that is never written to is never taken. */
async function readCustomers(
  client: pg.Client,
  most: number,
  { from, history, customers, values }: Query,
  take: (customer: number, values: Float64Array) => void,
): Promise<Readonly<{ histories: Histories; groups: Int32Array }>> {
  const groups = new Int32Array(most);
  const repeats = new Int32Array(most);
  const lastAfter = new Int32Array(most);
  const age = new Int32Array(most);
  const counts = new Float64Array(most);
  let group = -1;
  let customer = 0;
  await readNumbers(
    client,
    {
      select: [...history, customers, ...values],
      from: `FROM ${from} ORDER BY ${history.join(", ")}, customer_key`,
    },
    (row) => {
      const isLevel = group >= 0 && repeats[group] === row[0] && lastAfter[group] === row[1] && age[group] === row[2];
      if (!isLevel) {
        group += 1;
        repeats[group] = row[0] as number;
        lastAfter[group] = row[1] as number;
        age[group] = row[2] as number;
      }
      counts[group] = (counts[group] as number) + (row[3] as number);
      groups[customer] = group;
      take(customer, row.subarray(4));
      customer += 1;
    },
  );
  const firsts = <List extends { subarray(from: number, to: number): List }>(list: List) => list.subarray(0, group + 1);
  return {
    histories: { repeats: firsts(repeats), lastAfter: firsts(lastAfter), age: firsts(age), customers: firsts(counts) },
    groups: groups.subarray(0, customer),
  };
}
