// What a policy says once it is read, judged and its roles have inherited: plain frozen data, one entry per role.
import type { Sensitivity } from "../model/described.ts";
import type { Masks } from "../model/scope.ts";
import type { SegmentKey } from "../model/segmentSchemes.ts";

/** Which values a role keeps: all of them, those written in the policy, or those that the asker's token claims. */
export type Visible<Value extends string> =
  | Readonly<{ kind: "all" }>
  | Readonly<{ kind: "only"; values: readonly Value[] }>
  | Readonly<{ kind: "claim"; claim: string }>;

/** How much a role may ask for; null: not bounded by the role. */
export type Limits = Readonly<{
  /** Rows of paged lists (customers, lines, rows of metrics) in one answer, as estimated beforehand. */
  rows: number | null;
  /** Requests of one asker within a minute. */
  requestsPerMinute: number | null;
  /** Values, as estimated beforehand, of one asker's answers within a minute. */
  costPerMinute: number | null;
}>;

export type RolePolicy = Readonly<{
  name: string;
  /** For the reviewer; empty where the policy gives none. */
  description: string;
  countries: Visible<string>;
  segments: Visible<SegmentKey>;
  customerLevel: boolean;
  members: readonly Sensitivity[];
  masks: Masks;
  operator: boolean;
  minimumCustomers: number | null;
  limits: Limits;
}>;

/** The roles in the file's order. A role that is not here sees nothing. */
export type Policy = Readonly<{ roles: readonly RolePolicy[] }>;
