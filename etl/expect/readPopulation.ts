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
  const found = await readCustomers(client, most, "", ["order_mean"], (customer, [mean = 0]) => {
    orderMeans[customer] = mean;
  });
  return { ...found, orderMeans: orderMeans.subarray(0, found.groups.length) };
}

/** As of the day from which on days are held back, with the orders of those days. */
export async function readHeldBack(client: pg.Client, most: number): Promise<HoldoutPopulation> {
  const atStake = new Float64Array(most);
  const ordersAfter = new Int32Array(most);
  const stake = asDouble("at_stake_then");
  const found = await readCustomers(
    client,
    most,
    "_then",
    [stake, "orders_after"],
    (customer, [lost = 0, after = 0]) => {
      atStake[customer] = lost;
      ordersAfter[customer] = after;
    },
  );
  const customers = found.groups.length;
  return { ...found, atStake: atStake.subarray(0, customers), ordersAfter: ordersAfter.subarray(0, customers) };
}

/** Lists are made for the most customers that there can be: memory that is never written to is never taken. */
async function readCustomers(
  client: pg.Client,
  most: number,
  suffix: "" | "_then",
  columns: readonly string[],
  take: (customer: number, values: Float64Array) => void,
): Promise<Readonly<{ histories: Histories; groups: Int32Array }>> {
  const history = ["repeats", "last_after", "age"].map((name) => name + suffix);
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
      select: [...history, ...columns],
      from: `FROM ${historiesTable} WHERE ${history[0]} IS NOT NULL ORDER BY ${history.join(", ")}, customer_key`,
    },
    (row) => {
      const isLevel = group >= 0 && repeats[group] === row[0] && lastAfter[group] === row[1] && age[group] === row[2];
      if (!isLevel) {
        group += 1;
        repeats[group] = row[0] as number;
        lastAfter[group] = row[1] as number;
        age[group] = row[2] as number;
      }
      counts[group] = (counts[group] as number) + 1;
      groups[customer] = group;
      take(customer, row.subarray(3));
      customer += 1;
    },
  );
  const firsts = <List extends { subarray(from: number, to: number): List }>(list: List) => list.subarray(0, group + 1);
  return {
    histories: { repeats: firsts(repeats), lastAfter: firsts(lastAfter), age: firsts(age), customers: firsts(counts) },
    groups: groups.subarray(0, customer),
  };
}
