// Every place of a schema where a question can hold a value: each argument, and each field of each input, wherever it can be reached. Found
// by walking the schema, so that a new argument is tried as soon as it is there.
import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";

type Leaf = Readonly<{
  /** `argument`, and the way into an input. */
  place: string;
  /** The scalar or enum that it takes. */
  leaf: string;
  /** The argument with a value at this place. */
  given: (value: unknown) => unknown;
}>;

/** Its place begins with `Type.field`; its document has one variable, `$v`, which is the argument. */
export type ArgumentPlace = Leaf & Readonly<{ query: string }>;

const deepest = 3;

/** One for each place: one of the ways to it. */
export function argumentPlaces(schema: GraphQLSchema): ArgumentPlace[] {
  const places = new Map<string, ArgumentPlace>();
  const visit = (parent: GraphQLObjectType, before: readonly string[]): void => {
    for (const field of Object.values(parent.getFields())) {
      const type = getNamedType(field.type);
      for (const arg of field.args) {
        const args = [`${arg.name}: $v`, ...neededBeside(field.args, arg)].join(", ");
        const way = before.reduceRight(
          (below, step) => `${step} { ${below} }`,
          `${field.name}(${args}) ${leafOf(type)}`,
        );
        const query = `query ($v: ${arg.type}) { ${way} }`;
        for (const leaf of leavesOf(arg.type, arg.name)) {
          const place = `${parent.name}.${field.name}.${leaf.place}`;
          places.set(place, { ...leaf, place, query });
        }
      }
      if (!isObjectType(type) || before.length === deepest) continue;
      const needed = neededBeside(field.args);
      visit(type, [...before, needed.length > 0 ? `${field.name}(${needed.join(", ")})` : field.name]);
    }
  };
  const root = schema.getQueryType();
  if (root) visit(root, []);
  return [...places.values()];
}

/** A selection of the first field that needs nothing. */
function leafOf(type: ReturnType<typeof getNamedType>): string {
  if (!isObjectType(type)) return "";
  const plain = Object.values(type.getFields()).find(
    (field) => isLeafType(getNamedType(field.type)) && field.args.length === 0,
  );
  return `{ __typename ${plain?.name ?? ""} }`;
}

/** Arguments that must be given, but for one; all of them are ids. */
function neededBeside(args: readonly GraphQLArgument[], but?: GraphQLArgument): string[] {
  return args.filter((arg) => arg !== but && isRequiredArgument(arg)).map(({ name }) => `${name}: "12009"`);
}

function leavesOf(type: GraphQLInputType, place: string): Leaf[] {
  const nullable = getNullableType(type);
  if (isListType(nullable))
    return leavesOf(nullable.ofType as GraphQLInputType, place).map((inner) => ({
      ...inner,
      given: (value) => [inner.given(value)],
    }));
  if (!isInputObjectType(nullable)) return [{ place, leaf: getNamedType(type).name, given: (value) => value }];
  const fields = Object.values(nullable.getFields());
  return fields.flatMap((field) => {
    const needed = fields.filter((other) => other !== field && isRequiredInputField(other));
    const beside = Object.fromEntries(needed.map((other) => [other.name, anyOf(other.type)]));
    return leavesOf(field.type, `${place}.${field.name}`).map((inner) => ({
      ...inner,
      given: (value) => ({ ...beside, [field.name]: inner.given(value) }),
    }));
  });
}

function anyOf(type: GraphQLInputType): unknown {
  const named = getNamedType(type);
  return isEnumType(named) ? named.getValues()[0]?.name : "1";
}
