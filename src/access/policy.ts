// What a policy says once it is read and judged: plain frozen data, one entry per role.
import type { PersonalMember } from "../model/scope.ts";
import type { SegmentKey } from "../model/segmentSchemes.ts";

/** Which values a role keeps: all of them, those written in the policy, or those that the asker's token claims. */
export type Visible<Value extends string> =
  | Readonly<{ kind: "all" }>
  | Readonly<{ kind: "only"; values: readonly Value[] }>
  | Readonly<{ kind: "claim"; claim: string }>;

export type RolePolicy = Readonly<{
  name: string;
  /** For the reviewer; empty where the policy gives none. */
  description: string;
  countries: Visible<string>;
  segments: Visible<SegmentKey>;
  customerLevel: boolean;
  mask: readonly PersonalMember[];
  operator: boolean;
}>;

/** The roles in the file's order. A role that is not here sees nothing. */
export type Policy = Readonly<{ roles: readonly RolePolicy[] }>;
