// Makes a scalar whose values are text in one exact form. A value in another form is the asker's mistake, and the error names it.
import { GraphQLScalarType, Kind, print, type ValueNode } from "graphql";
import { Consumer360Error } from "../../kernel/errors.ts";

type TextScalar = Readonly<{
  name: string;
  description: string;
  /** What a value must be, as it ends the sentence "`Month` is …". */
  form: string;
  /** The canonical text of a value; null where it is none of this scalar's. */
  read(text: string): string | null;
  /** Whether a number may stand for a value: written out in a document it is exact, as JSON only where it is a safe integer. */
  numbers?: boolean;
}>;

export function textScalar({ name, description, form, read, numbers = false }: TextScalar): GraphQLScalarType<string> {
  const accept = (text: string, shown: string): string => {
    const value = read(text);
    if (value === null) throw refusal(shown);
    return value;
  };
  const refusal = (shown: string) =>
    new Consumer360Error("BAD_USER_INPUT", `\`${name}\` is ${form}; ${shorten(shown)} is not.`);

  return new GraphQLScalarType<string>({
    name,
    description,
    serialize(value) {
      if (typeof value === "string") return value;
      throw new TypeError(`${name} is shown as text, and this is a ${typeof value}.`);
    },
    parseValue(value) {
      if (typeof value === "string") return accept(value, JSON.stringify(value));
      if (numbers && Number.isSafeInteger(value)) return accept(String(value), String(value));
      throw refusal(shownOf(value));
    },
    parseLiteral(node: ValueNode) {
      const isNumber = node.kind === Kind.INT || node.kind === Kind.FLOAT;
      if (node.kind === Kind.STRING || (numbers && isNumber)) return accept(node.value, print(node));
      throw refusal(print(node));
    },
  });
}

/** What is put together is only named: it may be of any depth. */
function shownOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
