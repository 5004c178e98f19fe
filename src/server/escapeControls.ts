// What a terminal would obey or show in another order than it is written, made visible: lines for people may hold what an asker wrote.

/** Control characters but tabs and line ends, and the marks that turn the direction of text. */
const unseen = /(?![\t\n])[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu;

export function escapeControls(text: string): string {
  return text.replace(unseen, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
