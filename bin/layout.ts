// `consumer360 layout`: which layouts there are, what a mapping file says, and how a data file is read with it.

import { type FirstRows, readFirstRows } from "../etl/judge/readFirstRows.ts";
import { builtInLayouts } from "../etl/layouts/builtInLayouts.ts";
import { type Layout, type LayoutField, layoutFields } from "../etl/layouts/layout.ts";
import { readMapping } from "../etl/layouts/readMapping.ts";
import { escapeControls } from "../src/server/escapeControls.ts";
import { alignColumns } from "./alignColumns.ts";
import { findLayout, type ReadingFlags, readingOptionsOf } from "./readingOptions.ts";

export function listLayouts({ json }: { json?: boolean }): void {
  process.stdout.write(
    json ? `${JSON.stringify(builtInLayouts, null, 2)}\n` : builtInLayouts.map(formatLayout).join("\n"),
  );
}

/** Throws where the mapping, or the file under it, is wrong. */
export async function checkLayout(
  name: string,
  path: string | undefined,
  { json, ...flags }: Omit<ReadingFlags, "layout"> & { json?: boolean },
): Promise<void> {
  const layout = name.endsWith(".json") ? await readMapping(name) : await findLayout(name);
  const rows = path === undefined ? null : await readFirstRows(path, { ...(await readingOptionsOf(flags)), layout });
  const text = json ? `${JSON.stringify({ layout, ...(rows ?? {}) }, null, 2)}\n` : formatCheck(layout, rows);
  process.stdout.write(escapeControls(text));
}

function formatCheck(layout: Layout, rows: FirstRows | null): string {
  return rows === null ? formatLayout(layout) : `${formatLayout(layout)}\n${formatRows(rows)}`;
}

const meanings: Readonly<Record<LayoutField, string>> = {
  invoice: "the invoice",
  orderedAt: "when it was ordered",
  customer: "the customer's id; empty for a guest",
  customerName: "the customer's name",
  country: "the country",
  product: "the product's code",
  description: "what the product is called",
  category: "its category",
  quantity: "the quantity",
  unitPrice: "the price of one",
  lineTotal: "the price of the line",
};

export function formatLayout({ name, columns, constants, ignored, marks }: Layout): string {
  const rows = layoutFields.flatMap((field) => {
    const column = columns[field];
    const constant = constants[field];
    if (column !== undefined) return [[field, column, meanings[field]]];
    return constant === undefined ? [] : [[field, `always ${JSON.stringify(constant)}`, meanings[field]]];
  });
  const prefixes = (kind: string, texts: readonly string[]) =>
    texts.length === 0
      ? []
      : [`  ${kind}: invoices that begin with ${texts.map((text) => JSON.stringify(text)).join(" or ")}`];
  return `${[
    `${name}:`,
    ...alignColumns(rows),
    ...(ignored.length === 0 ? [] : [`  not loaded: ${ignored.join(", ")}`]),
    ...prefixes("returns", marks.returnPrefixes),
    ...prefixes("adjustments", marks.adjustmentPrefixes),
    ...marks.lineTypes.map(({ type, codes, prefix }) =>
      codes
        ? `  ${type}: products ${codes.join(", ")}`
        : `  ${type}: products that begin with ${JSON.stringify(prefix)}`,
    ),
  ].join("\n")}\n`;
}

function formatRows({ evidence, columns, rows, rejects, rejected }: FirstRows): string {
  const { name, rows: count, header, warnings } = evidence;
  const shown = Object.entries(evidence.readAs).map(([key, value]) => [key, value]);
  return `${[
    `${name}: ${count.toLocaleString("en-GB")} rows, read as`,
    ...alignColumns(shown),
    `  columns: ${header.map((each) => JSON.stringify(each)).join(", ")}`,
    ...warnings.map(({ code, message }) => `  ${code}: ${message}`),
    "",
    "The first rows:",
    ...alignColumns([[...columns], ...rows]),
    ...(rejects.length === 0 ? [] : ["", `Rejected: ${rejected.toLocaleString("en-GB")} rows, first`]),
    ...rejects.map(
      ({ line, column, code, raw }) =>
        `  line ${line}${column === null ? "" : `, ${column}`}: ${code}: ${JSON.stringify(raw.slice(0, 120))}`,
    ),
  ].join("\n")}\n`;
}
