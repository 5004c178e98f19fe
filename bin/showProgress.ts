// Shows a load's progress: one live line on a terminal; elsewhere a plain line when a stage ends, and now and then in a long one.
import type { LoadProgress } from "../etl/record/startClock.ts";
import { escapeControls } from "../src/server/escapeControls.ts";
import { formatEnded, formatProgress } from "./formatProgress.ts";

export type Progress = Readonly<{
  show(progress: LoadProgress): void;
  /** A message between the stages. */
  say(message: string): void;
  /** Ends the last stage, or breaks it off where the load failed. */
  end(outcome?: "done" | "failed"): void;
}>;

type Out = { write(text: string): unknown; isTTY?: boolean | undefined; columns?: number | undefined };

const liveEvery = 0.1;
const plainEvery = 10;
/** Milliseconds after which a stage that tells nothing shows that it is still at it. */
const tickEvery = 1000;

export function showProgress(out: Out, now: () => number = () => performance.now() / 1000): Progress {
  let current: { progress: LoadProgress; began: number; shown: number; tick: NodeJS.Timeout } | undefined;
  const clear = () => {
    if (out.isTTY && current) out.write("\r\x1b[K");
  };
  const end = (outcome: "done" | "failed" = "done") => {
    clear();
    if (current && outcome === "done") out.write(`  ${formatEnded(current.progress, now() - current.began)}\n`);
    clearInterval(current?.tick);
    current = undefined;
  };
  const refresh = () => {
    if (current === undefined) return;
    const at = now();
    if (at - current.shown < (out.isTTY ? liveEvery : plainEvery)) return;
    current.shown = at;
    const seconds = at - current.began;
    const room = (out.columns || 80) - 1;
    if (out.isTTY) out.write(`\r${`  ${formatProgress(current.progress, seconds, room - 2)}`.slice(0, room)}\x1b[K`);
    else out.write(`  ${formatProgress(current.progress, seconds)}\n`);
  };
  return Object.freeze({
    show(progress) {
      if (current?.progress.stage === progress.stage) {
        current.progress = progress;
      } else {
        end();
        const began = now();
        // a live line shows at once, a plain one only where the stage takes long
        const shown = out.isTTY ? Number.NEGATIVE_INFINITY : began;
        current = { progress, began, shown, tick: setInterval(refresh, tickEvery).unref() };
      }
      refresh();
    },
    say(message) {
      end();
      out.write(`${escapeControls(message)}\n`);
    },
    end,
  });
}
