// Read by the loading process before its own code (`node --import`): at its end it writes down the most memory that it ever had.
import { readFileSync, writeFileSync } from "node:fs";

const target = process.env.BENCH_PEAK_MEMORY;

/** VmHWM is this process alone; elsewhere `maxRSS`, which counts in kilobytes too. */
function peakKilobytes(): number {
  try {
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
}

if (target !== undefined) process.on("exit", () => writeFileSync(target, String(peakKilobytes())));
