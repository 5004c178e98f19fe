// The snapshot that a part of the follow-up is about.
export type FollowedSnapshot = Readonly<{ snapshotId: number; generation: number }>;
