// What every named piece of the model says of itself.

/**
 * public: vocabulary, such as a month or a line type; commercial: about the business; personal: about a single customer, and only for
 * whoever may see single customers.
 */
export type Sensitivity = "public" | "commercial" | "personal";

export type Format = "currency" | "count" | "percent" | "days" | "date" | "text";

export type Described = Readonly<{
  /** For headings, in the field's words. */
  label: string;
  /** Product text: analysts read it in the schema, the docs and Power BI. */
  description: string;
  sensitivity: Sensitivity;
  /** What whoever uses it must be allowed beside that. */
  alsoNeeds?: readonly Sensitivity[];
}>;

/** All that whoever uses a member must be allowed. */
export function needsOf({ sensitivity, alsoNeeds = [] }: Described): readonly Sensitivity[] {
  return [sensitivity, ...alsoNeeds];
}
