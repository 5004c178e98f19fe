// What one measurement found: samples of a ratio or of a size, and the bar that their median is held against.

export type Measured = Readonly<{
  kind: "measured";
  /** Stays the same from run to run: by it a result is compared with the one before. */
  key: string;
  title: string;
  /** What the figure means and how it came about, for the reader of the results. */
  meaning: string;
  /** Empty: a plain number. */
  unit: "×" | "MB" | "";
  better: "lower" | "higher";
  /** None: told beside the others, held against nothing. */
  bar?: number;
  goal?: number;
  /** One a round. */
  samples: readonly number[];
}>;

export type Skipped = Readonly<{ kind: "skipped"; key: string; title: string; because: string }>;

export type Outcome = Measured | Skipped;

/** A time or a number behind the ratios: true of this run on this machine, and no claim. */
export type Detail = Readonly<{ what: string; value: string }>;

export type Findings = Readonly<{ outcomes: readonly Outcome[]; details: readonly Detail[] }>;
