// Shows a load's progress: one live line on a terminal; elsewhere a plain line when a stage ends, and now and then in a long one.
import type { LoadProgress } from "../etl/record/startClock.ts";
import { formatProgress, formatSeconds, stageName } from "./formatProgress.ts";

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

export function showProgress(out: Out, now: () => number = () => performance.now() / 1000): Progress {
  let current: { stage: string; began: number; shown: number } | undefined;
  const clear = () => {
    if (out.isTTY && current) out.write("\r\x1b[K");
  };
  const end = (outcome: "done" | "failed" = "done") => {
    clear();
    if (current && outcome === "done") {
      out.write(`  ${stageName(current.stage)}: ${formatSeconds(now() - current.began)}\n`);
    }
    current = undefined;
  };
  return Object.freeze({
    show(progress) {
      const at = now();
      if (current?.stage !== progress.stage) {
        end();
        // a live line shows at once, a plain one only where the stage takes long
        current = { stage: progress.stage, began: at, shown: out.isTTY ? Number.NEGATIVE_INFINITY : at };
      }
      if (at - current.shown < (out.isTTY ? liveEvery : plainEvery)) return;
      current.shown = at;
      const line = `  ${formatProgress(progress, at - current.began)}`;
      out.write(out.isTTY ? `\r${line.slice(0, (out.columns || 80) - 1)}\x1b[K` : `${line}\n`);
    },
    say(message) {
      end();
      out.write(`${message}\n`);
    },
    end,
  });
}
