// A row of a metrics answer. Its fields are the members of the model: a new member is a new field, and nothing here changes.
import { Field, ObjectType } from "type-graphql";
import { catalogDimensions, catalogMeasures } from "../../model/catalog.ts";
import type { DimensionName } from "../../model/dimensions.ts";
import type { Value } from "../../query/answer.ts";
import { dimensionShape } from "../dimensionShape.ts";
import { MeasureField } from "../MeasureField.ts";

@ObjectType({
  simpleResolvers: true,
  description:
    "A row of a metrics answer. Every dimension and measure of the catalogue is a field, nullable, in the catalogue's name. The selected dimensions tell the rows apart, the selected measures are computed for each.",
})
export class MetricRow {
  readonly [member: string]: Value | MetricRow | undefined;
}

/** The dimension behind each field. */
export const dimensionFields: ReadonlyMap<string, DimensionName> = new Map(
  catalogDimensions.map(({ name, shownAs }) => [shownAs, name]),
);

for (const { name, shownAs, description } of catalogDimensions)
  Field(() => dimensionShape(name).value, { nullable: true, description })(MetricRow.prototype, shownAs);

for (const { name, shownAs } of catalogMeasures)
  MeasureField(name, { nullable: true, withTime: true })(MetricRow.prototype, shownAs);

/** The fields that lead on to an earlier row, and how much earlier it is. */
export const earlierFields = Object.freeze({
  previous: { periods: 1, years: 0 },
  yearAgo: { periods: 0, years: 1 },
});

const ofEarlierRows =
  "A dimension that is selected here has to be selected in `nodes` as well; measures are computed for both. Null where there is no such row. What `where` says of time is looked at so much earlier, too; `having`, order and page do not narrow it.";

Field(() => MetricRow, {
  nullable: true,
  description: `The same row one period (the finest time dimension selected) earlier; one year earlier. The first is \`previous\`, the second \`yearAgo\`. ${ofEarlierRows}`,
})(MetricRow.prototype, "previous");

Field(() => MetricRow, {
  nullable: true,
  description: `The same row one year earlier; 52 weeks earlier where weeks are the finest time dimension selected. ${ofEarlierRows}`,
})(MetricRow.prototype, "yearAgo");
