// What one asker may see: the only thing that the query layer knows of a person. Made from a policy by `access/`.
import type { SegmentKey } from "./segmentSchemes.ts";

export type Scope = Readonly<{
  role: string;
  /** Countries whose lines are kept; null: all. An empty list keeps nothing. */
  countries: readonly string[] | null;
  /** CLASSIC keys (and GUEST, UNSCORED) whose lines are kept; null: all. */
  segments: readonly SegmentKey[] | null;
  /** Whether single customers and single lines may be seen. */
  customerLevel: boolean;
  /** Personal members that come back as null. */
  masked: readonly PersonalMember[];
  /** Whether row accounts and load runs may be seen. */
  operator: boolean;
  /** Stable hash of all of the above: equal for two askers who see the same. */
  fingerprint: string;
}>;

/** Members that say who a person is. */
export const personalMembers = ["customerName"] as const;
export type PersonalMember = (typeof personalMembers)[number];
