// The receipt of an answer: which snapshot it comes from, under which policy, and what it was read from. Nothing in it hangs on how long
// anything took, so that the same question at the same snapshot has the same receipt.
import { everything, type Scope } from "../model/scope.ts";
import type { QueryTrace } from "../query/answer.ts";
import type { SnapshotFacts } from "../query/snapshotFacts.ts";

export type Receipt = Readonly<{
  snapshot: string;
  asOf: string;
  dataFrom: string;
  dataThrough: string;
  /** ISO instant, UTC. */
  publishedAt: string;
  /** The snapshot in which the cut-points were computed, where they are frozen. */
  cutPointsOf?: string;
  /** Fingerprint of the scope. */
  policy: string;
  /** Whether anything is kept from who asks: rows, members, single customers, names, small cells. */
  scoped: boolean;
  /** What the asker should know of the scope. */
  notices: readonly string[];
  /** Tables that the answer was read from, sorted. */
  sources: readonly string[];
  /** For operators only; each text once. */
  statements?: readonly QueryTrace[];
}>;

/** A question that was asked for the answer, with what was told of its statements. */
export type AskedQuestion = Readonly<{
  text: string;
  /** Whether an answer to another one had come by then: how these follow one another is a matter of time. */
  later: boolean;
  traces: readonly QueryTrace[];
}>;

/** `asked`: in the order of asking. */
export function receiptOf(facts: SnapshotFacts, scope: Scope, asked: readonly AskedQuestion[]): Receipt {
  const inOrder = [
    ...asked.filter(({ later }) => !later),
    ...asked.filter(({ later }) => later).toSorted((a, b) => (a.text < b.text ? -1 : 1)),
  ];
  const traces = inOrder.flatMap((question) => question.traces);
  const statements = new Map(traces.map(({ sql, sources, notUsed }) => [sql, { sql, sources, notUsed }]));
  return {
    snapshot: String(facts.snapshotId),
    asOf: facts.asOf,
    dataFrom: facts.dataFrom,
    dataThrough: facts.dataThrough,
    publishedAt: facts.publishedAt,
    ...(facts.cutsOf !== null && { cutPointsOf: String(facts.cutsOf) }),
    policy: scope.fingerprint,
    scoped: keepsAnything(scope),
    notices: scope.notices,
    sources: [...new Set(traces.flatMap(({ sources }) => sources))].toSorted(),
    ...(scope.operator && { statements: [...statements.values()] }),
  };
}

function keepsAnything(scope: Scope): boolean {
  return (
    scope.countries !== null ||
    scope.segments !== null ||
    !scope.customerLevel ||
    everything.members.some((sensitivity) => !scope.members.includes(sensitivity)) ||
    Object.keys(scope.masks).length > 0 ||
    scope.minimumCustomers !== null
  );
}
