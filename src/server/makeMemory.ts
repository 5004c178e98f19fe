// A memory with an end: it holds so many values for so long, and forgets the oldest first.

export type Memory<Value> = Readonly<{
  get(key: string): Value | undefined;
  /** Also makes the key the newest again. */
  set(key: string, value: Value): void;
}>;

/** `lasts`: milliseconds after which a value is forgotten in any case. */
export function makeMemory<Value>({
  most,
  lasts = Number.POSITIVE_INFINITY,
}: {
  most: number;
  lasts?: number;
}): Memory<Value> {
  // oldest first, as a Map keeps what is put at its end
  const kept = new Map<string, Readonly<{ value: Value; until: number }>>();
  return Object.freeze({
    get(key) {
      const found = kept.get(key);
      return found !== undefined && found.until > performance.now() ? found.value : undefined;
    },
    set(key, value) {
      const now = performance.now();
      kept.delete(key);
      for (const [oldest, { until }] of kept) {
        if (until > now && kept.size < most) break;
        kept.delete(oldest);
      }
      kept.set(key, { value, until: now + lasts });
    },
  });
}
