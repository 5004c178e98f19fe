// Refuses variables with more names in them than any filter has: whatever does not fit its type is printed whole, by graphql-js, once for
// each name that it does not know. And numbers beyond a double, which nobody can tell from each other any more.
import { Consumer360Error } from "../kernel/errors.ts";

const mostNames = 1_000;

/** `variables`: as they came, JSON or its text; long lists of plain values are weighed elsewhere. Throws QUERY_TOO_COSTLY, BAD_USER_INPUT. */
export function guardVariables(variables: unknown): void {
  let names = 0;
  const toLookAt: unknown[] = [typeof variables === "string" ? parsed(variables) : variables];
  while (toLookAt.length > 0) {
    const value = toLookAt.pop();
    if (typeof value === "number" && !Number.isFinite(value))
      throw new Consumer360Error("BAD_USER_INPUT", "A number in the variables is too large to be read.", {
        remedy: "Send decimals as text, in quotes; none of ours has more than some tens of digits.",
      });
    if (typeof value !== "object" || value === null) continue;
    const parts: unknown[] = Object.values(value);
    if (!Array.isArray(value)) names += parts.length;
    if (names > mostNames)
      throw new Consumer360Error(
        "QUERY_TOO_COSTLY",
        `The variables hold more than ${mostNames.toLocaleString("en-US")} names of fields; no question needs as many.`,
      );
    for (const part of parts) if (typeof part === "object" || typeof part === "number") toLookAt.push(part);
  }
}

/** What is no JSON is refused where it is read. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
