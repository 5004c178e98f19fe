// The end of a load that was asked for here, told to whoever watches: a line for monitoring on standard error, and the webhook.
import type { Config } from "../src/server/readConfig.ts";
import { formatSummary } from "./formatSummary.ts";
import type { LoadEnd } from "./loadEnd.ts";
import { postWebhook } from "./postWebhook.ts";

export async function tellLoadEnd({ loadWebhook }: Pick<Config, "loadWebhook">, end: LoadEnd): Promise<void> {
  process.stderr.write(`${formatSummary(end)}\n`);
  await postWebhook(loadWebhook, end, { warn: (line) => process.stderr.write(`consumer360: ${line}\n`) });
}
