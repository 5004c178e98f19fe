// Tells a web address how a load ended. That it cannot be told is a warning and nothing more: the load has ended as it has.
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { LoadWebhook } from "../src/server/readConfig.ts";
import { messageOf } from "./formatError.ts";
import type { FinishedLoad, LoadEnd } from "./loadEnd.ts";

type Telling = Readonly<{
  /** Told in one line, without the address's path: that may hold a secret. */
  warn: (message: string) => void;
  /** Gives up waiting; what has not been told by then is not told. */
  signal?: AbortSignal | undefined;
  /** Milliseconds for each try, and before each further one. */
  timeout?: number;
  pauses?: readonly number[];
}>;

/** Posts the end of a load, three times at most; does nothing where no address is set. Never throws. */
export async function postWebhook(
  webhook: LoadWebhook | null,
  end: LoadEnd,
  { warn, signal, timeout = 10_000, pauses = [1_000, 5_000] }: Telling,
): Promise<void> {
  if (webhook === null) return;
  const body = JSON.stringify(webhookPayload(end));
  const headers = {
    "content-type": "application/json",
    "user-agent": "consumer360",
    // the same for each try, so that a receiver can tell a second delivery from a second load
    "x-consumer360-delivery": randomUUID(),
    ...(webhook.secret === null ? {} : { "x-consumer360-signature": signBody(webhook.secret, body) }),
  };
  for (let tries = 1; ; tries += 1) {
    const { problem, passes } = await post(webhook.url, { body, headers }, timeout, signal);
    if (problem === null) return;
    const pause = passes && signal?.aborted !== true ? pauses[tries - 1] : undefined;
    if (pause === undefined || !(await waited(pause, signal))) {
      const times = tries === 1 ? "once" : `${tries} times`;
      return warn(`The load's webhook at ${new URL(webhook.url).host} was not told (tried ${times}): ${problem}`);
    }
  }
}

/** The header's value by which a receiver that knows the secret can tell who sent this body. */
function signBody(secret: string, body: string): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** Counts and sums, never the text of a refused row: neither the report's rejects nor what an error's remedy lists. */
function webhookPayload(end: LoadEnd): Record<string, unknown> {
  const at = new Date().toISOString();
  if (end.kind === "failed") {
    const { code, message, remedy } = end.failure;
    const [advice] = remedy?.split("\n") ?? [];
    return {
      event: "load",
      at,
      status: "FAILED",
      code,
      message,
      remedy: advice,
      files: end.files,
      seconds: end.seconds,
    };
  }
  const { rejects, firstRejects, ...report } = end.report as FinishedLoad & Record<string, unknown>;
  return { event: "load", at, status: end.report.status, report };
}

type Posted = Readonly<{ problem: string | null; passes: boolean }>;

/** `passes`: whether another try may find things otherwise. */
async function post(
  url: string,
  request: { body: string; headers: Record<string, string> },
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Posted> {
  const patience = AbortSignal.timeout(timeout);
  try {
    const reply = await fetch(url, {
      method: "POST",
      // what was meant for one address is not sent to another
      redirect: "manual",
      signal: signal === undefined ? patience : AbortSignal.any([patience, signal]),
      ...request,
    });
    await reply.body?.cancel();
    if (reply.ok) return { problem: null, passes: false };
    const passes = reply.status >= 500 || reply.status === 408 || reply.status === 429;
    return { problem: `it answered ${reply.status}`, passes };
  } catch (error) {
    if (signal?.aborted) return { problem: "the program is stopping", passes: false };
    if (patience.aborted) return { problem: `no answer within ${timeout / 1000} s`, passes: true };
    // fetch says only that it failed; its cause says why
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return { problem: messageOf(cause), passes: true };
  }
}

async function waited(pause: number, signal: AbortSignal | undefined): Promise<boolean> {
  return sleep(pause, true, { signal }).catch(() => false);
}
