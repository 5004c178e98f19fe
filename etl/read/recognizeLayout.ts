// The layouts that are recognised by their header, as plain data, and how a header is matched against them.
// Case, spaces, underscores and the order of the columns do not matter; columns beyond the layout's are kept in mind.
import { Consumer360Error } from "../../src/kernel/errors.ts";

/** What a column of a source file means. */
export type LayoutColumn =
  | "invoice"
  | "product"
  | "description"
  | "quantity"
  | "orderedAt"
  | "unitPrice"
  | "customer"
  | "country";

type Layout = {
  readonly name: "online-retail";
  /** The columns as the layout itself writes them, all of which must be there. */
  readonly columns: Readonly<Record<LayoutColumn, string>>;
};

const layouts: readonly Layout[] = Object.freeze([
  {
    name: "online-retail",
    columns: {
      invoice: "InvoiceNo",
      product: "StockCode",
      description: "Description",
      quantity: "Quantity",
      orderedAt: "InvoiceDate",
      unitPrice: "UnitPrice",
      customer: "CustomerID",
      country: "Country",
    },
  },
]);

export type RecognizedLayout = {
  readonly layout: Layout["name"];
  /** In file order; null for a column that the layout does not know. */
  readonly columns: readonly (LayoutColumn | null)[];
};

/** Matches a header against the layouts. Throws LAYOUT_UNKNOWN, which says what was found and what is missing. */
export function recognizeLayout(path: string, header: readonly string[]): RecognizedLayout {
  const found = header.map(normalizeName);
  for (const layout of layouts) {
    const entries = Object.entries(layout.columns) as [LayoutColumn, string][];
    const known = new Map(entries.map(([column, name]) => [normalizeName(name), column]));
    const columns = found.map((name) => known.get(name) ?? null);
    if (entries.every(([column]) => columns.filter((each) => each === column).length === 1)) {
      return { layout: layout.name, columns };
    }
  }
  throw unknownLayout(path, header, found);
}

function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[\s_\ufeff]/g, "");
}

function unknownLayout(path: string, header: readonly string[], found: readonly string[]): Consumer360Error {
  const closest = layouts
    .map((layout) => {
      const names = Object.values(layout.columns);
      return {
        layout,
        missing: names.filter((name) => !found.includes(normalizeName(name))),
        repeated: names.filter((name) => found.filter((each) => each === normalizeName(name)).length > 1),
      };
    })
    .reduce((best, each) => (each.missing.length < best.missing.length ? each : best));
  const faults = [
    closest.missing.length > 0 ? `missing ${closest.missing.join(", ")}` : "",
    closest.repeated.length > 0 ? `more than once ${closest.repeated.join(", ")}` : "",
  ].filter((fault) => fault !== "");
  const delimiter = [";", "\t", "|"].find((each) => {
    const names = header.join(",").split(each).map(normalizeName);
    return names.length > 1 && closest.missing.some((name) => names.includes(normalizeName(name)));
  });
  return new Consumer360Error(
    "LAYOUT_UNKNOWN",
    `${path}: the first line is not a header of a known layout; found ${listNames(header)}; ${faults.join("; ")}`,
    {
      remedy:
        delimiter === undefined
          ? `Make the first line name the columns ${Object.values(closest.layout.columns).join(", ")}`
          : `The fields are separated by ${JSON.stringify(delimiter)}: save the file with commas between the fields`,
    },
  );
}

/** Names for an error's one line: quoted, and the rest counted where there are many. */
function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name));
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
