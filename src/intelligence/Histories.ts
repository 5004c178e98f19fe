// What the models see of customers: how often, how recently and for how long each has bought. Customers with equal numbers are one group,
// so that a million of them cost no more than the groups that they make.

export type Histories = Readonly<{
  /** Days with an order after the first one. */
  repeats: Int32Array;
  /** Days from the first to the last of them. */
  lastAfter: Int32Array;
  /** Days from the first to the day that is looked back from. */
  age: Int32Array;
  /** How many customers have these numbers. */
  customers: Float64Array;
}>;

/** The models count in weeks, as their published examples do. */
export const daysOfUnit = 7;

export const sizeOf = ({ repeats }: Histories): number => repeats.length;

export function customersOf({ customers }: Histories): number {
  let sum = 0;
  for (let at = 0; at < customers.length; at += 1) sum += customers[at] as number;
  return sum;
}

/** Of the customers, those who came again. */
export function returnersOf({ repeats, customers }: Histories): number {
  let sum = 0;
  for (let at = 0; at < customers.length; at += 1) if ((repeats[at] as number) > 0) sum += customers[at] as number;
  return sum;
}

/** The largest of the numbers; 0 of none. */
export function largestOf(numbers: Int32Array): number {
  let most = 0;
  for (let at = 0; at < numbers.length; at += 1) most = Math.max(most, numbers[at] as number);
  return most;
}
