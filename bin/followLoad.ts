// What follows a load, wherever it was started: computed after the publish, so that neither the load nor a server's readiness waits for
// it. That it fails is no failure of the load: it says so, and the next load, or the command, makes up for it.
import { type FollowUpDone, followUp } from "../etl/followUp/followUp.ts";
import { sayDone } from "./followUp.ts";
import { messageOf } from "./formatError.ts";

type Tell = Readonly<{ info(line: string): void; warn(line: string): void }>;

export async function followLoad(url: string, tell: Tell, signal?: AbortSignal): Promise<void> {
  try {
    const done: readonly FollowUpDone[] | null = await followUp(signal === undefined ? { url } : { url, signal });
    for (const part of done ?? []) tell.info(sayDone(part));
  } catch (error) {
    tell.warn(`What follows a load was not computed: ${messageOf(error)}; npx consumer360 follow-up tries again.`);
  }
}

export type Following = Readonly<{
  /** Ends what is under way, and waits until it has. */
  stop(): Promise<void>;
}>;

/** In the background, beside a server. */
export function beginFollowing(url: string, tell: Tell): Following {
  const stopping = new AbortController();
  const running = followLoad(url, tell, stopping.signal);
  return Object.freeze({
    async stop() {
      stopping.abort();
      await running;
    },
  });
}
