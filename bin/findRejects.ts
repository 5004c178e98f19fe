// The load whose rejected rows a command means, and how many of them there are.
import { Consumer360Error } from "../src/kernel/errors.ts";
import { askRecords } from "../src/query/askRecords.ts";
import type { LoadRunRecord } from "../src/query/decodeRecords.ts";
import { countRejects, newestLoadWithRejects, type RejectCount, type RejectReader } from "../src/query/readRejects.ts";
import type { RejectFilter } from "../src/query/recordsRequest.ts";

export type RejectFlags = Readonly<{ load?: number; code?: string; file?: string }>;

export type FoundRejects = Readonly<{ filter: RejectFilter; run: LoadRunRecord; counts: readonly RejectCount[] }>;

/** Null where no load has such rows. Throws LOAD_UNKNOWN where the one that is named is not on record. */
export async function findRejects(
  reader: RejectReader,
  { load, code, file }: RejectFlags,
): Promise<FoundRejects | null> {
  const loadRunId = load ?? (await newestLoadWithRejects(reader, { code, file }));
  if (loadRunId === null) return null;
  const request = { kind: "loadRuns", id: String(loadRunId), page: { first: 1 }, count: false } as const;
  const [run] = (await askRecords(request, reader)).rows;
  if (!run) {
    throw new Consumer360Error("LOAD_UNKNOWN", `There is no load ${loadRunId}.`, {
      remedy: "Leave --load out for the newest load that has rejected rows.",
    });
  }
  const filter = { loadRunId, code, file };
  return { filter, run, counts: await countRejects(reader, filter) };
}
