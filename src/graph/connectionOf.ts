// Makes a Relay connection of a page of rows.
import type { RowPage } from "../query/answer.ts";
import type { PageInfo } from "./types/PageInfo.ts";

export type Connection<Node> = Readonly<{
  edges: readonly Readonly<{ cursor: string; node: Node }>[];
  nodes: readonly Node[];
  pageInfo: PageInfo;
  totalCount: number | null;
}>;

export function connectionOf<Row, Node>(
  page: RowPage<Row>,
  after: string | null | undefined,
  toNode: (row: Row) => Node,
): Connection<Node> {
  const nodes = page.rows.map(toNode);
  return {
    nodes,
    edges: nodes.map((node, at) => ({ cursor: page.cursors[at] ?? "", node })),
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: typeof after === "string",
      startCursor: page.cursors.at(0) ?? null,
      endCursor: page.cursors.at(-1) ?? null,
    },
    totalCount: page.totalCount,
  };
}

/** The page of a list that cannot have rows. */
export function emptyPage(): RowPage<never> {
  return { rows: [], cursors: [], hasNextPage: false, totalCount: 0 };
}
