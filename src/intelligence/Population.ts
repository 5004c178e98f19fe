// The customers of a warehouse as the models see them on one day: their histories by groups, and beside them, customer by customer, what
// their orders were worth.
import type { Histories } from "./Histories.ts";

export type Population = Readonly<{
  histories: Histories;
  /** The place of each customer's group in the histories. */
  groups: Int32Array;
  /** What the orders after the first were worth on average, by days with an order; 0 where there are none. */
  orderMeans: Float64Array;
  /** Net revenue of the year before: what is lost where nothing more is ordered. */
  atStake: Float64Array;
  /** Days with an order in the days that are held back; empty where none are. */
  ordersAfter: Int32Array;
}>;
