// The error of a question about a snapshot that has been cleaned away.
import { Consumer360Error } from "../kernel/errors.ts";

export const snapshotExpired = () =>
  new Consumer360Error("SNAPSHOT_EXPIRED", "The snapshot that was asked for is no longer kept.", {
    remedy: "Ask again, from the first page: the answer comes from the current snapshot.",
  });
