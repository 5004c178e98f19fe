// The options that say where rows go and how they are written: the same for every `export`.
import { Option } from "commander";

export type OutputFlags = Readonly<{
  format: "csv" | "jsonl";
  output?: string;
  force?: boolean;
  bom?: boolean;
}>;

export function outputOptions(): Option[] {
  return [
    new Option("--format <format>", "csv, or JSON Lines: one object a line").choices(["csv", "jsonl"]).default("csv"),
    new Option(
      "--output <file>",
      "where to: a file, .gz at its end for gzip, or a folder; - for standard output (default: -, if not a terminal)",
    ),
    new Option("--force", "write over a file that is there"),
    new Option("--bom", "begin a CSV with a byte order mark, by which Excel knows UTF-8"),
  ];
}
