// The id of a line.

/** Made only of what the line shows: hidden lines cannot change it, and reloading the same invoice keeps it. */
export function lineId(invoice: string, customerId: string | null, country: string, lineNo: number): string {
  return `${encodeURIComponent(invoice)}/${customerId === null ? "" : encodeURIComponent(customerId)}/${encodeURIComponent(country)}/${lineNo}`;
}
