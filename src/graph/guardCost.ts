// Refuses a document that would cost too much before anything of it is asked.
import type { ParseOptions } from "graphql";
import { Consumer360Error } from "../kernel/errors.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";
import { type Cost, documentCost } from "./documentCost.ts";
import type { Operation } from "./readOperation.ts";

const mostDepth = 12;
const mostRepeats = 3;
const mostQuestions = 30;
const mostObjects = 200_000;
const mostValues = 1_000_000;

/** For the parser: a longer document is not even read. */
export const parseOptions: ParseOptions & { maxTokens: number } = Object.freeze({ maxTokens: 10_000 });

/** For Apollo Server, a second net: how many selections a document may come to, with fragments counted wherever they are spread. */
export const mostSelections = 20_000;

/**
 * Throws QUERY_TOO_COSTLY. Gives back what the document costs as far as is known: without facts, lists of months are not weighed.
 * `mostRows`: the scope's bound; null where it has none.
 */
export function guardCost(operation: Operation, facts: SnapshotFacts | null, mostRows: number | null): Cost {
  const cost = documentCost(operation, facts);
  const { depth, repeats, repeated, questions, objects, values } = cost;
  if (isAbove(depth, mostDepth)) throw refusal(`The query is nested ${depth} deep; the bound is ${mostDepth}.`);
  if (isAbove(repeats, mostRepeats))
    throw refusal(
      `The query goes back through ${repeated.map((field) => `\`${field}\``).join(" and ")} ${repeats} times in a row; the bound is ${mostRepeats}. Ask for the earliest as rows of their own, in an earlier range.`,
    );
  if (isAbove(questions, mostQuestions))
    throw refusal(
      `The query asks the warehouse an estimated ${inWords(questions)} questions; the bound is ${mostQuestions}. Ask some of them in a document of their own.`,
    );
  if (isAbove(objects, mostObjects))
    throw refusal(
      `The query may bring an estimated ${inWords(objects)} objects; the bound is ${inWords(mostObjects)}. Ask for smaller pages.`,
    );
  if (isAbove(values, mostValues))
    throw refusal(
      `The query may bring an estimated ${inWords(values)} values; the bound is ${inWords(mostValues)}. Ask for smaller pages or fewer fields, and give shorter lists.`,
    );
  if (mostRows !== null && isAbove(cost.rows, mostRows))
    throw refusal(
      `The query may bring an estimated ${inWords(cost.rows)} rows; the bound of your role is ${inWords(mostRows)}.`,
      remedyForRows(operation, facts, cost, mostRows),
    );
  return cost;
}

/** The largest page that keeps the document within the bound. */
function remedyForRows(operation: Operation, facts: SnapshotFacts | null, { page }: Cost, mostRows: number): string {
  let [fits, tooLarge] = [0, page];
  while (tooLarge - fits > 1) {
    const middle = Math.floor((fits + tooLarge) / 2);
    if (isAbove(documentCost(operation, facts, middle).rows, mostRows)) tooLarge = middle;
    else fits = middle;
  }
  return fits === 0
    ? "Ask for fewer lists, or for each in a document of its own."
    : `Ask for \`first: ${fits}\` at most, and go on with \`after\`.`;
}

/** What is too large to be a number any more is above every bound. */
const isAbove = (estimate: number, bound: number) => !(estimate <= bound);

const inWords = (count: number) =>
  count <= Number.MAX_SAFE_INTEGER ? count.toLocaleString("en-US") : "more than 9 million billion";

const refusal = (message: string, remedy?: string) =>
  new Consumer360Error("QUERY_TOO_COSTLY", message, remedy === undefined ? {} : { remedy });
