// Makes a Relay connection of a page of rows.
import type { Sealed } from "./sealCursors.ts";
import type { PageInfo } from "./types/PageInfo.ts";

export type Connection<Node> = Readonly<{
  edges: readonly Readonly<{ cursor: string; node: Node }>[];
  nodes: readonly Node[];
  pageInfo: PageInfo;
  totalCount: number | null;
}>;

export function connectionOf<Row, Node>(
  { rows, cursors, seal, hasNextPage, totalCount }: Sealed<Row>,
  after: string | null | undefined,
  toNode: (row: Row) => Node,
): Connection<Node> {
  const nodes = rows.map(toNode);
  const cursorAt = (at: number): string | null => {
    const cursor = cursors.at(at);
    return cursor === undefined ? null : seal(cursor);
  };
  // Getters: what nobody looks at is not made, and a cursor is sealed once it is asked for.
  return {
    nodes,
    get edges() {
      return nodes.map((node, at) => ({
        node,
        get cursor() {
          return cursorAt(at) ?? "";
        },
      }));
    },
    pageInfo: {
      hasNextPage,
      hasPreviousPage: typeof after === "string",
      get startCursor() {
        return cursorAt(0);
      },
      get endCursor() {
        return cursorAt(-1);
      },
    },
    totalCount,
  };
}

/** The page of a list that cannot have rows. */
export function emptyPage(): Sealed<never> {
  return { rows: [], cursors: [], seal: (cursor) => cursor, hasNextPage: false, totalCount: 0 };
}
