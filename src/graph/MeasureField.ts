// Shows a measure of the model as a field of a type: its GraphQL type, its nullability and its description come from the declaration,
// and it is remembered which measure a field stands for, so that a resolver asks for what is selected and nothing else.
import type { GraphQLScalarType } from "graphql";
import { Field, Float, Int } from "type-graphql";
import { assertNever } from "../kernel/errors.ts";
import { type Measure, type MeasureName, measureOf } from "../model/measures.ts";
import { emptyValue } from "./emptyValue.ts";
import { DateScalar } from "./scalars/DateScalar.ts";
import { DecimalScalar } from "./scalars/DecimalScalar.ts";
import { LocalDateTimeScalar } from "./scalars/LocalDateTimeScalar.ts";

export type ShownType<T extends object = object> = new () => T;

const shownMeasures = new Map<unknown, Map<string, MeasureName>>();

/** What a type function may give back is not a type of its own in type-graphql. */
type AnyType = typeof String;

type Options = Readonly<{
  /** Null although the measure itself never is: where a figure may not be known at all. */
  nullable?: boolean;
  /** What is to be known of the measure at this place. */
  note?: string;
  /** Shows a time whole, where otherwise its day is shown. */
  withTime?: boolean;
  /** A list with the figure of each row, in place of one row's. */
  column?: boolean;
}>;

export function MeasureField(
  name: MeasureName,
  { nullable, note, withTime, column = false }: Options = {},
): PropertyDecorator {
  const measure = measureOf(name);
  return (prototype, field) => {
    const fields = shownMeasures.get(prototype.constructor) ?? new Map<string, MeasureName>();
    shownMeasures.set(prototype.constructor, fields.set(String(field), name));
    const canBeNull = nullable ?? emptyValue(name) === null;
    const type = (): GraphQLScalarType | typeof String | [typeof String] =>
      measure.kind === "set" ? [String] : typeOf(measure, withTime);
    Field(() => (column ? [type()] : type()) as AnyType, {
      nullable: column && canBeNull ? "items" : canBeNull,
      description: note === undefined ? measure.description : `${measure.description} ${note}`,
    })(prototype, field);
  };
}

/** The measure behind each field of a type, in the order of declaration. */
export function measuresShownBy(type: ShownType): ReadonlyMap<string, MeasureName> {
  return shownMeasures.get(type) ?? new Map();
}

/** The measures behind the given fields of a type; fields that show no measure are left out. */
export function measuresBehind(type: ShownType, fields: ReadonlySet<string>): MeasureName[] {
  const measures = [...measuresShownBy(type)].filter(([field]) => fields.has(field)).map(([, measure]) => measure);
  return [...new Set(measures)];
}

function typeOf(measure: Measure, withTime = false) {
  switch (measure.format) {
    case "currency":
      return DecimalScalar;
    case "percent":
      return Float;
    case "count":
      return Int;
    case "days":
      // A median lies between two days; a customer's own recency is whole.
      return measure.kind === "medianOverCustomers" ? Float : Int;
    case "date":
      return withTime ? LocalDateTimeScalar : DateScalar;
    case "text":
      return String;
    default:
      return assertNever(measure.format);
  }
}
