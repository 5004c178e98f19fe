// The columns by which a file that is loaded back says of each row which rejected one it was. `consumer360 rejects --export` writes them
// before the file's own.
import { Consumer360Error } from "../../src/kernel/errors.ts";

export const correctionColumns = ["reject_load", "reject_file", "reject_line", "reject_column", "reject_code"] as const;

/** Whether a file's header says that its rows are corrected ones. */
export function isCorrection(header: readonly string[]): boolean {
  return correctionColumns.every((name, at) => header[at] === name);
}

/**
 * Whether the files of a load, told by their headers, hold corrected rows. Throws CORRECTION_MIXED where only some do: what a load brought is
 * then all of one kind, and a later one can tell whether an invoice has come again.
 */
export function areCorrections(files: readonly Readonly<{ name: string; header: readonly string[] }>[]): boolean {
  const corrected = files.filter(({ header }) => isCorrection(header));
  const [first] = corrected;
  if (first === undefined || corrected.length === files.length) return corrected.length > 0;
  throw new Consumer360Error("CORRECTION_MIXED", `${first.name} holds corrected rows, and other files do not.`, {
    remedy: "Load the files with corrected rows by themselves.",
  });
}
