// What one asker may see: the only thing that the query layer knows of a person. Made from a policy by `access/`.
import type { Sensitivity } from "./described.ts";
import type { SegmentKey } from "./segmentSchemes.ts";

export type Scope = Readonly<{
  role: string;
  /** Countries whose lines are kept; null: all. An empty list keeps nothing. */
  countries: readonly string[] | null;
  /** CLASSIC keys (and GUEST, UNSCORED) whose lines are kept; null: all. */
  segments: readonly SegmentKey[] | null;
  /** Whether single customers and single lines may be seen. */
  customerLevel: boolean;
  /** How sensitive the members may be that are used; from a policy, personal ones come with `customerLevel` and never without. */
  members: readonly Sensitivity[];
  /** Personal fields that do not come back as they are, and what comes instead. */
  masks: Masks;
  /** Whether row accounts and load runs may be seen. */
  operator: boolean;
  /** Null: any question. Otherwise three fixed tables alone, and no figure in them that is made of fewer customers. */
  minimumCustomers: number | null;
  /** Most rows of paged lists (customers, lines, rows of metrics) that one answer may bring; null: no bound beside those of every page. */
  mostRows: number | null;
  /** What the asker should know of this scope, such as a claim that could not be used. */
  notices: readonly string[];
  /** Stable hash of all of the above: equal for two askers who see the same. */
  fingerprint: string;
}>;

/** Fields that say who a person is. */
export const personalFields = ["customerName"] as const;
export type PersonalField = (typeof personalFields)[number];

/** What comes back instead: nothing, or a name that is made up, always the same one for the same customer. */
export const masks = ["null", "pseudonym"] as const;
export type Mask = (typeof masks)[number];
export type Masks = Readonly<Partial<Record<PersonalField, Mask>>>;

/** What hides nothing, for scopes that are not made from a policy. */
export const everything: Omit<Scope, "role" | "fingerprint"> = Object.freeze({
  countries: null,
  segments: null,
  customerLevel: true,
  members: Object.freeze(["public", "commercial", "personal"] as const),
  masks: Object.freeze({}),
  operator: true,
  minimumCustomers: null,
  mostRows: null,
  notices: Object.freeze([]),
});
