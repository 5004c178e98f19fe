// Which snapshot is published, known without a question to the warehouse: what was read is believed for a second, one reading serves all
// who wait for it, and a publish that is announced is looked at in the same moment.
import type { SnapshotFacts } from "../query/snapshotFacts.ts";

/** Names one published state, as every receipt does. */
export type SnapshotName = Readonly<{ snapshot: string; publishedAt: string }>;

export type Published<Facts = unknown> = Readonly<{
  /** Null: it must be read first. */
  known(): string | null;
  /** Null: nothing is published, or the warehouse does not answer. Never throws. */
  read(): Promise<string | null>;
  /** What is known of it, under the same conditions as its name. */
  facts(): Promise<Facts | null>;
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

const named = ({ snapshotId, publishedAt }: Pick<SnapshotFacts, "snapshotId" | "publishedAt">) =>
  nameOf({ snapshot: String(snapshotId), publishedAt });

/** `read` throws where nothing is published, or the warehouse does not answer: that counts for as long as a reading does. */
export function followPublished<Facts extends Pick<SnapshotFacts, "snapshotId" | "publishedAt">>(
  read: () => Promise<Facts>,
): Published<Facts> {
  let name: string | null = null;
  let facts: Facts | null = null;
  let began = Number.NEGATIVE_INFINITY;
  let failed = Number.NEGATIVE_INFINITY;
  let reading: Promise<Facts | null> | undefined;
  /** The one that begins when the present one has ended, because of a doubt meanwhile. */
  let following: Promise<Facts | null> | undefined;
  const listeners: ((name: string) => void)[] = [];

  const isRecent = (moment: number) => performance.now() - moment <= believedFor;
  function take(read: Facts, since: number): void {
    began = since;
    facts = read;
    const found = named(read);
    if (found === name) return;
    name = found;
    for (const changed of listeners) changed(found);
  }
  function readAgain(): Promise<Facts | null> {
    const since = performance.now();
    reading = read().then(
      (found) => {
        reading = undefined;
        // what was doubted meanwhile counts for nobody who asks later
        if (following === undefined) take(found, since);
        return found;
      },
      () => {
        reading = undefined;
        if (following === undefined) failed = performance.now();
        return null;
      },
    );
    return reading;
  }

  function isKnown(): boolean {
    if (!isRecent(began)) return false;
    if (reading === undefined && performance.now() - began > rereadAfter) void readAgain();
    return true;
  }
  async function current(): Promise<Facts | null> {
    if (isKnown()) return facts;
    if (following === undefined && reading === undefined && isRecent(failed)) return null;
    return following ?? reading ?? readAgain();
  }

  return Object.freeze({
    known: () => (isKnown() ? name : null),
    async read() {
      const found = await current();
      return found && named(found);
    },
    facts: current,
    last: () => name,
    doubt() {
      began = Number.NEGATIVE_INFINITY;
      if (reading === undefined) return void readAgain();
      // however many doubts come while it goes on, one more reading settles them all
      following ??= reading.then(() => {
        following = undefined;
        return readAgain();
      });
    },
    onChange: (changed) => void listeners.push(changed),
  });
}
