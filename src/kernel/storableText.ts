// Which texts PostgreSQL can hold. One that it cannot hold equals no stored text, so leaving it out of a list of values changes
// nothing that the list finds.

export function isStorable(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

export function storableOf(texts: readonly string[]): string[] {
  return texts.filter(isStorable);
}
