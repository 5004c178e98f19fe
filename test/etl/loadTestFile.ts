// Small transaction files for the tests of whole loads: lines with ordinary values where a test says nothing else.
import { header } from "./judgeTestFile.ts";

export type TestLine = Readonly<{
  invoice: string;
  product?: string;
  description?: string;
  quantity?: number | string;
  at?: string;
  price?: number | string;
  /** Empty: a guest's line. */
  customer?: string;
  country?: string;
}>;

const quoted = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

function testLine(line: TestLine): string {
  const { invoice, product = "MUG", description = "Mug", quantity = 1, at = "2024-01-05 10:00" } = line;
  const { price = 1, customer = "C1", country = "France" } = line;
  return [invoice, product, description, String(quantity), at, String(price), customer, country].map(quoted).join(",");
}

/** A file of these lines; a text stands as it is. */
export function testFile(lines: readonly (TestLine | string)[]): string {
  return `${[header, ...lines.map((line) => (typeof line === "string" ? line : testLine(line)))].join("\n")}\n`;
}
