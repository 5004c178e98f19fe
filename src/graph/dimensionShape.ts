// How the graph shows a dimension: the type of its values and the type of a condition on it. Both follow from what kind of dimension it is.
import { ID, Int } from "type-graphql";
import { assertNever } from "../kernel/errors.ts";
import type { TimeGrain } from "../kernel/period.ts";
import { type DimensionName, dimensionOf } from "../model/dimensions.ts";
import { CustomerTypeEnum, LineTypeEnum, SegmentKeyEnum } from "./enums.ts";
import {
  DateFilter,
  IDFilter,
  LineTypeFilter,
  MonthFilter,
  NumberFilter,
  PeriodFilter,
  StringFilter,
} from "./inputs/fieldFilters.ts";
import { segmentFilters } from "./inputs/segmentFilters.ts";
import { DateScalar } from "./scalars/DateScalar.ts";
import { MonthScalar } from "./scalars/MonthScalar.ts";

export type Shape = Readonly<{ value: object; filter: object }>;

const text: Shape = Object.freeze({ value: String, filter: StringFilter });
const period: Shape = Object.freeze({ value: String, filter: PeriodFilter });
const month: Shape = Object.freeze({ value: MonthScalar, filter: MonthFilter });
const number: Shape = Object.freeze({ value: Int, filter: NumberFilter });

const periods: Readonly<Record<TimeGrain, Shape>> = Object.freeze({
  day: { value: DateScalar, filter: DateFilter },
  week: period,
  month,
  quarter: period,
  year: number,
});

/** Columns that hold keys of a list; any other holds text. */
const listed: Readonly<Partial<Record<DimensionName, Shape>>> = Object.freeze({
  lineType: { value: LineTypeEnum, filter: LineTypeFilter },
});

export function dimensionShape(name: DimensionName): Shape {
  const dimension = dimensionOf(name);
  switch (dimension.kind) {
    case "column":
      return listed[name] ?? text;
    case "time":
      return periods[dimension.grain];
    case "clock":
      return number;
    case "segment":
      return { value: SegmentKeyEnum, filter: segmentFilters[dimension.scheme] };
    case "customerType":
      return { value: CustomerTypeEnum, filter: CustomerTypeEnum };
    case "customer":
      return { value: ID, filter: IDFilter };
    case "cohortMonth":
      return month;
    default:
      return assertNever(dimension);
  }
}
