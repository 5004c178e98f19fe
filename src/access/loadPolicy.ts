// Reads the policy file once, at start. A policy that cannot be read stops the server: there is no policy to fall back to.
import { readFile } from "node:fs/promises";
import { Consumer360Error } from "../kernel/errors.ts";
import { parsePolicy } from "./parsePolicy.ts";
import type { Policy } from "./policy.ts";

export async function loadPolicy(path: string): Promise<Policy> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const reason = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new Consumer360Error("POLICY_INVALID", `The policy file ${path} cannot be read${reason}.`, {
      remedy: "Set POLICY_FILE to a policy that this user can read, or unset it to use the demo policy.",
      cause,
    });
  });
  return parsePolicy(text, path);
}
