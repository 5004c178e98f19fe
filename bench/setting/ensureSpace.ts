// Refuses what the disk has no room for, before it is begun.
import { mkdir, statfs } from "node:fs/promises";
import { dataFolder } from "./openBench.ts";

const gibibyte = 1024 ** 3;

/** Bytes of a generated row, twice: the file, and its two halves by month. */
const fileBytes = 2 * 95;
/** Bytes of a row in the warehouse: lines, their key, and what is derived, twice, because a load holds old and new. */
const warehouseBytes = 2 * 330;
/** `max_wal_size` of the embedded server. */
const walBytes = 4 * gibibyte;

/** Returns why there is no room for a load of so many generated rows, or null. */
export async function ensureSpace(rows: number, folder: string, say: (text: string) => void): Promise<string | null> {
  await mkdir(dataFolder, { recursive: true });
  const [temporary, data] = await Promise.all([statfs(folder), statfs(dataFolder)]);
  const free = Math.min(temporary.bavail * temporary.bsize, data.bavail * data.bsize);
  const needed = rows * (fileBytes + warehouseBytes) + walBytes;
  const inGibibytes = (bytes: number) => `${(bytes / gibibyte).toFixed(1)} GiB`;
  if (free < needed) return `needs about ${inGibibytes(needed)} of disk, and ${inGibibytes(free)} are free`;
  say(`Disk: about ${inGibibytes(needed)} needed for ${rows} rows, ${inGibibytes(free)} free`);
  return null;
}
