// A list from one row to its last, page by page, each with a statement of its own at the same snapshot: between two pages nothing is held
// in the warehouse, neither a connection nor a transaction.
import type { AnswerPage } from "./answer.ts";
import type { Page } from "./request.ts";

type Paging = Readonly<{ pageSize: number; most?: number | null; after?: string | undefined }>;

/** `most`: how many rows are wanted; null: all. The next page is asked for while its reader is busy with the one before. */
export async function* askPages<Answer extends AnswerPage>(
  ask: (page: Page, isFirst: boolean) => Promise<Answer>,
  { pageSize, most = null, after }: Paging,
): AsyncGenerator<Answer, void> {
  let left = most ?? Number.POSITIVE_INFINITY;
  let next: Promise<Answer> | null = ask({ first: Math.min(pageSize, left), after }, true);
  while (next !== null) {
    const answer: Answer = await next;
    left -= answer.cursors.length;
    const place = answer.hasNextPage && left > 0 ? answer.cursors.at(-1) : undefined;
    next = place === undefined ? null : ask({ first: Math.min(pageSize, left), after: place }, false);
    // It is met where it is awaited, or by nobody, where the reader has gone.
    next?.catch(() => undefined);
    yield answer;
  }
}
