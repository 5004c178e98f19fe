// Columns are completed whole. For graphql-js a list is a chain of completed values, each with a path and a check of its own; a column of
// plain values needs one check. So where the executor meets a column it meets a leaf, which is printed as the list that it is.
import {
  type GraphQLLeafType,
  type GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  GraphQLScalarType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
} from "graphql";
import { objectTypesOf } from "./fieldVisibility.ts";

/** Gives the fields of the schema that are columns a type that completes them at once. Whoever asks about the schema must ask its text. */
export function completeColumnsWhole(schema: GraphQLSchema): GraphQLSchema {
  for (const type of objectTypesOf(schema))
    for (const field of Object.values(type.getFields())) {
      const list = getNullableType(field.type);
      if (!type.name.endsWith("Columns") || !isListType(list)) continue;
      const named = getNamedType(list);
      const item = list.ofType as GraphQLOutputType;
      // lists of lists are few
      if (!isLeafType(named) || isListType(getNullableType(item))) continue;
      const whole = columnOf(list, named, isNonNullType(item));
      field.type = isNonNullType(field.type) ? new GraphQLNonNull(whole) : whole;
    }
  return schema;
}

/** Whether a type is a column, in either of its two guises. */
export function isColumnType(type: GraphQLOutputType): boolean {
  const found = getNullableType(type);
  return isListType(found) || found instanceof WholeColumn;
}

class WholeColumn extends GraphQLScalarType {
  readonly #shown: string;

  constructor(list: GraphQLList<GraphQLOutputType>, serialize: (value: unknown) => unknown) {
    super({ name: `ColumnOf${getNamedType(list).name}`, serialize });
    this.#shown = String(list);
  }

  override toString(): string {
    return this.#shown;
  }
}

function columnOf(list: GraphQLList<GraphQLOutputType>, named: GraphQLLeafType, isFilled: boolean): GraphQLScalarType {
  const wanted = !isEnumType(named) && ["Int", "Float"].includes(named.name) ? "number" : "string";
  return new WholeColumn(list, (column) => {
    if (!Array.isArray(column)) throw new TypeError(`A column of ${named.name} is no list.`);
    for (const value of column)
      if (typeof value !== wanted && (isFilled || value !== null))
        throw new TypeError(`A column of ${named.name} holds a ${value === null ? "null" : typeof value}.`);
    return column;
  });
}
