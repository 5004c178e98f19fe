// Which snapshot is published, known without a question to the warehouse: what was read is believed for a second, one reading serves all
// who wait for it, and a publish that is announced is looked at in the same moment.
import type { SnapshotFacts } from "../query/snapshotFacts.ts";

/** Names one published state, as every receipt does. */
export type SnapshotName = Readonly<{ snapshot: string; publishedAt: string }>;

export type Published = Readonly<{
  /** Null: it must be read first. */
  known(): string | null;
  /** Null: nothing is published, or the warehouse does not answer. Never throws. */
  read(): Promise<string | null>;
  /** What was read last, however long ago. */
  last(): string | null;
  /** It may be another one by now: whoever asks from here on waits until it has been read. */
  doubt(): void;
  /** Called with each one that takes the place of another. */
  onChange(changed: (name: string) => void): void;
}>;

/** Milliseconds from the beginning of a reading: from then on it is read again beside the questions, and before them. */
const rereadAfter = 500;
const believedFor = 1000;

export const nameOf = ({ snapshot, publishedAt }: SnapshotName): string => `${snapshot} ${publishedAt}`;

/** `read` throws where nothing is published, or the warehouse does not answer: that counts for as long as a reading does. */
export function followPublished(read: () => Promise<Pick<SnapshotFacts, "snapshotId" | "publishedAt">>): Published {
  let name: string | null = null;
  let began = Number.NEGATIVE_INFINITY;
  let failed = Number.NEGATIVE_INFINITY;
  let reading: Promise<string | null> | undefined;
  const listeners: ((name: string) => void)[] = [];

  const isRecent = (moment: number) => performance.now() - moment <= believedFor;
  function take(found: string, since: number): void {
    began = since;
    if (found === name) return;
    name = found;
    for (const changed of listeners) changed(found);
  }
  function readAgain(): Promise<string | null> {
    const since = performance.now();
    const mine = read().then(
      ({ snapshotId, publishedAt }) => {
        const found = nameOf({ snapshot: String(snapshotId), publishedAt });
        // what was doubted meanwhile counts for nobody who asks later
        if (reading === mine) {
          reading = undefined;
          take(found, since);
        }
        return found;
      },
      () => {
        if (reading === mine) {
          reading = undefined;
          failed = since;
        }
        return null;
      },
    );
    reading = mine;
    return mine;
  }

  return Object.freeze({
    known() {
      if (!isRecent(began)) return null;
      if (reading === undefined && performance.now() - began > rereadAfter) void readAgain();
      return name;
    },
    async read() {
      if (isRecent(began)) return name;
      if (reading === undefined && isRecent(failed)) return null;
      return reading ?? readAgain();
    },
    last: () => name,
    doubt() {
      began = Number.NEGATIVE_INFINITY;
      void readAgain();
    },
    onChange: (changed) => void listeners.push(changed),
  });
}
