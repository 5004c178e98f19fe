// The members of the model as enums of the graph: their shown names in SCREAMING_SNAKE, each standing for the model's own name.
import { registerEnumType } from "type-graphql";
import { catalogDimensions, catalogMeasures, memberEnumName } from "../model/catalog.ts";
import type { DimensionName } from "../model/dimensions.ts";
import type { MeasureName } from "../model/measures.ts";

type Listed<Name> = Readonly<{ name: Name; shownAs: string; label: string }>;

function memberEnum<Name extends string>(
  name: string,
  members: readonly Listed<Name>[],
  description: string,
): Readonly<Record<string, Name>> {
  const entries = members.map((member) => [memberEnumName(member.shownAs), member] as const);
  const names = Object.freeze(Object.fromEntries(entries.map(([value, member]) => [value, member.name])));
  const valuesConfig = Object.fromEntries(entries.map(([value, { label }]) => [value, { description: label }]));
  registerEnumType(names, { name, description, valuesConfig });
  return names;
}

export const DimensionEnum = memberEnum<DimensionName>(
  "Dimension",
  catalogDimensions,
  "What figures can be cut and filtered by.",
);

export const MeasureEnum = memberEnum<MeasureName>("Measure", catalogMeasures, "What can be measured.");

export const MemberEnum = memberEnum<DimensionName | MeasureName>(
  "Member",
  [...catalogDimensions, ...catalogMeasures],
  "A dimension or a measure.",
);
