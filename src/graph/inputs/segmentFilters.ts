// Conditions on a segment, one type for each scheme: the same key in two schemes is two sets of customers.
import { InputType } from "type-graphql";
import { type SchemeName, schemeNames } from "../../model/segmentSchemes.ts";
import { SegmentFilter } from "./fieldFilters.ts";

export const segmentFilters = Object.freeze(
  Object.fromEntries(schemeNames.map((scheme) => [scheme, scheme === "CLASSIC" ? SegmentFilter : filterOf(scheme)])),
) as Readonly<Record<SchemeName, typeof SegmentFilter>>;

function filterOf(scheme: SchemeName): typeof SegmentFilter {
  const name = scheme[0] + scheme.slice(1).toLowerCase();
  const description = `Keys of the ${scheme} scheme, GUEST and UNSCORED.`;
  const OfScheme = class extends SegmentFilter {};
  InputType(`${name}SegmentFilter`, { description })(OfScheme);
  return OfScheme;
}
