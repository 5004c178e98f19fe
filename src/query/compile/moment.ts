// Where in the warehouse's history a statement looks: one snapshot, as SQL expressions. A query names it by parameters; a view
// takes it from the session's scope.
import type { SnapshotFacts } from "../snapshotFacts.ts";
import type { Parameters } from "./parameters.ts";

export type Moment = Readonly<{ snapshot: string; generation: string; asOf: string }>;

/** The moment of a query: its snapshot, each part bound where the statement first needs it. */
export function momentOf(snapshot: SnapshotFacts, parameters: Parameters): Moment {
  return {
    get snapshot() {
      return parameters.bind(snapshot.snapshotId, "integer");
    },
    get generation() {
      return parameters.bind(snapshot.generation, "integer");
    },
    get asOf() {
      return parameters.bind(snapshot.asOf, "date");
    },
  };
}

/** The moment of a view: whatever snapshot the session's scope names; none, and the view is empty. */
export const sessionMoment: Moment = Object.freeze({
  snapshot: "(SELECT consumer360_scope.snapshot())",
  generation: "(SELECT consumer360_scope.generation())",
  asOf: "(SELECT as_of FROM snapshot WHERE snapshot_id = (SELECT consumer360_scope.snapshot()))",
});
