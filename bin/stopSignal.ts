// Ctrl-C and SIGTERM: the first asks for a clean end, the second takes one at once.

/** Thrown through a command to end it; cleaning up happens on the way. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("Stopped by a signal.");
    this.exitCode = exitCode;
  }
}

/** npm passes on a Ctrl-C that the terminal has already sent: what follows this closely, in milliseconds, is the same one. */
const echo = 1000;

export type StopSignal = Readonly<{
  /** Throws Stopped where a signal has come. */
  check(): void;
  /** The work's outcome, or Stopped as soon as a signal comes; the work is then left alone. */
  orStop<T>(work: Promise<T>): Promise<T>;
  /** Waits for a signal, then throws Stopped. */
  wait(): Promise<never>;
}>;

/** Listens from now on. `exitCode` is what a stop by a first signal means for this command. */
export function stopSignal({ exitCode, onStop }: { exitCode: number; onStop: () => void }): StopSignal {
  let stoppedAt: number | undefined;
  const { promise, reject } = rejection();
  const listener = () => {
    if (stoppedAt !== undefined) {
      if (performance.now() - stoppedAt > echo) process.exit(130);
      return;
    }
    stoppedAt = performance.now();
    onStop();
    reject(new Stopped(exitCode));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, listener);
  promise.catch(() => undefined);
  return Object.freeze({
    check() {
      if (stoppedAt !== undefined) throw new Stopped(exitCode);
    },
    orStop<T>(work: Promise<T>) {
      work.catch(() => undefined);
      return Promise.race([promise, work]);
    },
    wait: () => promise,
  });
}

function rejection(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}
