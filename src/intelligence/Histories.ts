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
  return customers.reduce((sum, count) => sum + count, 0);
}

/** Of the customers, those who came again. */
export function returnersOf({ repeats, customers }: Histories): number {
  return customers.reduce((sum, count, at) => sum + ((repeats[at] ?? 0) > 0 ? count : 0), 0);
}

/** The largest of the numbers; 0 of none. */
export function largestOf(numbers: Int32Array): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}
