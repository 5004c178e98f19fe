// `--expires 12h`: a duration as people write it, in seconds.
import { InvalidArgumentError } from "commander";

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const longest = 3650 * seconds.d;

export function parseDuration(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const value = match ? Number(match[1]) * seconds[match[2] as keyof typeof seconds] : 0;
  if (value >= 1 && value <= longest) return value;
  throw new InvalidArgumentError("A duration is a number and s, m, h or d, such as 12h; at most 3650d.");
}
