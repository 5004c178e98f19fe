// Which page of a customer's lines `sales` asks for: the same from its resolver and from whoever asks ahead of it.
import { boundedFirst, mostLines } from "./boundedFirst.ts";
import type { SalesKey } from "./makeLoaders.ts";

/** `fields`: those selected of the connection. Throws BAD_USER_INPUT for a page of another length. */
export function salesOf(
  id: string,
  { first, after }: Readonly<{ first?: number | null | undefined; after?: string | null | undefined }>,
  fields: ReadonlySet<string>,
): SalesKey {
  return {
    id,
    page: { first: boundedFirst(first, 10, mostLines), after: after ?? undefined },
    count: fields.has("totalCount"),
  };
}
