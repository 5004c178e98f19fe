// The random bytes of this warehouse, made by whoever needs them first.
import { randomBytes } from "node:crypto";

type Run = (text: string, values: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** 32 bytes. `run` acts as the owner. */
export async function readServerSecret(run: Run): Promise<Buffer> {
  await run(
    "INSERT INTO public.server_secret (singleton, secret, made_at) VALUES (true, $1, now()) ON CONFLICT DO NOTHING",
    [randomBytes(32)],
  );
  const [row] = await run("SELECT secret FROM public.server_secret", []);
  if (!Buffer.isBuffer(row?.secret)) throw new Error("The table server_secret is empty after a secret was put there.");
  return row.secret;
}
