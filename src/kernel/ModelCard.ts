// What is said of the models of a snapshot: how they were made, of whom, how far they can be trusted, and how they did on days that they had
// not seen. Plain data, which the room that makes it shares with those that store and show it as it is.

/** Days that a customer's chance of no order is of. */
export const churnHorizonDays = 91;

export type ModelStatus = "OK" | "DEGENERATE" | "INSUFFICIENT_DATA";
export type ModelName = "BG_NBD" | "GAMMA_GAMMA";

export type LeftOut = Readonly<{ why: string; customers: number }>;

export type ModelFit = Readonly<{
  model: ModelName;
  status: ModelStatus;
  /** In words; what follows from it as well. */
  reason: string;
  /** None where nothing was fitted. */
  parameters: readonly Readonly<{ name: string; value: number }>[];
  logLikelihood: number | null;
  customersUsed: number;
  leftOut: readonly LeftOut[];
  converged: boolean;
  steps: number;
}>;

export type Tenth = Readonly<{ tenth: number; customers: number; expected: number; observed: number }>;

/** `repeats`: orders after the first; the last class takes in all higher ones, and one of few customers goes with its neighbours. */
export type FrequencyClass = Readonly<{
  repeats: string;
  customers: number;
  expectedOrders: number;
  observedOrders: number;
}>;

/** Shares from 0 to 1; null where nothing was lost. */
export type LostRevenue = Readonly<{ heldByList: number; heldByRecency: number; heldByRevenue: number }>;

export type Holdout = Readonly<{
  /** What the model was made of ends before this day; what it is judged by begins with it. */
  from: string;
  days: number;
  customers: number;
  /** Share of the customers who did not order in these days. */
  lost: number;
  /** Chance that of two customers, one lost and one not, the lost one stood higher; one half is a coin's. */
  auc: number;
  /** The same for the order by days since the last order. */
  aucOfRecency: number;
  /** And for the order by P(alive), lowest first. */
  aucOfAlive: number;
  brier: number;
  /** Of a forecast that says the share of the lost of everyone. */
  brierOfShare: number;
  calibration: readonly Tenth[];
  purchases: readonly FrequencyClass[];
  /** Of the revenue really lost, what the first tenth of each list held: of those with something to lose. */
  topTenth: LostRevenue | null;
}>;

/** What the list of customers at risk goes by. */
export type ChurnBasis = "MODEL" | "RECENCY";

export type ModelCard = Readonly<{
  basis: ChurnBasis;
  /** Why it is that one. */
  basisReason: string;
  /** Days that the chance of no order is of. */
  horizonDays: number;
  /** A year. */
  discountRate: number;
  models: readonly ModelFit[];
  holdout: Holdout | null;
  /** Why there is no holdout; null where there is one. */
  noHoldout: string | null;
}>;
