// What can become of a customer between two snapshots, and why: told apart by scoring the customer once more by the former cut-points.

export const moveKinds = ["STAYED", "MOVED", "NEW", "GONE"] as const;
export type MoveKind = (typeof moveKinds)[number];

/**
 * THRESHOLD: by the former cut-points, those of recency as days before asOf, the customer would have stayed. AGEING: by these it would have
 * moved, and to the same segment without anything of its own since. BEHAVIOUR: what it did made the difference.
 */
export const moveCauses = ["BEHAVIOUR", "AGEING", "THRESHOLD"] as const;
export type MoveCause = (typeof moveCauses)[number];
