// Reads the customers of a load as the models see them: as a stream of numbers in the order of their histories, so that those who are level
// stand side by side and memory holds numbers alone.
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { Population } from "../../src/intelligence/Population.ts";
import { historiesTable } from "./deriveHistories.ts";

/** `then`: as of the day from which on days are held back, with the orders of those days. */
export async function readPopulation(client: pg.Client, when: "now" | "then"): Promise<Population> {
  const suffix = when === "now" ? "" : "_then";
  const columns = ["repeats", "last_after", "age"].map((name) => name + suffix);
  const stake = `(CASE WHEN abs(at_stake${suffix}) < 1e-300 THEN 0 ELSE least(greatest(at_stake${suffix}, -1e300), 1e300) END)::float8`;
  const stream = client.query(
    copyTo(`COPY (
      SELECT ${columns.join(", ")}, order_mean${suffix}, ${stake}, ${when === "now" ? "0" : "orders_after"}
      FROM ${historiesTable} WHERE ${columns[0]} IS NOT NULL
      ORDER BY ${columns.join(", ")}, customer_key
    ) TO STDOUT`),
  );
  const histories = { repeats: ints(), lastAfter: ints(), age: ints(), customers: doubles() };
  const [groups, orderMeans, atStake, ordersAfter] = [ints(), doubles(), doubles(), ints()];
  let before = "";
  let group = -1;
  let counted = 0;
  const take = (row: string): void => {
    const [repeats = "", lastAfter = "", age = "", mean = "", stakeText = "", after = ""] = row.split("\t");
    const history = `${repeats} ${lastAfter} ${age}`;
    if (history !== before) {
      if (group >= 0) histories.customers.push(counted);
      before = history;
      group += 1;
      counted = 0;
      histories.repeats.push(Number(repeats));
      histories.lastAfter.push(Number(lastAfter));
      histories.age.push(Number(age));
    }
    counted += 1;
    groups.push(group);
    orderMeans.push(Number(mean));
    atStake.push(Number(stakeText));
    ordersAfter.push(Number(after));
  };
  let rest = "";
  for await (const chunk of stream) {
    const rows = (rest + (chunk as Buffer).toString("latin1")).split("\n");
    rest = rows.pop() ?? "";
    for (const row of rows) take(row);
  }
  if (group >= 0) histories.customers.push(counted);
  return {
    histories: {
      repeats: histories.repeats.all(),
      lastAfter: histories.lastAfter.all(),
      age: histories.age.all(),
      customers: histories.customers.all(),
    },
    groups: groups.all(),
    orderMeans: orderMeans.all(),
    atStake: atStake.all(),
    ordersAfter: ordersAfter.all(),
  };
}

const ints = () => growing((size) => new Int32Array(size));
const doubles = () => growing((size) => new Float64Array(size));

type Numbers = Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** A list of numbers of unknown length that takes no more room than twice what it holds. */
function growing<List extends Numbers>(make: (size: number) => List) {
  let list = make(1024);
  let length = 0;
  return {
    push(number: number): void {
      if (length === list.length) {
        const larger = make(2 * length);
        larger.set(list);
        list = larger;
      }
      list[length] = number;
      length += 1;
    },
    all: (): List => list.slice(0, length) as List,
  };
}
