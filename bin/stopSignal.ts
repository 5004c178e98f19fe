// Ctrl-C and SIGTERM: the first asks for a clean end, the second takes one at once. SIGHUP is the same, unless a command has another use
// for it and no terminal has gone.
import { closeSync, openSync } from "node:fs";

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

/** Listens from now on. `exitCode` is what a stop by a first signal means for this command, `onHangup` what SIGHUP is for instead. */
export function stopSignal({
  exitCode,
  onStop,
  onHangup,
}: {
  exitCode: number;
  onStop: () => void;
  onHangup?: () => void;
}): StopSignal {
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
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, listener);
  const hadTerminal = hasTerminal();
  process.on("SIGHUP", () => {
    const isSentByHand = process.platform !== "win32" && hasTerminal() === hadTerminal;
    if (onHangup && isSentByHand) onHangup();
    else listener();
  });
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

/** Once a terminal is closed, its processes have none any more. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

function rejection(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  return { promise, reject };
}
