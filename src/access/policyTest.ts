// What a file of expectations says once it is read: what a role must see and must not, before its policy is deployed.
import type { RoleValues } from "./roleValues.ts";

/** What becomes of a field in an answer: it is shown, comes back as null, or is FORBIDDEN. */
export type Fate = "shown" | "null" | "refused";

/** `hidden`: null or refused, whichever. */
export type ExpectedFate = Fate | "hidden";

export type PolicyTest = Readonly<{
  name: string;
  line: number;
  role: string;
  /** Whatever JSON: malformed claims are worth a test. */
  claims: Readonly<Record<string, unknown>>;
  /** What the keys of the role must hold for this asker; `countries` and `segments` never as a claim. */
  values: Partial<RoleValues>;
  /** Fields of the graph, as `Type.field`. */
  fields: readonly Readonly<{ field: string; fate: ExpectedFate }>[];
  /** Lines that must, or must not, be among those that may be seen. */
  lines: readonly Readonly<{ of: "countries" | "segments"; value: string; isSeen: boolean }>[];
  /** How many notices the scope must carry; null: any number. */
  notices: number | null;
}>;

export type PolicyTests = Readonly<{
  /** The policy's path, from the file's folder, and the line that names it; null: the one that is set. */
  policy: Readonly<{ path: string; line: number }> | null;
  tests: readonly PolicyTest[];
}>;
