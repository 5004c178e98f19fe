// Refuses a text that nests too deep to be read: the parser, the rules of validation and the executor go down level by level, and what they
// would say of a text without end is nothing that a reader can use.
import { type DocumentNode, GraphQLError, Lexer, parse, Source, TokenKind } from "graphql";
import { Consumer360Error } from "../kernel/errors.ts";
import { parseOptions } from "./guardCost.ts";
import { guardMerging } from "./guardMerging.ts";

const mostNesting = 500;
/** What is shorter is merged in no time, whatever it says. */
const shortTokens = 300;

const opening: ReadonlySet<string> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<string> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Throws QUERY_TOO_COSTLY, also for fields that would take too long to be merged. The depths of all definitions are added up, since
 * fragments may put one below the other.
 */
export function guardNesting(text: string): void {
  if (passed.has(text)) return;
  if (countTokens(text) > shortTokens) {
    const document = parsed(text);
    if (document) guardMerging(document);
  }
  if (text.length > longestKept) return;
  if (passed.size >= mostKept) passed.clear();
  passed.add(text);
}

/** Texts that were let through: clients ask with the same ones again and again. */
const passed = new Set<string>();
const mostKept = 1000;
/** Characters. */
const longestKept = 5000;

/** What is no document is the parser's to name, when it is asked again. */
function parsed(text: string): DocumentNode | null {
  try {
    return parse(text, parseOptions);
  } catch (cause) {
    if (cause instanceof GraphQLError) return null;
    throw cause;
  }
}

/** As far as the parser would read. */
function countTokens(text: string): number {
  const lexer = new Lexer(new Source(text));
  let depth = 0;
  let deepest = 0;
  let sum = 0;
  let tokens = 0;
  try {
    for (; tokens <= parseOptions.maxTokens; tokens += 1) {
      const { kind } = lexer.advance();
      if (kind === TokenKind.EOF) return tokens;
      if (opening.has(kind)) {
        depth += 1;
        deepest = Math.max(deepest, depth);
      } else if (closing.has(kind)) depth -= 1;
      if (sum + deepest > mostNesting)
        throw new Consumer360Error(
          "QUERY_TOO_COSTLY",
          `The document is nested too deep to be read: its definitions come to more than ${mostNesting} levels.`,
        );
      if (depth > 0) continue;
      sum += deepest;
      deepest = 0;
    }
  } catch (cause) {
    // What is no token is the parser's to name.
    if (!(cause instanceof GraphQLError)) throw cause;
  }
  return tokens;
}
