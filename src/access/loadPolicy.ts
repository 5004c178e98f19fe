// Reads the files of a policy. One that cannot be read stops whoever asked for it: there is no policy to fall back to.
import { readFile, stat } from "node:fs/promises";
import { Consumer360Error } from "../kernel/errors.ts";
import { parsePolicy, type TracedPolicy, tracePolicy } from "./parsePolicy.ts";
import type { Policy } from "./policy.ts";

/** Throws POLICY_INVALID. */
export async function loadPolicy(path: string): Promise<Policy> {
  return parsePolicy(await readPolicyText(path), path);
}

/** The policy with where each key was stated. Throws POLICY_INVALID. */
export async function loadTracedPolicy(path: string): Promise<TracedPolicy> {
  return tracePolicy(await readPolicyText(path), path);
}

/** Bytes. */
const largest = 10_000_000;

const usualRemedy =
  "Name a policy that this user can read, in POLICY_FILE or on the command line; without either it is the demo policy.";

/** `what` the file is to hold. Throws POLICY_INVALID where it cannot be read, or is not UTF-8: a country's name would come out as another. */
export async function readPolicyText(path: string, what = "policy", remedy = usualRemedy): Promise<string> {
  const bytes = await readPlainFile(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? ` (${"code" in cause ? String(cause.code) : cause.message})` : "";
    throw new Consumer360Error("POLICY_INVALID", `The ${what} file ${path} cannot be read${reason}.`, {
      remedy,
      cause,
    });
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Consumer360Error("POLICY_INVALID", `The ${what} file ${path} is not UTF-8.`, {
      remedy: "Save the file as UTF-8.",
      cause,
    });
  }
}

/** A pipe would be waited for, and a device read without end. */
async function readPlainFile(path: string): Promise<Buffer> {
  const found = await stat(path);
  if (!found.isFile() && !found.isDirectory()) throw new Error("no plain file");
  if (found.size > largest) throw new Error(`${found.size} bytes are no policy`);
  return readFile(path);
}
